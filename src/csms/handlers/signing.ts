/** Signs what a station asks for, and sends it the certificate afterwards (OCPP 2.0.1, A02 and A03; security whitepaper of 1.6). */
import type { Afterwards } from "../../rpc/peer.ts";
import { PeerError } from "../../util/errors.ts";
import type { StationContext } from "../context.ts";
import type { SigningUse } from "../services/signing.ts";
import { printable } from "../services/words.ts";

export interface SigningWish {
  readonly csr: string;
  readonly use: SigningUse;
  readonly rule: string;
  /** Sends the chain, PEM, and gives the station's status. @throws PeerError when that is not to be had. */
  readonly deliver: (certificateChain: string) => Promise<string>;
}

/** Whether there will be a certificate. */
export function sign(wish: SigningWish, context: StationContext, afterwards: Afterwards): boolean {
  const { csr, rule, use } = wish;
  const { identity: station, services } = context;
  const occasion = { station, action: "SignCertificate", payload: undefined };
  const wrongChain = services.faults.strike(["wrong-chain"], occasion) !== undefined;
  const signed = services.signing.sign(csr, use, station, { wrongChain });
  const title = signed.ok
    ? `${use} signed: ${signed.certificate.subject.toString()}`
    : `${use} refused: ${printable(signed.reason)}`;
  services.reporter.decide({ step: 0, station, title, outcome: signed.ok ? "ok" : "refused", rule });
  if (signed.ok) afterwards(() => void deliver(signed.chain, wish, context));
  return signed.ok;
}

async function deliver(chain: string, wish: SigningWish, { identity: station, services }: StationContext) {
  const note = (title: string, outcome: "ok" | "refused") =>
    services.reporter.decide({ step: 0, station, title, outcome, rule: wish.rule });
  try {
    const status = await wish.deliver(chain);
    note(`the station's answer to its certificate: ${status}`, status === "Accepted" ? "ok" : "refused");
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    note(`the certificate could not be delivered: ${printable(error.message)}`, "refused");
  }
}
