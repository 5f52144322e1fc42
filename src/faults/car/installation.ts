/** A car's faults when it asks for a contract. */

import type { Signature } from "../../iso15118/xmldsig.ts";
import { faults as pkiFaults } from "../../pki/index.ts";
import type { Fault } from "../fault.ts";
import { body, group, header, type Row } from "../make.ts";
import { refuses } from "../reaction.ts";

const at = "CertificateInstallationReq";
const expect = [refuses("CertificateInstallationRes")];

const common = {
  rule: "ISO 15118-2, 8.4.3.11",
  danger: "anyone gets a contract for a car that is not his, and charges at its owner's expense",
  needs: { protocol: "ISO 15118-2", payment: "Contract", contract: "install" },
} as const;

/** The signature is another one. */
function signed(name: string, about: string, change: (honest: Signature) => Signature): Row {
  const how = header((honest) => ({ ...honest, Signature: change(honest.Signature as Signature) }));
  return { name, about, at, expect, how };
}

const flipped = (octets: Uint8Array) => octets.with(0, (octets[0] ?? 0) ^ 0xff);

/** What is too large cannot be sent at all. */
const provisioning = pkiFaults
  .filter(({ member, name }) => member === "oem" && name !== "oem:too-large")
  .map(({ name, about }): Row => {
    const how = { seam: "certificates", fault: name, leaf: "oem" } as const;
    return { name: name.slice(name.indexOf(":") + 1), about, at, expect, how };
  });

export const installation: readonly Fault[] = [
  ...group("ev", "install", common, [
    {
      ...{ name: "unsigned", about: "a request without a signature", at, expect },
      how: header(({ SessionID }) => ({ SessionID })),
    },
    signed("wrong-digest", "a digest that is not that of the request", ({ SignedInfo, ...rest }) => ({
      ...rest,
      SignedInfo: {
        ...SignedInfo,
        Reference: SignedInfo.Reference.map((one) => ({ ...one, DigestValue: flipped(one.DigestValue) })),
      },
    })),
    signed("wrong-value", "a signature of which one octet is another", ({ SignatureValue, ...rest }) => ({
      ...rest,
      SignatureValue: { "#text": flipped(SignatureValue["#text"]) },
    })),
    {
      ...{ name: "garbage", about: "64 random octets as the provisioning certificate", at, expect, attacks: ["A11"] },
      how: body(at, (honest, { random }) => ({ ...honest, OEMProvisioningCert: random.bytes(64) })),
    },
    {
      ...{ name: "empty", about: "no octet as the provisioning certificate", at, expect, attacks: ["A11"] },
      how: body(at, (honest) => ({ ...honest, OEMProvisioningCert: new Uint8Array(0) })),
    },
  ]),
  ...group("ev", "oem", common, provisioning),
];
