/** DIN SPEC 70121, 9.5.2: physical values, meter readings and header notifications. */
import { element, type Infer, long, optional, short } from "../../../exi/schema.ts";
import {
  faultCodeType,
  faultMsgType,
  meterIDType,
  meterStatusType,
  sigMeterReadingType,
  types,
  unitMultiplierType,
  unitSymbolType,
} from "./simple.ts";

/** `Value` x 10^`Multiplier` `Unit`. */
export const PhysicalValueType = types.complexType({
  Multiplier: element(unitMultiplierType),
  Unit: optional(unitSymbolType),
  Value: element(short),
});
export type PhysicalValue = Infer<typeof PhysicalValueType>;

/** A fault that concerns no single message. */
export const NotificationType = types.complexType({
  FaultCode: element(faultCodeType),
  FaultMsg: optional(faultMsgType),
});

/** `TMeter` in seconds since 1970. */
export const MeterInfoType = types.complexType({
  MeterID: element(meterIDType),
  MeterReading: optional(PhysicalValueType),
  SigMeterReading: optional(sigMeterReadingType),
  MeterStatus: optional(meterStatusType),
  TMeter: optional(long),
});
