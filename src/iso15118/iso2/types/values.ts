/** ISO 15118-2, 8.5.2.6 to 8.5.2.8 and 8.5.2.27: physical values, meter readings and header notifications. */
import { element, type Infer, long, optional, short, unsignedLong } from "../../../exi/schema.ts";
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

/** 8.5.2.7: `Value` x 10^`Multiplier` `Unit`. */
export const PhysicalValueType = types.complexType({
  Multiplier: element(unitMultiplierType),
  Unit: element(unitSymbolType),
  Value: element(short),
});
export type PhysicalValue = Infer<typeof PhysicalValueType>;

/** 8.5.2.8: a fault that concerns no single message. */
export const NotificationType = types.complexType({
  FaultCode: element(faultCodeType),
  FaultMsg: optional(faultMsgType),
});

/** 8.5.2.27. `MeterReading` in Wh, `TMeter` in seconds since 1970. */
export const MeterInfoType = types.complexType({
  MeterID: element(meterIDType),
  MeterReading: optional(unsignedLong),
  SigMeterReading: optional(sigMeterReadingType),
  MeterStatus: optional(meterStatusType),
  TMeter: optional(long),
});
export type MeterInfo = Infer<typeof MeterInfoType>;
