/** Certificates that come again and again, as roots and sub-CAs do: reading one takes ten times as long as finding it here. */
import { createHash } from "node:crypto";
import { type Certificate, parseCertificate } from "./certificate.ts";
import { X509Error } from "./errors.ts";

const USUAL_SIZE = 4096;

export class CertificateMemory {
  readonly #size: number;
  readonly #known = new Map<string, Certificate | string>();

  /** @param size how many are remembered at most. */
  constructor(size: number = USUAL_SIZE) {
    this.#size = size;
  }

  /** The certificate, or the reason why these octets (DER) are none. */
  read(der: Uint8Array): Certificate | string {
    const key = createHash("sha256").update(der).digest("base64");
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= this.#size) this.#known.clear();
    // A view may be of a buffer that its owner writes again.
    const read = tryParse(new Uint8Array(der));
    this.#known.set(key, read);
    return read;
  }
}

function tryParse(der: Uint8Array): Certificate | string {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return error.message;
  }
}
