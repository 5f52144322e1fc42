/**
 * XML Signature Syntax and Processing (W3C, xmldsig-core): the whole schema, because ISO 15118 imports it whole and every
 * name counts in the widths of its event codes. V2G messages use SignedInfo, SignatureValue and X509IssuerSerialType only.
 */
import {
  any,
  attribute,
  base64Binary,
  choice,
  element,
  type Infer,
  integer,
  namespace,
  optional,
  repeated,
  schemaSet,
  sequence,
  string,
} from "../exi/schema.ts";

const dsig = namespace("http://www.w3.org/2000/09/xmldsig#", { attributes: "unqualified" });

const many = Number.POSITIVE_INFINITY;
const ID = string();
const anyURI = string();
const CryptoBinary = base64Binary();
const algorithm = attribute(anyURI, { required: true });

// 4.4 SignedInfo

const CanonicalizationMethod = dsig.global(
  "CanonicalizationMethod",
  dsig.complexType({ "@Algorithm": algorithm, any: any() }, { mixed: true }),
);

const SignatureMethod = dsig.global(
  "SignatureMethod",
  dsig.complexType({ "@Algorithm": algorithm, HMACOutputLength: optional(integer), any: any() }, { mixed: true }),
);

const Transform = dsig.global(
  "Transform",
  dsig.complexType(
    { "@Algorithm": algorithm, content: repeated(choice({ any: any(1, 1), XPath: element(string()) }), 0, many) },
    { mixed: true },
  ),
);

const Transforms = dsig.global("Transforms", dsig.complexType({ Transform: repeated(Transform, 1, many) }));

const DigestMethod = dsig.global(
  "DigestMethod",
  dsig.complexType({ "@Algorithm": algorithm, any: any() }, { mixed: true }),
);

const DigestValue = dsig.global("DigestValue", base64Binary());

const Reference = dsig.global(
  "Reference",
  dsig.complexType({
    "@Id": attribute(ID),
    "@URI": attribute(anyURI),
    "@Type": attribute(anyURI),
    Transforms: optional(Transforms),
    DigestMethod: element(DigestMethod),
    DigestValue: element(DigestValue),
  }),
);

const SignedInfo = dsig.global(
  "SignedInfo",
  dsig.complexType({
    "@Id": attribute(ID),
    CanonicalizationMethod: element(CanonicalizationMethod),
    SignatureMethod: element(SignatureMethod),
    Reference: repeated(Reference, 1, many),
  }),
);

// 4.5 KeyInfo

const KeyName = dsig.global("KeyName", string());
const MgmtData = dsig.global("MgmtData", string());

const DSAKeyValue = dsig.global(
  "DSAKeyValue",
  dsig.complexType({
    primes: optional(sequence({ P: element(CryptoBinary), Q: element(CryptoBinary) })),
    G: optional(CryptoBinary),
    Y: element(CryptoBinary),
    J: optional(CryptoBinary),
    generation: optional(sequence({ Seed: element(CryptoBinary), PgenCounter: element(CryptoBinary) })),
  }),
);

const RSAKeyValue = dsig.global(
  "RSAKeyValue",
  dsig.complexType({ Modulus: element(CryptoBinary), Exponent: element(CryptoBinary) }),
);

const KeyValue = dsig.global(
  "KeyValue",
  dsig.complexType(
    { content: choice({ DSAKeyValue: element(DSAKeyValue), RSAKeyValue: element(RSAKeyValue), any: any(1, 1) }) },
    { mixed: true },
  ),
);

const RetrievalMethod = dsig.global(
  "RetrievalMethod",
  dsig.complexType({ "@URI": attribute(anyURI), "@Type": attribute(anyURI), Transforms: optional(Transforms) }),
);

/** Names a certificate by its issuer and serial number; ISO 15118 lists root certificates so. */
export const X509IssuerSerialType = dsig.complexType({
  X509IssuerName: element(string()),
  X509SerialNumber: element(integer),
});

const X509Data = dsig.global(
  "X509Data",
  dsig.complexType({
    content: repeated(
      choice({
        X509IssuerSerial: element(X509IssuerSerialType),
        X509SKI: element(base64Binary()),
        X509SubjectName: element(string()),
        X509Certificate: element(base64Binary()),
        X509CRL: element(base64Binary()),
        any: any(1, 1),
      }),
      1,
      many,
    ),
  }),
);

const PGPData = dsig.global(
  "PGPData",
  dsig.complexType({
    content: choice({
      byId: sequence({ PGPKeyID: element(base64Binary()), PGPKeyPacket: optional(base64Binary()), any: any() }),
      byPacket: sequence({ PGPKeyPacket: element(base64Binary()), any: any() }),
    }),
  }),
);

const SPKIData = dsig.global(
  "SPKIData",
  dsig.complexType({ content: repeated(sequence({ SPKISexp: element(base64Binary()), any: any(0, 1) }), 1, many) }),
);

const KeyInfo = dsig.global(
  "KeyInfo",
  dsig.complexType(
    {
      "@Id": attribute(ID),
      content: repeated(
        choice({
          KeyName: element(KeyName),
          KeyValue: element(KeyValue),
          RetrievalMethod: element(RetrievalMethod),
          X509Data: element(X509Data),
          PGPData: element(PGPData),
          SPKIData: element(SPKIData),
          MgmtData: element(MgmtData),
          any: any(1, 1),
        }),
        1,
        many,
      ),
    },
    { mixed: true },
  ),
);

// 4.6 Object, 5 Manifest and SignatureProperties

const SignatureObject = dsig.global(
  "Object",
  dsig.complexType(
    { "@Id": attribute(ID), "@MimeType": attribute(string()), "@Encoding": attribute(anyURI), any: any() },
    { mixed: true },
  ),
);

const Manifest = dsig.global(
  "Manifest",
  dsig.complexType({ "@Id": attribute(ID), Reference: repeated(Reference, 1, many) }),
);

const SignatureProperty = dsig.global(
  "SignatureProperty",
  dsig.complexType(
    { "@Target": attribute(anyURI, { required: true }), "@Id": attribute(ID), any: any(1) },
    { mixed: true },
  ),
);

const SignatureProperties = dsig.global(
  "SignatureProperties",
  dsig.complexType({ "@Id": attribute(ID), SignatureProperty: repeated(SignatureProperty, 1, many) }),
);

// 4.2 Signature

const SignatureValue = dsig.global("SignatureValue", dsig.simpleContent(base64Binary(), { "@Id": attribute(ID) }));

/** The header of every V2G message may hold one. */
export const Signature = dsig.global(
  "Signature",
  dsig.complexType({
    "@Id": attribute(ID),
    SignedInfo: element(SignedInfo),
    SignatureValue: element(SignatureValue),
    KeyInfo: optional(KeyInfo),
    Object: repeated(SignatureObject, 0, many),
  }),
);

export type Signature = Infer<typeof Signature>;
export type SignedInfo = Infer<typeof SignedInfo>;
export type Reference = Infer<typeof Reference>;

export const xmldsig = schemaSet("xmldsig", {
  CanonicalizationMethod,
  DSAKeyValue,
  DigestMethod,
  DigestValue,
  KeyInfo,
  KeyName,
  KeyValue,
  Manifest,
  MgmtData,
  Object: SignatureObject,
  PGPData,
  RSAKeyValue,
  Reference,
  RetrievalMethod,
  SPKIData,
  Signature,
  SignatureMethod,
  SignatureProperties,
  SignatureProperty,
  SignatureValue,
  SignedInfo,
  Transform,
  Transforms,
  X509Data,
});
