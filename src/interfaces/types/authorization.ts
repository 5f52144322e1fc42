/** Tokens, who may charge, and the answers to it. */
import { z } from "zod";
import { dateTime } from "../scalars.ts";
import { CertificateHashDataInfo, EnergyTransferMode } from "./iso15118.ts";
import { MessageContent } from "./text_message.ts";

/** The answer to a token (OCPP 2.0.1 AuthorizationStatusEnumType). */
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

/** The answer to a contract certificate (OCPP 2.0.1 AuthorizeCertificateStatusEnumType). */
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

/** Where a token is on its way, for displays. */
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

/** More about who presents the token, such as a plate number. */
export const CustomIdToken = z.strictObject({
  value: z.string().max(36),
  type: z.string().max(50),
});
export type CustomIdToken = z.infer<typeof CustomIdToken>;

/** Where a token's value comes from (OCPP 2.0.1 IdTokenEnumType). */
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

/** What identifies a driver, a car or a contract; for a contract the eMAID. */
export const IdToken = z.strictObject({
  value: z.string().max(36),
  type: IdTokenType,
  additional_info: z.array(CustomIdToken).exactOptional(),
});
export type IdToken = z.infer<typeof IdToken>;

/** By which means a token was presented. */
export const AuthorizationType = z.enum(["OCPP", "RFID", "Autocharge", "PlugAndCharge", "BankCard"]);
export type AuthorizationType = z.infer<typeof AuthorizationType>;

/** A token as presented. `connectors` are EVSE numbers, absent for any; `certificate` is the contract's chain in PEM, leaf first; `prevalidated` tokens are not asked about. */
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

/** What became of a token, with texts for the driver. */
export const TokenValidationStatusMessage = z.strictObject({
  token: ProvidedIdToken,
  status: TokenValidationStatus,
  messages: z.array(MessageContent).exactOptional(),
});
export type TokenValidationStatusMessage = z.infer<typeof TokenValidationStatusMessage>;

/** What a validator says about a token; `evse_ids` are those it may use, absent for any. */
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

/** How Auth chooses the EVSE for a token that names none. */
export const SelectionAlgorithm = z.enum(["UserInput", "PlugEvents", "PlugEventsLIFO", "FindFirst"]);
export type SelectionAlgorithm = z.infer<typeof SelectionAlgorithm>;

/** Which authorizations to withdraw: of an EVSE, of a token, of both, or with neither, all. */
export const WithdrawAuthorizationRequest = z.object({
  evse_id: z.int().exactOptional(),
  id_token: IdToken.exactOptional(),
});
export type WithdrawAuthorizationRequest = z.infer<typeof WithdrawAuthorizationRequest>;

/** Whether anything was withdrawn. */
export const WithdrawAuthorizationResult = z.enum(["Accepted", "AuthorizationNotFound", "EvseNotFound", "Rejected"]);
export type WithdrawAuthorizationResult = z.infer<typeof WithdrawAuthorizationResult>;

/** A later answer about the token that `connector_id` was authorized by. */
export const ValidationResultUpdate = z.strictObject({
  validation_result: ValidationResult,
  connector_id: z.int(),
});
export type ValidationResultUpdate = z.infer<typeof ValidationResultUpdate>;
