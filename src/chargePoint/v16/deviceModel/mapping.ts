/** Which variable of a device model of OCPP 2.0.1 holds a key of OCPP 1.6, as EVerest has it (v16_to_v2_mapping.md). */
import type { ComponentType, VariableType } from "../../../ocpp/v201/messages.generated.ts";
import type { Key } from "../configuration/schema.ts";

/** Keys that 2.0.1 has no variable for are kept in this component, under their own names. */
const LEGACY = "OCPP16LegacyCtrlr";

/** Where the CSMS is, and who the station is there: of one slot of NetworkConfiguration. */
const connectionKeys = {
  CentralSystemURI: "OcppCsmsUrl",
  SecurityProfile: "SecurityProfile",
  AuthorizationKey: "BasicAuthPassword",
  HostName: "HostName",
  ChargePointId: "Identity",
} as const satisfies { readonly [K in Key]?: string };

const mapped: { readonly [K in Key]?: string } = {
  AllowOfflineTxForUnknownId: "AuthCtrlr.OfflineTxForUnknownIdEnabled",
  AuthorizationCacheEnabled: "AuthCacheCtrlr.Enabled",
  AuthorizeRemoteTxRequests: "AuthCtrlr.AuthorizeRemoteStart",
  ClockAlignedDataInterval: "AlignedDataCtrlr.Interval",
  ConnectionTimeOut: "TxCtrlr.EVConnectionTimeOut",
  HeartbeatInterval: "OCPPCommCtrlr.HeartbeatInterval",
  LocalAuthorizeOffline: "AuthCtrlr.LocalAuthorizeOffline",
  LocalPreAuthorize: "AuthCtrlr.LocalPreAuthorize",
  MaxEnergyOnInvalidId: "TxCtrlr.MaxEnergyOnInvalidId",
  MeterValuesAlignedData: "AlignedDataCtrlr.Measurands",
  MeterValuesSampledData: "SampledDataCtrlr.TxUpdatedMeasurands",
  MeterValueSampleInterval: "SampledDataCtrlr.TxUpdatedInterval",
  ResetRetries: "OCPPCommCtrlr.ResetRetries",
  StopTransactionOnInvalidId: "TxCtrlr.StopTxOnInvalidId",
  StopTxnAlignedData: "AlignedDataCtrlr.TxEndedMeasurands",
  StopTxnSampledData: "SampledDataCtrlr.TxEndedMeasurands",
  TransactionMessageAttempts: "OCPPCommCtrlr.MessageAttempts[TransactionEvent]",
  TransactionMessageRetryInterval: "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]",
  WebSocketPingInterval: "OCPPCommCtrlr.WebSocketPingInterval",
  LocalAuthListEnabled: "LocalAuthListCtrlr.Enabled",
  SendLocalListMaxLength: "LocalAuthListCtrlr.ItemsPerMessage",
  ChargeProfileMaxStackLevel: "SmartChargingCtrlr.ProfileStackLevel",
  ChargingScheduleAllowedChargingRateUnit: "SmartChargingCtrlr.RateUnit",
  ChargingScheduleMaxPeriods: "SmartChargingCtrlr.PeriodsPerSchedule",
  ConnectorSwitch3to1PhaseSupported: "SmartChargingCtrlr.Phases3to1",
  SupportedFileTransferProtocols: "OCPPCommCtrlr.FileTransferProtocols",
  ChargeBoxSerialNumber: "InternalCtrlr.ChargeBoxSerialNumber",
  ChargePointModel: "InternalCtrlr.ChargePointModel",
  ChargePointSerialNumber: "InternalCtrlr.ChargePointSerialNumber",
  ChargePointVendor: "InternalCtrlr.ChargePointVendor",
  FirmwareVersion: "InternalCtrlr.FirmwareVersion",
  ICCID: "InternalCtrlr.ICCID",
  IFace: "InternalCtrlr.IFace",
  IMSI: "InternalCtrlr.IMSI",
  MeterSerialNumber: "InternalCtrlr.MeterSerialNumber",
  MeterType: "InternalCtrlr.MeterType",
  SupportedCiphers12: "InternalCtrlr.SupportedCiphers12",
  SupportedCiphers13: "InternalCtrlr.SupportedCiphers13",
  UseTPM: "InternalCtrlr.UseTPM",
  UseTPMSeccLeafCertificate: "InternalCtrlr.UseTPMSeccLeafCertificate",
  RetryBackoffRandomRange: "OCPPCommCtrlr.RetryBackOffRandomRange",
  RetryBackoffRepeatTimes: "OCPPCommCtrlr.RetryBackOffRepeatTimes",
  RetryBackoffWaitMinimum: "OCPPCommCtrlr.RetryBackOffWaitMinimum",
  AuthorizeConnectorZeroOnConnectorOne: "InternalCtrlr.AuthorizeConnectorZeroOnConnectorOne",
  LogMessages: "InternalCtrlr.LogMessages",
  LogMessagesRaw: "InternalCtrlr.LogMessagesRaw",
  LogMessagesFormat: "InternalCtrlr.LogMessagesFormat",
  LogRotation: "InternalCtrlr.LogRotation",
  LogRotationDateSuffix: "InternalCtrlr.LogRotationDateSuffix",
  LogRotationMaximumFileSize: "InternalCtrlr.LogRotationMaximumFileSize",
  LogRotationMaximumFileCount: "InternalCtrlr.LogRotationMaximumFileCount",
  SupportedChargingProfilePurposeTypes: "InternalCtrlr.SupportedChargingProfilePurposeTypes",
  IgnoredProfilePurposesOffline: "SmartChargingCtrlr.IgnoredProfilePurposesOffline",
  MaxCompositeScheduleDuration: "InternalCtrlr.MaxCompositeScheduleDuration",
  CompositeScheduleDefaultLimitAmps: "SmartChargingCtrlr.CompositeScheduleDefaultLimitAmps",
  CompositeScheduleDefaultLimitWatts: "SmartChargingCtrlr.CompositeScheduleDefaultLimitWatts",
  CompositeScheduleDefaultNumberPhases: "SmartChargingCtrlr.CompositeScheduleDefaultNumberPhases",
  SupplyVoltage: "SmartChargingCtrlr.SupplyVoltage",
  WebsocketPingPayload: "InternalCtrlr.WebsocketPingPayload",
  WebsocketPongTimeout: "InternalCtrlr.WebsocketPongTimeout",
  UseSslDefaultVerifyPaths: "InternalCtrlr.UseSslDefaultVerifyPaths",
  VerifyCsmsCommonName: "InternalCtrlr.VerifyCsmsCommonName",
  VerifyCsmsAllowWildcards: "InternalCtrlr.VerifyCsmsAllowWildcards",
  OcspRequestInterval: "InternalCtrlr.OcspRequestInterval",
  SeccLeafSubjectCommonName: "ISO15118Ctrlr.SeccId",
  SeccLeafSubjectCountry: "ISO15118Ctrlr.CountryName",
  SeccLeafSubjectOrganization: "ISO15118Ctrlr.OrganizationName",
  QueueAllMessages: "OCPPCommCtrlr.QueueAllMessages",
  MessageTypesDiscardForQueueing: "OCPPCommCtrlr.MessageTypesDiscardForQueueing",
  MessageQueueSizeThreshold: "InternalCtrlr.MessageQueueSizeThreshold",
  MaxMessageSize: "InternalCtrlr.MaxMessageSize",
  EnableTLSKeylog: "InternalCtrlr.EnableTLSKeylog",
  TLSKeylogFile: "InternalCtrlr.TLSKeylogFile",
  AdditionalRootCertificateCheck: "SecurityCtrlr.AdditionalRootCertificateCheck",
  CertificateSignedMaxChainSize: "SecurityCtrlr.MaxCertificateChainSize",
  CpoName: "SecurityCtrlr.OrganizationName",
  CertSigningWaitMinimum: "SecurityCtrlr.CertSigningWaitMinimum",
  CertSigningRepeatTimes: "SecurityCtrlr.CertSigningRepeatTimes",
  CertificateStoreMaxLength: "SecurityCtrlr.CertificateEntries",
  ISO15118PnCEnabled: "ISO15118Ctrlr.PnCEnabled",
  CentralContractValidationAllowed: "ISO15118Ctrlr.CentralContractValidationAllowed",
  ContractValidationOffline: "ISO15118Ctrlr.ContractValidationOffline",
  NumberOfDecimalsForCostValues: "TariffCostCtrlr.NumberOfDecimalsForCostValues",
  TimeOffset: "ClockCtrlr.TimeOffset",
  NextTimeOffsetTransitionDateTime: "ClockCtrlr.NextTimeOffsetTransitionDateTime",
  TimeOffsetNextTransition: "ClockCtrlr.NextTransition",
};

/** Keys that 2.0.1 says as the limit of a variable. */
export const limits: { readonly [K in Key]?: string } = {
  MeterValuesAlignedDataMaxLength: "AlignedDataCtrlr.Measurands",
  MeterValuesSampledDataMaxLength: "SampledDataCtrlr.TxUpdatedMeasurands",
  StopTxnAlignedDataMaxLength: "AlignedDataCtrlr.TxEndedMeasurands",
  StopTxnSampledDataMaxLength: "SampledDataCtrlr.TxEndedMeasurands",
  LocalAuthListMaxLength: "LocalAuthListCtrlr.Entries",
  MaxChargingProfilesInstalled: "SmartChargingCtrlr.Entries",
};

/** A variable's component, with its instance. */
export interface Address {
  readonly component: ComponentType;
  readonly variable: VariableType;
}

/** Where a variable of this address is, as in `OCPPCommCtrlr.MessageAttempts[TransactionEvent]`. */
export function parseAddress(address: string): Address {
  const [, component = "", componentInstance, variable = "", variableInstance] =
    /^([^.[]+)(?:\[([^\]]*)\])?\.([^.[]+)(?:\[([^\]]*)\])?$/.exec(address) ?? [];
  return {
    component: { name: component, ...(componentInstance === undefined ? {} : { instance: componentInstance }) },
    variable: { name: variable, ...(variableInstance === undefined ? {} : { instance: variableInstance }) },
  };
}

/** @param slot of NetworkConfiguration. */
export function addressOf(key: Key, slot: number): Address {
  if (isConnectionKey(key)) {
    return {
      component: { name: "NetworkConfiguration", instance: String(slot) },
      variable: { name: connectionKeys[key] },
    };
  }
  return parseAddress(mapped[key] ?? `${LEGACY}.${key}`);
}

export function isConnectionKey(key: Key): key is keyof typeof connectionKeys {
  return key in connectionKeys;
}

/** A key of the section Custom, where no mapping says otherwise. */
export function customAddress(key: string): Address {
  return { component: { name: LEGACY }, variable: { name: key } };
}

/** Whether a component is the one that has a variable for every key that 2.0.1 lacks. */
export const isLegacy = (component: string) => component.toLowerCase() === LEGACY.toLowerCase();

const units: Readonly<Record<string, string>> = { Current: "A", Power: "W" };

/** A key's value as its variable has it: of rate units the names differ. */
export function toVariable(key: Key, text: string): string {
  return key === "ChargingScheduleAllowedChargingRateUnit" ? renamed(text, units) : text;
}

export function fromVariable(key: Key, text: string): string {
  const names = Object.fromEntries(Object.entries(units).map(([long, short]) => [short, long]));
  return key === "ChargingScheduleAllowedChargingRateUnit" ? renamed(text, names) : text;
}

function renamed(list: string, names: Readonly<Record<string, string>>): string {
  return list
    .split(",")
    .map((name) => names[name.trim()] ?? name.trim())
    .join(",");
}
