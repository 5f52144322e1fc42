/** Simple types of DIN SPEC 70121 (Annex A, MsgDataTypes): what a value may be, and so how many bits it takes. */
import { base64Binary, enumeration, hexBinary, namespace, short, string } from "../../../exi/schema.ts";

/** What ISO 15118-2 has taken over as it was. */
export {
  costKindType,
  DC_EVErrorCodeType,
  DC_EVSEStatusCodeType,
  EVSENotificationType,
  faultCodeType,
  faultMsgType,
  idType,
  meterIDType,
  meterStatusType,
  paymentOptionType,
  percentValueType,
  serviceCategoryType,
  serviceIDType,
  serviceNameType,
  sessionIDType,
  tariffDescriptionType,
  unitMultiplierType,
} from "../../iso2/types/simple.ts";

/** The namespace of all complex data types. */
export const types = namespace("urn:din:70121:2012:MsgDataTypes", { attributes: "unqualified" });

/** The EVCC's MAC address; longer than its 6 octets for other identifiers. */
export const evccIDType = hexBinary(8);
/** Of DIN SPEC 91286, a nibble a digit: +49*89*6360 is 49A89A6360; one octet of zero when there is none. */
export const evseIDType = hexBinary(32);
export const serviceScopeType = string(32);
export const genChallengeType = string();
/** One certificate in DER. */
export const certificateType = base64Binary(1200);
export const rootCertificateIDType = string(40);
export const dHParamsType = base64Binary(256);
export const privateKeyType = base64Binary(128);
export const sigMeterReadingType = base64Binary(32);
export const contractIDType = string(24);
/** Of a schedule tuple, a schedule or a tariff. */
export const SAIDType = short;
/** In W. */
export const PMaxType = short;

export const EVSEProcessingType = enumeration(["Finished", "Ongoing"]);
export const isolationLevelType = enumeration(["Invalid", "Valid", "Warning", "Fault"]);
export const unitSymbolType = enumeration(["h", "m", "s", "A", "Ah", "V", "VA", "W", "W/s", "Wh"]);
export const valueType = enumeration(["bool", "byte", "short", "int", "physicalValue", "string"]);

/** What an EVSE can offer: one mode, or one of the known pairs of modes. */
export const EVSESupportedEnergyTransferType = enumeration([
  "AC_single_phase_core",
  "AC_three_phase_core",
  "DC_core",
  "DC_extended",
  "DC_combo_core",
  "DC_dual",
  "AC_core1p_DC_extended",
  "AC_single_DC_core",
  "AC_single_phase_three_phase_core_DC_extended",
  "AC_core3p_DC_extended",
]);

export const EVRequestedEnergyTransferType = enumeration([
  "AC_single_phase_core",
  "AC_three_phase_core",
  "DC_core",
  "DC_extended",
  "DC_combo_core",
  "DC_unique",
]);

/** What a response says of its request. */
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
  "FAILED_EVSEPresentVoltageToLow",
  "FAILED_MeteringSignatureNotValid",
  "FAILED_WrongEnergyTransferType",
]);
