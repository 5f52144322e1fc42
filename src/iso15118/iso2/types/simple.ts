/** Simple types of ISO 15118-2 (Annex C, MsgDataTypes): what a value may be, and so how many bits it takes. */
import {
  base64Binary,
  bounded,
  enumeration,
  hexBinary,
  namespace,
  short,
  string,
  unsignedShort,
} from "../../../exi/schema.ts";

/** The namespace of all complex data types. */
export const types = namespace("urn:iso:15118:2:2013:MsgDataTypes");

/** `xs:ID`, by which a signature refers to an element. */
export const idType = string();
/** Up to 8 octets; all zero when the EVCC asks for a new session (8.4.3.2). */
export const sessionIDType = hexBinary(8);
/** The EVCC's MAC address. */
export const evccIDType = hexBinary(6);
/** 7 to 37 characters (Annex H). Shorter ones are decoded too, because refusals come with empty fields. */
export const evseIDType = string(37);
/** 14 characters, or 15 with check digit (Annex H); see emaid.ts. */
export const eMAIDType = string(15);
/** 16 octets [V2G2-697]; refusals come with less. */
export const genChallengeType = base64Binary(16);
/** One certificate in DER. */
export const certificateType = base64Binary(800);
/** An uncompressed point of P-256. */
export const dHpublickeyType = base64Binary(65);
/** 16 octets of initialisation vector, 32 octets of encrypted private key. */
export const privateKeyType = base64Binary(48);
export const sigMeterReadingType = base64Binary(64);
export const meterIDType = string(32);
export const meterStatusType = short;
export const serviceIDType = unsignedShort;
export const serviceNameType = string(32);
export const serviceScopeType = string(64);
export const faultMsgType = string(64);
export const tariffDescriptionType = string(32);
/** Of a schedule tuple or a tariff: 1 to 255 [V2G2-773]. */
export const SAIDType = bounded(1, 255);
export const percentValueType = bounded(0, 100);
export const maxNumPhasesType = bounded(1, 3);
/** Power of ten of a physical value or an amount. */
export const unitMultiplierType = bounded(-3, 3);

export const faultCodeType = enumeration(["ParsingError", "NoTLSRootCertificatAvailable", "UnknownError"]);
export const EVSEProcessingType = enumeration(["Finished", "Ongoing", "Ongoing_WaitingForCustomerInteraction"]);
export const EVSENotificationType = enumeration(["None", "StopCharging", "ReNegotiation"]);
export const chargeProgressType = enumeration(["Start", "Stop", "Renegotiate"]);
export const chargingSessionType = enumeration(["Terminate", "Pause"]);
export const serviceCategoryType = enumeration(["EVCharging", "Internet", "ContractCertificate", "OtherCustom"]);
export const paymentOptionType = enumeration(["Contract", "ExternalPayment"]);
export const costKindType = enumeration([
  "relativePricePercentage",
  "RenewableGenerationPercentage",
  "CarbonDioxideEmission",
]);
export const unitSymbolType = enumeration(["h", "m", "s", "A", "V", "W", "Wh"]);
export const isolationLevelType = enumeration(["Invalid", "Valid", "Warning", "Fault", "No_IMD"]);

export const EnergyTransferModeType = enumeration([
  "AC_single_phase_core",
  "AC_three_phase_core",
  "DC_core",
  "DC_extended",
  "DC_combo_core",
  "DC_unique",
]);

export const DC_EVSEStatusCodeType = enumeration([
  "EVSE_NotReady",
  "EVSE_Ready",
  "EVSE_Shutdown",
  "EVSE_UtilityInterruptEvent",
  "EVSE_IsolationMonitoringActive",
  "EVSE_EmergencyShutdown",
  "EVSE_Malfunction",
  "Reserved_8",
  "Reserved_9",
  "Reserved_A",
  "Reserved_B",
  "Reserved_C",
]);

export const DC_EVErrorCodeType = enumeration([
  "NO_ERROR",
  "FAILED_RESSTemperatureInhibit",
  "FAILED_EVShiftPosition",
  "FAILED_ChargerConnectorLockFault",
  "FAILED_EVRESSMalfunction",
  "FAILED_ChargingCurrentdifferential",
  "FAILED_ChargingVoltageOutOfRange",
  "Reserved_A",
  "Reserved_B",
  "Reserved_C",
  "FAILED_ChargingSystemIncompatibility",
  "NoData",
]);

/** 8.6.2, Table 112: what a response says of its request. */
export const responseCodeType = enumeration([
  "OK",
  "OK_NewSessionEstablished",
  "OK_OldSessionJoined",
  "OK_CertificateExpiresSoon",
  "FAILED",
  "FAILED_SequenceError",
  "FAILED_ServiceIDInvalid",
  "FAILED_UnknownSession",
  "FAILED_ServiceSelectionInvalid",
  "FAILED_PaymentSelectionInvalid",
  "FAILED_CertificateExpired",
  "FAILED_SignatureError",
  "FAILED_NoCertificateAvailable",
  "FAILED_CertChainError",
  "FAILED_ChallengeInvalid",
  "FAILED_ContractCanceled",
  "FAILED_WrongChargeParameter",
  "FAILED_PowerDeliveryNotApplied",
  "FAILED_TariffSelectionInvalid",
  "FAILED_ChargingProfileInvalid",
  "FAILED_MeteringSignatureNotValid",
  "FAILED_NoChargeServiceSelected",
  "FAILED_WrongEnergyTransferMode",
  "FAILED_ContactorError",
  "FAILED_CertificateNotAllowedAtThisEVSE",
  "FAILED_CertificateRevoked",
]);
