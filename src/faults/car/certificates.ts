/** A car's faults in its contract: certificates of the test PKI that are wrong, and what no PKI makes. */
import type { Messages } from "../../iso15118/iso2/index.ts";
import { type Fault as PkiFault, faults as pkiFaults } from "../../pki/index.ts";
import { replaceOctets, replaceText } from "../bits.ts";
import type { Context, Fault } from "../fault.ts";
import { body, group, noService, payload, type Row } from "../make.ts";
import { type Expectation, refuses, says } from "../reaction.ts";
import { copyOf, ownChain } from "./ownContract.ts";

const at = "PaymentDetailsReq";
type Request = Messages[typeof at];
type Chain = Request["ContractSignatureCertChain"];

const common = {
  rule: "ISO 15118-2, 8.4.3.6 and annex F",
  danger: "a contract that nobody has to pay for is taken as good",
  needs: { protocol: "ISO 15118-2", payment: "Contract" },
} as const;

/** What only a CSMS can find out, or what is in order, or what cannot be sent. */
const notHere: readonly string[] = [
  "contract:revoked",
  "contract:ocsp-unknown",
  "contract:no-ocsp-url",
  "contract:too-large",
];

/** A station need not tell a root that it does not know from a chain that is broken. */
const strange: readonly Expectation[] = [
  says("PaymentDetailsRes", "FAILED_CertificateNotAllowedAtThisEVSE", "FAILED_NoCertificateAvailable"),
];

const alternatives: Readonly<Record<string, readonly Expectation[]>> = {
  incomplete_chain: strange,
  unknown_issuer: strange,
  not_yet_valid: [says("PaymentDetailsRes", "FAILED_CertificateExpired")],
};

function fromPki({ name, about, answer, reason }: PkiFault): Row {
  const [response = "", code = ""] = answer.split(" ");
  const more = alternatives[reason] ?? [];
  return {
    ...{ name: name.slice(name.indexOf(":") + 1), about, at: response.replace(/Res$/, "Req") },
    ...{ expect: [says(response, code), ...more], how: { seam: "certificates", fault: name, leaf: "contract" } },
  };
}

function inPki(prefix: string): Fault[] {
  const rows = pkiFaults.filter(({ name }) => name.startsWith(`${prefix}:`) && !notHere.includes(name));
  return group("ev", prefix, common, rows.map(fromPki));
}

const chainError = [says("PaymentDetailsRes", "FAILED_CertChainError")];

/** The chain that is shown is another one. */
function shows(
  name: string,
  about: string,
  change: (chain: Chain, context: Context, eMAID: string) => Chain,
  more: Partial<Row> = {},
): Row {
  const how = body(at, ({ eMAID, ContractSignatureCertChain: chain }, context) => ({
    eMAID,
    ContractSignatureCertChain: change(chain, context, eMAID),
  }));
  return { name, about, at, expect: chainError, how, ...more };
}

const MAX_DER = 800;
const unknown = { expect: [...chainError, ...strange] };

const octets = group("ev", "certificate", { ...common, attacks: ["A11"] }, [
  shows("garbage", "64 random octets as the contract", (_, { random }) => ({ Certificate: random.bytes(64) })),
  shows("garbage-800", "800 random octets as the contract", (_, { random }) => ({
    Certificate: random.bytes(MAX_DER),
  })),
  shows("wrong-length", "a contract whose DER announces 4 GiB", ({ Certificate, ...rest }) => ({
    Certificate: Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff, ...Certificate.subarray(4)),
    ...rest,
  })),
  shows("cut", "a contract without its last octet", ({ Certificate, ...rest }) => ({
    Certificate: Certificate.subarray(0, -1),
    ...rest,
  })),
  shows("empty", "no octet as the contract", () => ({ Certificate: new Uint8Array(0) })),
  shows("garbage-sub", "random octets as a sub-CA", ({ Certificate }, { random }) => ({
    Certificate,
    SubCertificates: { Certificate: [random.bytes(400), random.bytes(1)] },
  })),
  shows("no-subs", "the contract without its sub-CAs", ({ Certificate }) => ({ Certificate }), unknown),
  shows("self-made", "a contract under a root of the car's own", (_, context, eMAID) => ownChain(eMAID, 2, context), {
    ...unknown,
    attacks: [],
  }),
  shows(
    "long-chain",
    "a chain with four sub-CAs, under a root of its own",
    (_, context, eMAID) => {
      return ownChain(eMAID, 4, context);
    },
    { ...unknown, attacks: [] },
  ),
  shows("forged", "a copy of the contract in which only the key is another one", copyOf, { attacks: [] }),
  {
    ...{ name: "oversize", about: `a contract of ${MAX_DER + 1} octets`, at },
    expect: [...noService(at), ...chainError],
    how: payload((exi, _, { body }) => {
      const der = (body as Request).ContractSignatureCertChain.Certificate;
      const larger = new Uint8Array(MAX_DER + 1);
      larger.set(der);
      return replaceOctets(exi, der, larger);
    }),
    attacks: ["A06"],
  },
  {
    ...{
      name: "other-emaid",
      about: "an eMAID that is not the certificate's",
      at,
      expect: [refuses("PaymentDetailsRes")],
    },
    how: body(at, (request) => ({ ...request, eMAID: "DEXXXC12345678" })),
    attacks: [],
  },
  {
    ...{ name: "long-emaid", about: "an eMAID of 16 characters", at, expect: noService(at) },
    how: payload((exi, _, { body }) => {
      const { eMAID } = body as Request;
      return replaceText(exi, eMAID, eMAID.padEnd(16, "X"));
    }),
    attacks: ["A06"],
  },
]);

export const certificates: readonly Fault[] = [...inPki("contract"), ...inPki("mo"), ...octets];
