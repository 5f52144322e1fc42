/** Is a certificate revoked? Asked of its responder in real time; an earlier answer stands in when that cannot be reached (C07.FR.05). */
import type { Clock } from "../../util/clock.ts";
import type { Random } from "../../util/random.ts";
import {
  type Certificate,
  checkOcspResponse,
  createOcspRequest,
  type OcspCertId,
  type OcspVerdict,
} from "../../x509/index.ts";
import { isIssuedBy } from "./certIds.ts";
import type { Responders } from "./responders.ts";

export type Revocation =
  | OcspVerdict
  | { readonly outcome: "notAllowed" | "unreachable"; readonly message: string }
  /** The CA that the hashes stand for is not known here, so nobody could vouch for an answer. */
  | { readonly outcome: "unknownIssuer" };

export interface RevocationOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly responders: Responders;
  /** The CAs that are known at the moment. */
  readonly authorities: () => readonly Certificate[];
}

type Good = Extract<OcspVerdict, { outcome: "good" }>;

const MAX_REMEMBERED = 1_000;

export class RevocationService {
  readonly #options: RevocationOptions;
  readonly #remembered = new Map<string, Good>();

  constructor(options: RevocationOptions) {
    this.#options = options;
  }

  async status(certId: OcspCertId, url: string): Promise<Revocation> {
    return (await this.query(certId, url)).verdict;
  }

  /** As {@link status}, with the response itself (DER) when the responder gave one. */
  async query(
    certId: OcspCertId,
    url: string,
  ): Promise<{ readonly verdict: Revocation; readonly response?: Uint8Array }> {
    const { authorities, clock, random, responders } = this.#options;
    const issuer = authorities().find((authority) => isIssuedBy(authority, certId));
    if (!issuer) return { verdict: { outcome: "unknownIssuer" } };
    const nonce = random.bytes(16);
    const answer = await responders.ask(url, createOcspRequest([certId], nonce));
    if (!answer.ok) {
      const earlier = answer.outcome === "unreachable" ? this.#recall(certId) : undefined;
      return { verdict: earlier ?? { outcome: answer.outcome, message: answer.message } };
    }
    const { response } = answer;
    const verdict = checkOcspResponse({ response, certId, issuer, nonce, time: clock.now() });
    this.#remember(certId, verdict);
    return { verdict, response };
  }

  #remember(certId: OcspCertId, verdict: OcspVerdict): void {
    const key = certKey(certId);
    this.#remembered.delete(key);
    if (verdict.outcome !== "good") return;
    this.#remembered.set(key, verdict);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > MAX_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
  }

  #recall(certId: OcspCertId): OcspVerdict | undefined {
    const known = this.#remembered.get(certKey(certId));
    return (known?.nextUpdate ?? 0) > this.#options.clock.now() ? known : undefined;
  }
}

function certKey(id: OcspCertId): string {
  return [id.hashAlgorithm, id.issuerNameHash, id.issuerKeyHash, id.serialNumber].join(" ").toLowerCase();
}
