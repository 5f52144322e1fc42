/** Frames as they went over the wires, for those who want to keep them. */
import { toHex } from "../../util/bytes.ts";
import type { Clock } from "../../util/clock.ts";

export interface Wiretap {
  /** A V2GTP frame with its header, before TLS. */
  v2g(from: "EV" | "EVSE", bytes: Uint8Array): void;
  /** An OCPP-J message. */
  ocpp(from: "EVSE" | "CSMS", text: string): void;
}

/** Collects frames as JSON lines: `{time, from, v2gtp}` in hexadecimal, or `{time, from, ocpp}` as it was sent. */
export class FrameLog implements Wiretap {
  readonly #clock: Clock;
  readonly #lines: string[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  v2g(from: "EV" | "EVSE", bytes: Uint8Array): void {
    this.#add({ from, v2gtp: toHex(bytes) });
  }

  ocpp(from: "EVSE" | "CSMS", text: string): void {
    this.#add({ from, ocpp: text });
  }

  /** All of them, in the order in which they were seen. */
  get text(): string {
    return this.#lines.join("");
  }

  #add(frame: object): void {
    this.#lines.push(`${JSON.stringify({ time: this.#clock.now(), ...frame })}\n`);
  }
}
