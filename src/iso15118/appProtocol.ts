/** ISO 15118-2, 8.2: the handshake in which both sides agree on a protocol (V2G_CI_AppProtocol). */
import {
  bounded,
  element,
  enumeration,
  type Infer,
  namespace,
  optional,
  repeated,
  schemaSet,
  string,
  unsignedByte,
  unsignedInt,
} from "../exi/schema.ts";

/** Of the handshake's schema. */
export const sap = namespace("urn:iso:15118:2:2010:AppProtocol", {
  elements: "unqualified",
  attributes: "unqualified",
});

/** Chosen by the EVCC, one for each protocol it offers. */
const idType = unsignedByte;

const responseCodeType = enumeration([
  "OK_SuccessfulNegotiation",
  "OK_SuccessfulNegotiationWithMinorDeviation",
  "Failed_NoNegotiation",
]);

/** 8.2.2: one of the protocols that are offered. */
export const AppProtocolType = sap.complexType({
  ProtocolNamespace: element(string(100)),
  VersionNumberMajor: element(unsignedInt),
  VersionNumberMinor: element(unsignedInt),
  SchemaID: element(idType),
  /** 1 is the highest. */
  Priority: element(bounded(1, 20)),
});

/** 8.2.2: all protocols that the EVCC speaks. */
export const supportedAppProtocolReq = sap.global(
  "supportedAppProtocolReq",
  sap.complexType({ AppProtocol: repeated(AppProtocolType, 1, 20) }),
);

/** 8.2.3: the one that the SECC has chosen. */
export const supportedAppProtocolRes = sap.global(
  "supportedAppProtocolRes",
  sap.complexType({ ResponseCode: element(responseCodeType), SchemaID: optional(idType) }),
);

export type AppProtocol = Infer<typeof AppProtocolType>;
export type SupportedAppProtocolReq = Infer<typeof supportedAppProtocolReq>;
export type SupportedAppProtocolRes = Infer<typeof supportedAppProtocolRes>;

export const appProtocol = schemaSet("app-protocol", { supportedAppProtocolReq, supportedAppProtocolRes });
