/** A charger's faults when it brings a contract: what the provisioning service has signed is no longer so, or never was. */

import { iso2, type Messages } from "../../iso15118/iso2/index.ts";
import { signFragments } from "../../iso15118/signature.ts";
import { messageTimes } from "../../iso15118/timers.ts";
import { faults as pkiFaults } from "../../pki/index.ts";
import { InternalError } from "../../util/errors.ts";
import type { Context, Fault, Said, Turn } from "../fault.ts";
import { body, frame, group, header, messageOf, type Row, silence } from "../make.ts";
import { closes, says } from "../reaction.ts";

const at = "CertificateInstallationRes";
type Response = Messages[typeof at];

const expect = [closes(), says("SessionStopReq")];

const common = {
  rule: "ISO 15118-2, 8.4.3.11 and 7.9.2.5",
  danger: "whoever stands between gives the car a contract of his own, or a key that he knows",
  needs: { protocol: "ISO 15118-2", payment: "Contract", contract: "install" },
} as const;

function other(
  name: string,
  about: string,
  change: (honest: Response, context: Context) => Partial<Response>,
  more: Partial<Row> = {},
): Row {
  const how = body(at, (honest, context) => ({ ...honest, ...change(honest, context) }));
  return { name, about, at, expect, how, ...more };
}

const flipped = (octets: Uint8Array) => octets.with(-1, (octets.at(-1) ?? 0) ^ 0xff);

const timeout = messageTimes.CertificateInstallationReq.timeout;
const TOLERANCE_MS = 1_500;

/** The same contract from another provisioning service: its chain, and its signature under all four elements. */
function provisioned({ document, body }: Said, { set, issued }: Context): readonly Turn[] {
  if (!issued) throw new InternalError("there is no other provisioning service");
  const honest = body as Response;
  const [certificate, ...chain] = [issued.certificate, ...issued.chain].map(({ der }) => der);
  const SAProvisioningCertificateChain = {
    Certificate: certificate ?? new Uint8Array(0),
    ...(chain.length > 0 && { SubCertificates: { Certificate: chain } }),
  };
  const elements = signedElements.map((name) => {
    const value = honest[name];
    return { set: iso2, name, id: value["@Id"] ?? "", value };
  });
  const { Header } = messageOf(document);
  const Signature = signFragments({ elements, key: issued.key });
  const Body = { [at]: { ...honest, SAProvisioningCertificateChain } };
  return [[frame(set.encode("V2G_Message", { Header: { ...Header, Signature }, Body }))]];
}

const signedElements = [
  "ContractSignatureCertChain",
  "ContractSignatureEncryptedPrivateKey",
  "DHpublickey",
  "eMAID",
] as const;

/** What is too large cannot be sent at all. */
const services = pkiFaults
  .filter(({ member, name }) => member === "cps" && name !== "cps:too-large")
  .map(({ name, about }): Row => {
    const how = { seam: "certificates", fault: name, leaf: "cps", carry: provisioned } as const;
    return { name: name.slice(name.indexOf(":") + 1), about, at, expect, how };
  });

export const installation: readonly Fault[] = [
  ...group("secc", "install", common, [
    {
      ...{ name: "unsigned", about: "a contract without a signature", at, expect },
      how: header(({ SessionID }) => ({ SessionID })),
    },
    other("other-emaid", "another eMAID than was signed", ({ eMAID }) => ({
      eMAID: { ...eMAID, "#text": "DEXXXC12345678" },
    })),
    other(
      "other-certificate",
      "a contract with another last octet than was signed",
      ({ ContractSignatureCertChain: chain }) => ({
        ContractSignatureCertChain: { ...chain, Certificate: flipped(chain.Certificate) },
      }),
    ),
    other(
      "other-key",
      "an encrypted key with another last octet than was signed",
      ({ ContractSignatureEncryptedPrivateKey: key }) => ({
        ContractSignatureEncryptedPrivateKey: { ...key, "#text": flipped(key["#text"]) },
      }),
    ),
    other("other-dh-key", "another public key for the exchange than was signed", ({ DHpublickey: key }) => ({
      DHpublickey: { ...key, "#text": flipped(key["#text"]) },
    })),
    other("no-service", "no certificate of the provisioning service", () => ({
      SAProvisioningCertificateChain: { Certificate: new Uint8Array(0) },
    })),
    other("garbage", "64 random octets as the provisioning service's certificate", (_, { random }) => ({
      SAProvisioningCertificateChain: { Certificate: random.bytes(64) },
    })),
    other("failed", "no contract, but FAILED", () => ({ ResponseCode: "FAILED" }), {
      danger: "the car goes on although the charger has ended the session",
      attacks: ["A09"],
    }),
    {
      ...{ name: "silence", about: `no answer, for which the car waits ${timeout / 1000} s`, at, how: silence },
      ...{ expect: [closes(timeout + TOLERANCE_MS, timeout - TOLERANCE_MS / 2)], watchMs: timeout + 2 * TOLERANCE_MS },
      danger: "a charger that says nothing more keeps the car for ever",
      attacks: ["B02"],
    },
  ]),
  ...group("secc", "cps", common, services),
];
