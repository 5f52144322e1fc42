/** The certificates that the CSMS goes by at the moment. */
import { type Certificate, validatePath } from "../x509/index.ts";
import type { CsmsPki } from "./options.ts";
import { emptyPki } from "./pki.ts";

export class Trust {
  #pki = emptyPki;
  #authorities: readonly Certificate[] = [];

  get pki(): CsmsPki {
    return this.#pki;
  }

  /** Roots, and the sub-CAs that lead to one of them: for others nobody here can vouch. */
  get authorities(): readonly Certificate[] {
    return this.#authorities;
  }

  /** @param time at which the sub-CAs must be valid, milliseconds since 1970. */
  use(pki: CsmsPki, time: number): void {
    const anchors = [...pki.roots.mo, ...pki.roots.v2g];
    const leadsToRoot = (leaf: Certificate) =>
      validatePath({ leaf, intermediates: pki.intermediates, anchors, time }).ok;
    this.#pki = pki;
    this.#authorities = [...anchors, ...pki.intermediates.filter(leadsToRoot)];
  }
}
