/** Requests and responses over one connection: V2GTP frames with a deadline each. */
import { type ByteStream, StreamError } from "../transport/ports.ts";
import type { Clock } from "../util/clock.ts";
import { PeerError } from "../util/errors.ts";
import { type Frame, Framer } from "../v2gtp/framer.ts";
import { encodeFrame, MAX_PAYLOAD_ISO2, payloadType } from "../v2gtp/header.ts";
import type { Outcome } from "./outcome.ts";

export type Answer =
  | { readonly kind: "answer"; readonly payload: Uint8Array }
  | { readonly kind: "timeout" }
  /** The connection is gone. */
  | { readonly kind: "closed"; readonly reason: string }
  /** What came is no V2GTP, of the wrong payload type, or was not asked for. */
  | { readonly kind: "garbage"; readonly reason: string };

/** Why there is no answer, as the end of a session. @param awaited the name of the response. */
export function noAnswer(answer: Exclude<Answer, { kind: "answer" }>, awaited: string): Outcome {
  switch (answer.kind) {
    case "timeout":
      return { ended: "timeout", reason: `${awaited} did not come in time` };
    case "closed":
      return { ended: "connection lost", reason: `while ${awaited} was awaited: ${answer.reason}` };
    case "garbage":
      return { ended: "protocol error", reason: `instead of ${awaited}: ${answer.reason}` };
  }
}

/** One request at a time; the EVSE speaks only when it is asked. */
export class Exchange {
  readonly #stream: ByteStream;
  readonly #clock: Clock;
  readonly #framer = new Framer(MAX_PAYLOAD_ISO2);
  #waiting: ((answer: Answer) => void) | undefined;
  /** What spoils every request from now on. */
  #fault: Answer | undefined;

  constructor(stream: ByteStream, clock: Clock) {
    this.#stream = stream;
    this.#clock = clock;
    stream.onData((bytes) => this.#take(bytes));
    stream.onClose((error) =>
      this.#fail({ kind: "closed", reason: error?.message ?? "the EVSE closed the connection" }),
    );
  }

  /** Sends one EXI message and waits at most `ms` for the next one from the other side. */
  request(payload: Uint8Array, ms: number): Promise<Answer> {
    if (this.#fault) return Promise.resolve(this.#fault);
    return new Promise((resolve) => {
      const timer = this.#clock.setTimer(ms, () => this.#settle({ kind: "timeout" }));
      this.#waiting = (answer) => {
        timer.cancel();
        resolve(answer);
      };
      this.#stream.write(encodeFrame(payloadType.exi, payload)).catch((error: unknown) => {
        if (!(error instanceof StreamError)) throw error;
        this.#fail({ kind: "closed", reason: error.message });
      });
    });
  }

  close(): Promise<void> {
    return this.#stream.close();
  }

  /** Drops the connection; a request under way ends as closed. */
  destroy(): void {
    this.#stream.destroy();
    this.#fail({ kind: "closed", reason: "we dropped the connection" });
  }

  #take(bytes: Uint8Array): void {
    if (this.#fault) return;
    try {
      for (const frame of this.#framer.push(bytes)) this.#frame(frame);
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      this.#fail({ kind: "garbage", reason: error.message });
    }
  }

  #frame({ payloadType: type, payload }: Frame): void {
    if (type !== payloadType.exi) {
      this.#fail({ kind: "garbage", reason: `payload type 0x${type.toString(16)} instead of 0x8001` });
    } else if (!this.#waiting) {
      this.#fail({ kind: "garbage", reason: "a message that nobody asked for" });
    } else {
      this.#settle({ kind: "answer", payload });
    }
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(answer);
  }

  #fail(fault: Answer): void {
    this.#fault ??= fault;
    this.#settle(this.#fault);
  }
}
