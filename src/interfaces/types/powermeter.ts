/** Meter values, and the frame of a signed transaction (OCMF). */
import { z } from "zod";
import { dateTime } from "../scalars.ts";
import { Temperature } from "./temperature.ts";
import * as units from "./units.ts";
import * as units_signed from "./units_signed.ts";

/** OCMF field IS. */
export const OCMFUserIdentificationStatus = z.enum(["ASSIGNED", "NOT_ASSIGNED"]);
export type OCMFUserIdentificationStatus = z.infer<typeof OCMFUserIdentificationStatus>;

/** OCMF field IL: how far the driver's identity can be trusted. */
export const OCMFIdentificationLevel = z.enum([
  "NONE",
  "HEARSAY",
  "TRUSTED",
  "VERIFIED",
  "CERTIFIED",
  "SECURE",
  "MISMATCH",
  "INVALID",
  "OUTDATED",
  "UNKNOWN",
]);
export type OCMFIdentificationLevel = z.infer<typeof OCMFIdentificationLevel>;

/** OCMF field IF: how the driver was identified. */
export const OCMFIdentificationFlags = z.enum([
  "RFID_NONE",
  "RFID_PLAIN",
  "RFID_RELATED",
  "RFID_PSK",
  "OCPP_NONE",
  "OCPP_RS",
  "OCPP_AUTH",
  "OCPP_RS_TLS",
  "OCPP_AUTH_TLS",
  "OCPP_CACHE",
  "OCPP_WHITELIST",
  "OCPP_CERTIFIED",
  "ISO15118_NONE",
  "ISO15118_PNC",
  "PLMN_NONE",
  "PLMN_RING",
  "PLMN_SMS",
]);
export type OCMFIdentificationFlags = z.infer<typeof OCMFIdentificationFlags>;

/** OCMF field IT: what identifies the driver. */
export const OCMFIdentificationType = z.enum([
  "NONE",
  "DENIED",
  "UNDEFINED",
  "ISO14443",
  "ISO15693",
  "EMAID",
  "EVCCID",
  "EVCOID",
  "ISO7812",
  "CARD_TXN_NR",
  "CENTRAL",
  "CENTRAL_1",
  "CENTRAL_2",
  "LOCAL",
  "LOCAL_1",
  "LOCAL_2",
  "PHONE_NUMBER",
  "KEY_CODE",
]);
export type OCMFIdentificationType = z.infer<typeof OCMFIdentificationType>;

/** What a signing meter needs to begin a transaction. */
export const TransactionReq = z.strictObject({
  evse_id: z.string(),
  transaction_id: z.string(),
  identification_status: OCMFUserIdentificationStatus,
  identification_level: OCMFIdentificationLevel.exactOptional(),
  identification_flags: z.array(OCMFIdentificationFlags).max(4),
  identification_type: OCMFIdentificationType,
  identification_data: z.string().exactOptional(),
  tariff_text: z.string().max(250).exactOptional(),
});
export type TransactionReq = z.infer<typeof TransactionReq>;

/** Whether the meter did it. */
export const TransactionRequestStatus = z.enum(["OK", "NOT_SUPPORTED", "UNEXPECTED_ERROR"]);
export type TransactionRequestStatus = z.infer<typeof TransactionRequestStatus>;

/** The first signed value, when the meter gives one of its own for the start. */
export const TransactionStartResponse = z.strictObject({
  status: TransactionRequestStatus,
  error: z.string().exactOptional(),
  transaction_min_stop_time: dateTime.exactOptional(),
  transaction_max_stop_time: dateTime.exactOptional(),
  signed_meter_value: units_signed.SignedMeterValue.exactOptional(),
});
export type TransactionStartResponse = z.infer<typeof TransactionStartResponse>;

/** The signed values of a finished transaction. */
export const TransactionStopResponse = z.strictObject({
  status: TransactionRequestStatus,
  start_signed_meter_value: units_signed.SignedMeterValue.exactOptional(),
  signed_meter_value: units_signed.SignedMeterValue.exactOptional(),
  error: z.string().exactOptional(),
});
export type TransactionStopResponse = z.infer<typeof TransactionStopResponse>;

/** A reading: Wh, watt, volt, var, ampere, hertz; import flows to the car. */
export const Powermeter = z.strictObject({
  timestamp: dateTime,
  meter_id: z.string().exactOptional(),
  phase_seq_error: z.boolean().exactOptional(),
  energy_Wh_import: units.Energy,
  energy_Wh_export: units.Energy.exactOptional(),
  power_W: units.Power.exactOptional(),
  voltage_V: units.Voltage.exactOptional(),
  VAR: units.ReactivePower.exactOptional(),
  current_A: units.Current.exactOptional(),
  frequency_Hz: units.Frequency.exactOptional(),
  energy_Wh_import_signed: units_signed.Energy.exactOptional(),
  energy_Wh_export_signed: units_signed.Energy.exactOptional(),
  power_W_signed: units_signed.Power.exactOptional(),
  voltage_V_signed: units_signed.Voltage.exactOptional(),
  VAR_signed: units_signed.ReactivePower.exactOptional(),
  current_A_signed: units_signed.Current.exactOptional(),
  frequency_Hz_signed: units_signed.Frequency.exactOptional(),
  signed_meter_value: units_signed.SignedMeterValue.exactOptional(),
  temperatures: z.array(Temperature).exactOptional(),
});
export type Powermeter = z.infer<typeof Powermeter>;
