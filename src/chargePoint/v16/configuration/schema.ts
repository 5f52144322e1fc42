/**
 * The configuration of an OCPP 1.6 charge point: EVerest's JSON file with its sections, keys, bounds and defaults. A key is one
 * of OCPP 1.6 (section 9), of its security whitepaper, of the Plug & Charge extension, or of EVerest's own (`Internal`).
 */
import { z } from "zod";

/** The CSMS may read it only. */
const readOnly = <T extends z.ZodType>(schema: T): T => schema.meta({ access: "R" });
/** The CSMS may write it only. */
const writeOnly = <T extends z.ZodType>(schema: T): T => schema.meta({ access: "W" });

const text = (min: number, max: number) => z.string().min(min).max(max);
const count = () => z.int().min(0);
const flag = () => z.boolean();
/** Names separated by commas. */
const names = () => z.string();

const Internal = z.strictObject({
  ChargePointId: readOnly(z.string().min(1)),
  CentralSystemURI: readOnly(z.string().min(1)),
  ChargeBoxSerialNumber: readOnly(text(1, 25)),
  ChargePointModel: readOnly(text(1, 20)),
  ChargePointSerialNumber: readOnly(text(1, 25).exactOptional()),
  ChargePointVendor: readOnly(text(1, 20)),
  FirmwareVersion: readOnly(text(1, 50)),
  ICCID: readOnly(text(1, 20).exactOptional()),
  IMSI: readOnly(text(1, 20).exactOptional()),
  HostName: readOnly(z.string().min(1).exactOptional()),
  IFace: readOnly(z.string().min(1).exactOptional()),
  MeterSerialNumber: readOnly(text(1, 25).exactOptional()),
  MeterType: readOnly(text(1, 25).exactOptional()),
  SupportedCiphers12: readOnly(
    z
      .array(z.string())
      .default([
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "AES128-GCM-SHA256",
        "AES256-GCM-SHA384",
      ]),
  ),
  SupportedCiphers13: readOnly(z.array(z.string()).default(["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"])),
  UseTPM: readOnly(flag().default(false)),
  UseTPMSeccLeafCertificate: readOnly(flag().default(false)),
  RetryBackoffRandomRange: count().default(10),
  RetryBackoffRepeatTimes: count().default(3),
  RetryBackoffWaitMinimum: count().default(3),
  AuthorizeConnectorZeroOnConnectorOne: readOnly(flag().default(true)),
  LogMessages: readOnly(flag().default(true)),
  LogMessagesRaw: readOnly(flag().default(false)),
  LogMessagesFormat: readOnly(z.array(z.string()).default(["log", "html", "session_logging", "security"])),
  LogRotation: readOnly(flag().default(false)),
  LogRotationDateSuffix: readOnly(flag().default(false)),
  LogRotationMaximumFileSize: readOnly(count().default(0)),
  LogRotationMaximumFileCount: readOnly(count().default(0)),
  SupportedChargingProfilePurposeTypes: readOnly(
    z
      .array(z.enum(["ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"]))
      .default(["ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"]),
  ),
  IgnoredProfilePurposesOffline: names().exactOptional(),
  MaxCompositeScheduleDuration: readOnly(count().default(31_536_000)),
  CompositeScheduleDefaultLimitAmps: z.number().min(0).default(48),
  CompositeScheduleDefaultLimitWatts: z.number().min(0).default(33_120),
  CompositeScheduleDefaultNumberPhases: z.int().min(1).max(3).default(3),
  SupplyVoltage: z.number().min(0).default(230),
  WebsocketPingPayload: readOnly(z.string().default("hello there")),
  WebsocketPongTimeout: readOnly(count().default(5)),
  UseSslDefaultVerifyPaths: readOnly(flag().default(true)),
  VerifyCsmsCommonName: readOnly(flag().default(true)),
  VerifyCsmsAllowWildcards: flag().default(false),
  OcspRequestInterval: z.int().min(86_400).default(604_800),
  SeccLeafSubjectCommonName: text(7, 64).exactOptional(),
  SeccLeafSubjectCountry: text(2, 2).exactOptional(),
  SeccLeafSubjectOrganization: text(0, 64).exactOptional(),
  ConnectorEvseIds: text(7, 1000).exactOptional(),
  AllowChargingProfileWithoutStartSchedule: flag().exactOptional(),
  RejectRemoteStartTransactionWithoutConnectorId: flag().exactOptional(),
  RemoteStartTransactionWithoutConnectorIdFindFirst: flag().exactOptional(),
  WaitForStopTransactionsOnResetTimeout: count().default(60),
  SwitchSecurityProfileConnectionTimeout: z.int().min(1).exactOptional(),
  QueueAllMessages: readOnly(flag().exactOptional()),
  ReportClearedErrors: readOnly(flag().exactOptional()),
  ReportSuspendedEVSEReasonChange: flag().default(false),
  MessageTypesDiscardForQueueing: readOnly(names().exactOptional()),
  MessageQueueSizeThreshold: readOnly(z.int().min(1).exactOptional()),
  SupportedMeasurands: readOnly(
    names().default(
      "Energy.Active.Import.Register,Energy.Active.Export.Register,Power.Active.Import,Voltage,Current.Import,Frequency,Current.Offered,Power.Offered,SoC,Temperature",
    ),
  ),
  MaxMessageSize: readOnly(z.int().min(32_000).default(65_000)),
  EnableTLSKeylog: readOnly(flag().default(false)),
  TLSKeylogFile: readOnly(z.string().default("/tmp/ocpp_tls_keylog.txt")),
  StopTransactionIfUnlockNotSupported: flag().default(false),
  MeterPublicKeys: readOnly(z.array(z.string()).exactOptional()),
});

const Core = z.strictObject({
  AllowOfflineTxForUnknownId: flag().exactOptional(),
  AuthorizationCacheEnabled: flag().exactOptional(),
  AuthorizeRemoteTxRequests: flag(),
  BlinkRepeat: count().exactOptional(),
  ClockAlignedDataInterval: count(),
  ConnectionTimeOut: count(),
  ConnectorPhaseRotation: z.string(),
  ConnectorPhaseRotationMaxLength: readOnly(count().exactOptional()),
  GetConfigurationMaxKeys: readOnly(count()),
  HeartbeatInterval: count(),
  LightIntensity: count().max(100).exactOptional(),
  LocalAuthorizeOffline: flag(),
  LocalPreAuthorize: flag(),
  MaxEnergyOnInvalidId: count().exactOptional(),
  MeterValuesAlignedData: names(),
  MeterValuesAlignedDataMaxLength: readOnly(count().exactOptional()),
  MeterValuesSampledData: names(),
  MeterValuesSampledDataMaxLength: readOnly(count().exactOptional()),
  MeterValueSampleInterval: count(),
  MinimumStatusDuration: count().exactOptional(),
  NumberOfConnectors: readOnly(count()),
  ResetRetries: count(),
  StopTransactionOnEVSideDisconnect: readOnly(flag().exactOptional()),
  StopTransactionOnInvalidId: flag(),
  StopTxnAlignedData: names(),
  StopTxnAlignedDataMaxLength: readOnly(count().exactOptional()),
  StopTxnSampledData: names(),
  StopTxnSampledDataMaxLength: readOnly(count().exactOptional()),
  SupportedFeatureProfiles: readOnly(names()),
  SupportedFeatureProfilesMaxLength: readOnly(count().exactOptional()),
  TransactionMessageAttempts: count(),
  TransactionMessageRetryInterval: count(),
  UnlockConnectorOnEVSideDisconnect: flag(),
  WebSocketPingInterval: count().exactOptional(),
});

const Security = z.object({
  AdditionalRootCertificateCheck: readOnly(flag().exactOptional()),
  AuthorizationKey: writeOnly(text(8, 40).exactOptional()),
  CertificateSignedMaxChainSize: readOnly(z.int().min(0).max(10_000).exactOptional()),
  CertificateStoreMaxLength: readOnly(count().exactOptional()),
  CpoName: z.string().exactOptional(),
  SecurityProfile: z.int().min(0).max(3).default(0),
  DisableSecurityEventNotifications: flag().default(false),
});

const LocalAuthListManagement = z.strictObject({
  LocalAuthListEnabled: flag(),
  LocalAuthListMaxLength: readOnly(count()),
  SendLocalListMaxLength: readOnly(count()),
});

const SmartCharging = z.strictObject({
  ChargeProfileMaxStackLevel: readOnly(count()),
  ChargingScheduleAllowedChargingRateUnit: readOnly(names().default("Current,Power")),
  ChargingScheduleMaxPeriods: readOnly(count().default(1440)),
  ConnectorSwitch3to1PhaseSupported: readOnly(flag().exactOptional()),
  MaxChargingProfilesInstalled: readOnly(count().default(500)),
});

const FirmwareManagement = z.strictObject({
  SupportedFileTransferProtocols: readOnly(names().exactOptional()),
});

const Reservation = z.strictObject({
  ReserveConnectorZeroSupported: readOnly(flag().exactOptional()),
});

const PnC = z.object({
  /** Whether the CSMS looks after the SECC leaf and the roots; where it is absent, ISO15118PnCEnabled says it. */
  ISO15118CertificateManagementEnabled: flag().exactOptional(),
  ISO15118PnCEnabled: flag(),
  CentralContractValidationAllowed: flag().exactOptional(),
  CertSigningWaitMinimum: count().exactOptional(),
  CertSigningRepeatTimes: count().exactOptional(),
  ContractValidationOffline: flag(),
});

/** Taken and shown; nothing here prices a session. */
const CostAndPrice = z.object({
  CustomDisplayCostAndPrice: readOnly(flag()),
  NumberOfDecimalsForCostValues: readOnly(z.int().exactOptional()),
  DefaultPrice: z.looseObject({ priceText: z.string() }).exactOptional(),
  DefaultPriceText: z.looseObject({ priceTexts: z.array(z.looseObject({})).exactOptional() }).exactOptional(),
  TimeOffset: text(1, 10).exactOptional(),
  NextTimeOffsetTransitionDateTime: text(1, 40).exactOptional(),
  TimeOffsetNextTransition: text(1, 40).exactOptional(),
  CustomIdleFeeAfterStop: flag().exactOptional(),
  SupportedLanguages: readOnly(z.string().min(1).exactOptional()),
  CustomMultiLanguageMessages: readOnly(flag().exactOptional()),
  Language: z.string().min(1).exactOptional(),
  WaitForSetUserPriceTimeout: count().max(30_000).exactOptional(),
});

/** Keys of whoever operates the station. */
const Custom = z.record(z.string().min(1).max(50), z.union([z.string(), z.number(), z.boolean()]));

/** Sections that must be there. */
export const mandatory = { Internal, Core, Security } as const;
/** A section that is there switches its feature on, or says how it works. */
export const optional = {
  LocalAuthListManagement,
  SmartCharging,
  FirmwareManagement,
  Reservation,
  PnC,
  CostAndPrice,
} as const;

export const configuration16 = z.strictObject({
  ...mandatory,
  LocalAuthListManagement: LocalAuthListManagement.exactOptional(),
  SmartCharging: SmartCharging.exactOptional(),
  FirmwareManagement: FirmwareManagement.exactOptional(),
  Reservation: Reservation.exactOptional(),
  PnC: PnC.exactOptional(),
  CostAndPrice: CostAndPrice.exactOptional(),
  Custom: Custom.exactOptional(),
});

export type Values = z.infer<typeof configuration16>;
export type SectionName = keyof Values;

type Mandatory = { readonly [S in keyof typeof mandatory]: z.infer<(typeof mandatory)[S]> };
type Optional = { readonly [S in keyof typeof optional]: z.infer<(typeof optional)[S]> };
type KeysIn<Sections> = { [S in keyof Sections]: keyof Sections[S] }[keyof Sections] & string;
type ValueIn<Sections, K> = {
  [S in keyof Sections]: K extends keyof Sections[S] ? Sections[S][K] : never;
}[keyof Sections];

export type Key = KeysIn<Mandatory> | KeysIn<Optional>;
/** A key of a section that may be missing may have no value. */
export type ValueOf<K extends Key> =
  K extends KeysIn<Mandatory> ? ValueIn<Mandatory, K> : ValueIn<Optional, K> | undefined;

export type Access = "R" | "W" | "RW";

export interface KeySpec {
  readonly section: keyof typeof mandatory | keyof typeof optional;
  readonly key: Key;
  readonly access: Access;
  readonly schema: z.ZodType;
}

/** Every key but those of `Custom`, by its name in lower case: OCPP compares names so. */
export const keySpecs: ReadonlyMap<string, KeySpec> = new Map(
  Object.entries({ ...mandatory, ...optional }).flatMap(([section, { shape }]) =>
    Object.entries(shape as Readonly<Record<string, z.ZodType>>).map(([key, schema]) => {
      const access = (schema.meta()?.access ?? "RW") as Access;
      return [key.toLowerCase(), { section, key, access, schema } as KeySpec];
    }),
  ),
);
