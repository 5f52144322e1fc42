/** Tokens, who may charge, and the answers to it. */
import { z } from "zod";
import { dateTime } from "../scalars.ts";
import { CertificateHashDataInfo, EnergyTransferMode } from "./iso15118.ts";
import { MessageContent } from "./text_message.ts";

export const AuthorizationStatus = z.enum([
  "Accepted",
  "Blocked",
  "ConcurrentTx",
  "Expired",
  "Invalid",
  "NoCredit",
  "NotAllowedTypeEVSE",
  "NotAtThisLocation",
  "NotAtThisTime",
  "Unknown",
  "PinRequired",
  "Timeout",
]);
export type AuthorizationStatus = z.infer<typeof AuthorizationStatus>;

export const CertificateStatus = z.enum([
  "Accepted",
  "SignatureError",
  "CertificateExpired",
  "CertificateRevoked",
  "NoCertificateAvailable",
  "CertChainError",
  "ContractCancelled",
]);
export type CertificateStatus = z.infer<typeof CertificateStatus>;

export const TokenValidationStatus = z.enum([
  "Processing",
  "Accepted",
  "Rejected",
  "TimedOut",
  "UsedToStart",
  "UsedToStop",
  "Withdrawn",
  "UsedToReauthorize",
]);
export type TokenValidationStatus = z.infer<typeof TokenValidationStatus>;

export const CustomIdToken = z.strictObject({
  value: z.string().max(36),
  type: z.string().max(50),
});
export type CustomIdToken = z.infer<typeof CustomIdToken>;

export const IdTokenType = z.enum([
  "Central",
  "eMAID",
  "MacAddress",
  "ISO14443",
  "ISO15693",
  "KeyCode",
  "Local",
  "NoAuthorization",
]);
export type IdTokenType = z.infer<typeof IdTokenType>;

export const IdToken = z.strictObject({
  value: z.string().max(36),
  type: IdTokenType,
  additional_info: z.array(CustomIdToken).exactOptional(),
});
export type IdToken = z.infer<typeof IdToken>;

export const AuthorizationType = z.enum(["OCPP", "RFID", "Autocharge", "PlugAndCharge", "BankCard"]);
export type AuthorizationType = z.infer<typeof AuthorizationType>;

export const ProvidedIdToken = z.strictObject({
  request_id: z.int().exactOptional(),
  id_token: IdToken,
  parent_id_token: IdToken.exactOptional(),
  authorization_type: AuthorizationType,
  connectors: z.array(z.int().min(1)).exactOptional(),
  prevalidated: z.boolean().exactOptional(),
  certificate: z.string().max(5500).exactOptional(),
  iso15118CertificateHashData: z.array(CertificateHashDataInfo).min(1).max(4).exactOptional(),
});
export type ProvidedIdToken = z.infer<typeof ProvidedIdToken>;

export const TokenValidationStatusMessage = z.strictObject({
  token: ProvidedIdToken,
  status: TokenValidationStatus,
  messages: z.array(MessageContent).exactOptional(),
});
export type TokenValidationStatusMessage = z.infer<typeof TokenValidationStatusMessage>;

export const ValidationResult = z.strictObject({
  authorization_status: AuthorizationStatus,
  certificate_status: CertificateStatus.exactOptional(),
  tariff_messages: z.array(MessageContent),
  expiry_time: dateTime.exactOptional(),
  parent_id_token: IdToken.exactOptional(),
  evse_ids: z.array(z.int().min(1)).exactOptional(),
  reservation_id: z.int().exactOptional(),
  allowed_energy_transfer_modes: z.array(EnergyTransferMode).min(1).exactOptional(),
});
export type ValidationResult = z.infer<typeof ValidationResult>;

export const SelectionAlgorithm = z.enum(["UserInput", "PlugEvents", "PlugEventsLIFO", "FindFirst"]);
export type SelectionAlgorithm = z.infer<typeof SelectionAlgorithm>;

export const WithdrawAuthorizationRequest = z.object({
  evse_id: z.int().exactOptional(),
  id_token: IdToken.exactOptional(),
});
export type WithdrawAuthorizationRequest = z.infer<typeof WithdrawAuthorizationRequest>;

export const WithdrawAuthorizationResult = z.enum(["Accepted", "AuthorizationNotFound", "EvseNotFound", "Rejected"]);
export type WithdrawAuthorizationResult = z.infer<typeof WithdrawAuthorizationResult>;

export const ValidationResultUpdate = z.strictObject({
  validation_result: ValidationResult,
  connector_id: z.int(),
});
export type ValidationResultUpdate = z.infer<typeof ValidationResultUpdate>;
