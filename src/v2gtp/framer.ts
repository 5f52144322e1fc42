import { decodeHeader, HEADER_LENGTH, type Header } from "./header.ts";

export interface Frame {
  readonly payloadType: number;
  readonly payload: Uint8Array;
}

/** Cuts a byte stream into V2GTP frames, however the stream is split. */
export class Framer {
  readonly #maxPayload: number;
  #buffer = new Uint8Array(0);
  #filled = 0;
  #header: Header | undefined;

  /** @param maxPayload the longest payload that is taken, in octets. */
  constructor(maxPayload: number) {
    this.#maxPayload = maxPayload;
  }

  /** Octets kept for a frame that is not complete; never more than what has arrived of it. */
  get pending(): number {
    return this.#filled;
  }

  /**
   * Takes what arrived and yields the frames that are now complete; iterate to the end, else the rest is lost.
   * @throws V2gtpError where a header is wrong; frames before it have been yielded, and the stream is unusable after it.
   */
  *push(bytes: Uint8Array): Generator<Frame, void, undefined> {
    let rest = bytes;
    while (rest.length > 0 || this.#complete()) {
      const wanted = this.#wanted();
      const taken = Math.min(wanted - this.#filled, rest.length);
      this.#keep(rest.subarray(0, taken), wanted);
      rest = rest.subarray(taken);
      if (this.#filled < wanted) return;
      const frame = this.#advance();
      if (frame) yield frame;
    }
  }

  #wanted(): number {
    return HEADER_LENGTH + (this.#header?.length ?? 0);
  }

  /** True when a header announced nothing more to wait for. */
  #complete(): boolean {
    return this.#header !== undefined && this.#filled === this.#wanted();
  }

  /** Reads the header when it is there, hands out the frame when that is. */
  #advance(): Frame | undefined {
    if (!this.#header) {
      this.#header = decodeHeader(this.#buffer.subarray(0, this.#filled), this.#maxPayload);
      return undefined;
    }
    const frame = {
      payloadType: this.#header.payloadType,
      payload: this.#buffer.subarray(HEADER_LENGTH, this.#filled),
    };
    this.#header = undefined;
    this.#filled = 0;
    this.#buffer = new Uint8Array(0);
    return frame;
  }

  /** Grows with what really arrives: an announced length alone reserves nothing. */
  #keep(bytes: Uint8Array, wanted: number): void {
    const needed = this.#filled + bytes.length;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.min(wanted, Math.max(needed, 2 * this.#buffer.length, HEADER_LENGTH)));
      larger.set(this.#buffer.subarray(0, this.#filled));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#filled);
    this.#filled = needed;
  }
}
