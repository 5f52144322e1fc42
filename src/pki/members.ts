/** The certificates of a Plug & Charge world (ISO 15118-2 annex F, ISO 15118-20 annex B), one row each. */
import { InternalError } from "../util/errors.ts";
import type { KeyUsageName } from "../x509/index.ts";

export type MemberId =
  | "v2gRoot"
  | "cpoSub1"
  | "cpoSub2"
  | "secc"
  | "cpsSub1"
  | "cpsSub2"
  | "cps"
  | "moRoot"
  | "moSub1"
  | "moSub2"
  | "contract"
  | "oemRoot"
  | "oemSub1"
  | "oemSub2"
  | "oem"
  | "vehicle"
  | "csmsRoot"
  | "csmsServer"
  | "csmsClient"
  | "mfRoot";

export interface MemberRow {
  readonly id: MemberId;
  readonly about: string;
  /** Itself when absent. */
  readonly issuer?: MemberId;
  readonly CN: string;
  readonly DC?: string;
  /** Present for a CA. */
  readonly ca?: { readonly pathLength?: number };
  readonly keyUsage: readonly KeyUsageName[];
  readonly extendedKeyUsage?: readonly string[];
  readonly days: number;
  /** Whether the certificate names an OCSP responder: all that a root signs, directly or not. */
  readonly ocsp: boolean;
  /** Ordinary TLS certificates do not follow the curves of ISO 15118. */
  readonly tls?: true;
}

const signs: readonly KeyUsageName[] = ["keyCertSign", "cRLSign"];
const agrees: readonly KeyUsageName[] = ["digitalSignature", "keyAgreement"];
const contractUsage: readonly KeyUsageName[] = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "keyAgreement",
];
const rootDays = 40 * 365;
const subDays = 10 * 365;

function root(id: MemberId, about: string, CN: string, DC?: string): MemberRow {
  return { id, about, CN, ...(DC !== undefined && { DC }), ca: {}, keyUsage: signs, days: rootDays, ocsp: false };
}

function sub(id: MemberId, issuer: MemberId, pathLength: number, CN: string, DC: string): MemberRow {
  return {
    id,
    about: `sub-CA ${2 - pathLength}`,
    issuer,
    CN,
    DC,
    ca: { pathLength },
    keyUsage: signs,
    days: subDays,
    ocsp: true,
  };
}

/** An issuer stands before those it issues. */
export const members: readonly MemberRow[] = [
  root("v2gRoot", "root of charging infrastructure", "V2GRootCA", "V2G"),
  sub("cpoSub1", "v2gRoot", 1, "CPOSubCA1", "V2G"),
  sub("cpoSub2", "cpoSub1", 0, "CPOSubCA2", "V2G"),
  {
    id: "secc",
    about: "the station's TLS certificate",
    issuer: "cpoSub2",
    CN: "SECCCert",
    DC: "CPO",
    keyUsage: agrees,
    days: 90,
    ocsp: true,
  },
  sub("cpsSub1", "v2gRoot", 1, "ProvSubCA1", "CPS"),
  sub("cpsSub2", "cpsSub1", 0, "ProvSubCA2", "CPS"),
  {
    id: "cps",
    about: "signs contract installations",
    issuer: "cpsSub2",
    CN: "CPS Leaf",
    DC: "CPS",
    keyUsage: ["digitalSignature"],
    days: 365,
    ocsp: true,
  },
  root("moRoot", "root of a mobility operator", "MORootCA", "MO"),
  sub("moSub1", "moRoot", 1, "MOSubCA1", "MO"),
  sub("moSub2", "moSub1", 0, "MOSubCA2", "MO"),
  {
    id: "contract",
    about: "the driver's contract",
    issuer: "moSub2",
    CN: "UKSWI123456791A",
    DC: "MO",
    keyUsage: contractUsage,
    days: 730,
    ocsp: true,
  },
  root("oemRoot", "root of a car maker", "OEMRootCA", "OEM"),
  sub("oemSub1", "oemRoot", 1, "OEMSubCA1", "OEM"),
  sub("oemSub2", "oemSub1", 0, "OEMSubCA2", "OEM"),
  {
    id: "oem",
    about: "the car's provisioning certificate",
    issuer: "oemSub2",
    CN: "WMIV1234567890ABC",
    DC: "OEM",
    keyUsage: agrees,
    days: 3650,
    ocsp: true,
  },
  {
    id: "vehicle",
    about: "the car's TLS certificate of ISO 15118-20",
    issuer: "oemSub2",
    CN: "WMIV1234567890ABCDEX",
    DC: "OEM",
    keyUsage: agrees,
    extendedKeyUsage: ["clientAuth"],
    days: 3650,
    ocsp: true,
  },
  { ...root("csmsRoot", "root of the CSMS", "CSMSRootCA"), tls: true },
  {
    id: "csmsServer",
    about: "the CSMS's TLS certificate",
    issuer: "csmsRoot",
    CN: "localhost",
    keyUsage: agrees,
    extendedKeyUsage: ["serverAuth"],
    days: 730,
    ocsp: false,
    tls: true,
  },
  {
    id: "csmsClient",
    about: "the station's certificate towards the CSMS",
    issuer: "csmsRoot",
    CN: "cp001",
    keyUsage: agrees,
    extendedKeyUsage: ["clientAuth"],
    days: 730,
    ocsp: false,
    tls: true,
  },
  { ...root("mfRoot", "root of the manufacturer, for firmware", "MFRootCA"), tls: true },
];

/** The row of a member. */
export function member(id: MemberId): MemberRow {
  const row = members.find((candidate) => candidate.id === id);
  if (!row) throw new InternalError(`there is no member ${id}`);
  return row;
}
