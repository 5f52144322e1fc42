/** A provisioning service for tests: it sends the PKI's contract to the PKI's car, or something that is wrong with it. */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type { ContractWish } from "../../src/evcc/car.ts";
import { sealContractKey } from "../../src/iso15118/contractKey.ts";
import {
  type ContractDelivery,
  type ContractRequestName,
  type ContractResponse,
  encodeDelivery,
} from "../../src/iso15118/contractMessages.ts";
import { bodyOf, iso2, type MessageHeader } from "../../src/iso15118/iso2/index.ts";
import { createPki, type Pki } from "../../src/pki/pki.ts";
import { requireFault } from "../../src/pki/testPki.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { SessionID } from "./fixtures.ts";

export const now = Date.UTC(2026, 5, 1);

export function pkiWith(...faults: string[]): Promise<Pki> {
  return createPki({ clock: new ManualClock(now), random: cryptoRandom, faults: faults.map(requireFault) });
}

export const good = await pkiWith();

export const derOf = (pki: Pki, id: "contract" | "cps" | "oem") =>
  [pki.members[id].certificate, ...pki.chain(id)].map(({ der }) => der);

export function installWish(pki: Pki): ContractWish {
  const { certificate, key } = pki.members.oem;
  return {
    action: "install",
    provisioning: { certificate: certificate.der, key },
    roots: pki.trust.v2g,
    why: "it has none",
  };
}

export interface Order {
  readonly pki?: Pki;
  readonly request?: ContractRequestName;
  /** For whom the key is encrypted; the provisioning certificate when absent. */
  readonly recipient?: KeyObject;
  readonly contractKey?: KeyObject;
  readonly signingKey?: KeyObject;
  readonly change?: Partial<ContractDelivery>;
}

/** The response in EXI. */
export function delivery({ pki = good, request = "CertificateInstallationReq", ...order }: Order = {}): Uint8Array {
  const { contract, oem, cps } = pki.members;
  const sealed = sealContractKey({
    key: order.contractKey ?? contract.key,
    recipient: order.recipient ?? oem.certificate.publicKey,
    ephemeral: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
    iv: cryptoRandom.bytes(16),
  });
  const whole = {
    ...sealed,
    provisioningChain: derOf(pki, "cps"),
    contractChain: derOf(pki, "contract"),
    eMAID: contract.certificate.subject.CN ?? "",
    ...order.change,
  };
  return encodeDelivery(whole, { request, SessionID }, order.signingKey ?? cps.key);
}

export interface Delivered {
  readonly header: MessageHeader;
  readonly body: ContractResponse;
}

export function read(exi: Uint8Array): Delivered {
  const { root, value } = iso2.decode(exi);
  if (root !== "V2G_Message") throw new TypeError(`${root} is no V2G message`);
  return { header: value.Header, body: bodyOf(value)?.message as ContractResponse };
}
