/** Whether the car believes the tariffs that an EVSE offers: who pays by contract believes the mobility operator alone. */
import { iso2, type MessageHeader, type SAScheduleTuple } from "../../iso15118/iso2/index.ts";
import { verifySignature } from "../../iso15118/signature.ts";
import { parseCertificate, X509Error } from "../../x509/index.ts";
import type { Iso2Session } from "./protocol.ts";

export type TariffVerdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/**
 * The signature of the operator's Sub-CA 2, which issued the contract, over all tariffs (7.9.2.4). With external payment
 * nobody signs, and there is nothing to check.
 */
export function judgeTariffs(
  offered: readonly SAScheduleTuple[],
  { Signature: signature }: Pick<MessageHeader, "Signature">,
  { payment, car: { contract } }: Pick<Iso2Session, "payment" | "car">,
): TariffVerdict {
  if (payment !== "Contract") return { ok: true };
  if (!signature) return { ok: false, reason: "nobody has signed them" };
  const operator = contract?.chain[1] && publicKeyOf(contract.chain[1]);
  if (!operator) return { ok: false, reason: "the car has no certificate of the operator that signs them" };
  const tariffs = offered.flatMap(({ SalesTariff }) => SalesTariff ?? []);
  const elements = tariffs.map((value) => ({ set: iso2, name: "SalesTariff", id: value["@Id"] ?? "", value }));
  return verifySignature({ signature, elements, publicKey: operator });
}

function publicKeyOf(der: Uint8Array) {
  try {
    return parseCertificate(der).publicKey;
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return undefined;
  }
}
