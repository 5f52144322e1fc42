/** The certificates of one question by their names: who may have issued whom. A hostile bag asks it thousands of times. */
import { createHash } from "node:crypto";
import type { Certificate } from "./certificate.ts";
import { canonicalRdns, type DistinguishedName } from "./name.ts";

export interface IndexOptions {
  readonly intermediates: readonly Certificate[];
  readonly anchors: readonly Certificate[];
  /** Whether an anchor that is not self-signed ends a path as well. */
  readonly partialChains?: boolean;
}

export class IssuerIndex {
  readonly #bySubject = new Map<string, Certificate[]>();
  readonly #roots: ReadonlySet<string>;
  readonly #trusted: ReadonlySet<string>;
  readonly #issuers = new Map<string, readonly Certificate[]>();
  readonly #authorities = new Map<string, string>();

  constructor({ intermediates, anchors, partialChains = false }: IndexOptions) {
    this.#trusted = new Set(anchors.map(({ fingerprint }) => fingerprint));
    const ends = anchors.filter((anchor) => partialChains || anchor.isSelfIssued);
    this.#roots = new Set(ends.map(({ fingerprint }) => fingerprint));
    const all = [...anchors, ...intermediates];
    for (const certificate of new Map(all.map((c) => [c.fingerprint, c])).values()) {
      const key = nameKey(certificate.subject);
      const namesakes = this.#bySubject.get(key);
      if (namesakes) namesakes.push(certificate);
      else this.#bySubject.set(key, [certificate]);
    }
  }

  /** Whether a path may end here. */
  isRoot({ fingerprint }: Certificate): boolean {
    return this.#roots.has(fingerprint);
  }

  isTrusted({ fingerprint }: Certificate): boolean {
    return this.#trusted.has(fingerprint);
  }

  /** By name; roots first, then those whose key identifier fits: a hint for the order, nothing more. */
  issuersOf(child: Certificate): readonly Certificate[] {
    const known = this.#issuers.get(child.fingerprint);
    if (known) return known;
    const rank = (issuer: Certificate) =>
      (this.isRoot(issuer) ? 0 : 2) + (issuer.subjectKeyId === child.authorityKeyId ? 0 : 1);
    const candidates = this.#bySubject.get(nameKey(child.issuer)) ?? [];
    const issuers = candidates
      .filter(({ fingerprint }) => fingerprint !== child.fingerprint)
      .sort((a, b) => rank(a) - rank(b));
    this.#issuers.set(child.fingerprint, issuers);
    return issuers;
  }

  /** One name and one key twice in a path is a loop, whatever the certificates around them (RFC 4158, 2.4.1). */
  isLoop(path: readonly Certificate[], issuer: Certificate): boolean {
    const authority = this.#authorityOf(issuer);
    return path.some((below) => this.#authorityOf(below) === authority);
  }

  #authorityOf({ fingerprint, spki, subject }: Certificate): string {
    const known = this.#authorities.get(fingerprint);
    if (known !== undefined) return known;
    const authority = `${createHash("sha256").update(spki).digest("base64")} ${nameKey(subject)}`;
    this.#authorities.set(fingerprint, authority);
    return authority;
  }
}

/** Maps are faster than comparing every pair; names that RFC 5280 calls equal have one key. */
function nameKey(name: DistinguishedName): string {
  return canonicalRdns(name).join();
}
