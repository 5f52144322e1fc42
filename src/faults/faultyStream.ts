/** A connection on which one of our messages is not what it should be. */
import { type ByteStream, StreamError, type TlsInfo } from "../transport/ports.ts";
import { type Clock, sleep, type Timer } from "../util/clock.ts";
import { PeerError } from "../util/errors.ts";
import { type Frame, Framer } from "../v2gtp/framer.ts";
import { HEADER_LENGTH, MAX_PAYLOAD_ISO2 } from "../v2gtp/header.ts";
import { Dialogue } from "./dialogue.ts";
import type { After, Said, Turn } from "./fault.ts";
import type { Reaction } from "./reaction.ts";

/** What becomes of one of our messages: it goes out as it is, the connection is dropped, or something else is said. */
export type Treatment = "honest" | "break off" | Attack;

export interface Attack {
  readonly after: After;
  readonly turns: readonly Turn[];
  readonly skip: number;
  readonly watchMs: number;
  /** What is listened for; `nothing` but the end of the connection. */
  readonly hears: "V2GTP" | "TLS" | "nothing";
}

export interface Plan {
  treat(said: Said, dialogue: Dialogue): Treatment;
  /** The counterpart's reaction, once. */
  settle(reaction: Reaction): void;
}

interface Watch {
  readonly attack: Attack;
  readonly began: number;
  readonly timer: Timer;
  /** What the counterpart repeats when it is answered in the same way again and again. */
  readonly repeated: string | undefined;
  turns: readonly Turn[];
  skip: number;
}

const ALERT = 0x15;
const HANDSHAKE = 0x16;
/** Where an alert says which one it is. */
const DESCRIPTION = 6;

export class FaultyStream implements ByteStream {
  readonly remoteAddress: string;
  readonly tls?: TlsInfo;
  readonly #inner: ByteStream;
  readonly #clock: Clock;
  readonly #plan: Plan;
  readonly #dialogue = new Dialogue();
  readonly #framer = new Framer(MAX_PAYLOAD_ISO2);
  readonly #closed: Promise<Error | undefined>;
  #listener: ((bytes: Uint8Array) => void) | undefined;
  #watch: Watch | undefined;
  #heard = "";
  /** What comes is no V2GTP any more. */
  #deaf = false;
  /** The reaction is known; nobody says anything any more. */
  #over = false;

  constructor(inner: ByteStream, { clock, plan }: { clock: Clock; plan: Plan }) {
    this.#inner = inner;
    this.#clock = clock;
    this.#plan = plan;
    this.remoteAddress = inner.remoteAddress;
    if (inner.tls) this.tls = inner.tls;
    this.#closed = new Promise((resolve) => {
      inner.onClose((error) => {
        this.#settle({ does: "closes", ms: this.#elapsed() });
        resolve(error);
      });
    });
  }

  async write(bytes: Uint8Array): Promise<void> {
    // Who is watched by us hears no more of the honest side.
    if (this.#watch || this.#over) return;
    const said = this.#dialogue.hear(bytes.subarray(HEADER_LENGTH));
    const treatment = this.#plan.treat(said, this.#dialogue);
    if (treatment === "honest") return this.#inner.write(bytes);
    if (treatment === "break off") return this.#inner.destroy();
    if (treatment.after !== "go on") return this.attack(treatment);
    for (const turn of treatment.turns) await this.#say(turn);
  }

  /** Says something else from here on, and watches what comes of it. */
  attack(attack: Attack): void {
    const { turns, skip, watchMs } = attack;
    const timer = this.#clock.setTimer(watchMs, () => this.#settle({ does: "stays silent", ms: watchMs }));
    const [first = [], ...rest] = turns;
    const began = this.#clock.monotonic();
    this.#watch = { attack, began, timer, turns: rest, skip, repeated: this.#heard };
    if (!this.#listener) this.onData(() => {});
    void this.#say(first);
  }

  async close(): Promise<void> {
    if (this.#watch) await this.#closed;
    else await this.#inner.close();
  }

  destroy(): void {
    if (!this.#watch) this.#inner.destroy();
  }

  /** Says something, and is gone. */
  async speakAndLeave(turn: Turn): Promise<void> {
    this.onData(() => {});
    await this.#say(turn);
    this.#inner.destroy();
  }

  /** Ends it without having seen a reaction. */
  giveUp(): void {
    this.#watch?.timer.cancel();
    this.#watch = undefined;
    this.#inner.destroy();
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#listener = listener;
    this.#inner.onData((bytes) => this.#take(bytes));
  }

  onClose(listener: (error?: Error) => void): void {
    void this.#closed.then(listener);
  }

  /** A peer that has closed meanwhile is noticed elsewhere. */
  async #say(turn: Turn): Promise<void> {
    for (const piece of turn) {
      if (typeof piece === "number") await sleep(this.#clock, piece);
      else await this.#inner.write(piece).catch(ignoreBroken);
    }
  }

  #take(bytes: Uint8Array): void {
    const hears = this.#watch?.attack.hears ?? "V2GTP";
    if (hears === "V2GTP") this.#frames(bytes);
    else if (hears === "TLS") this.#records(bytes);
    if (!this.#watch && !this.#over) this.#listener?.(bytes);
  }

  #frames(bytes: Uint8Array): void {
    if (this.#deaf) return;
    try {
      for (const frame of this.#framer.push(bytes)) this.#hear(frame);
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      this.#deaf = true;
      this.#settle({ does: "says what cannot be read", reason: error.message });
    }
  }

  /** What a TLS server answers. */
  #records(bytes: Uint8Array): void {
    const [type] = bytes;
    if (type === ALERT) this.#settle({ does: "refuses TLS", reason: `alert ${bytes[DESCRIPTION]}` });
    else if (type === HANDSHAKE) this.#settle({ does: "accepts TLS" });
    else this.#settle({ does: "says what cannot be read", reason: "no TLS record" });
  }

  #hear({ payload }: Frame): void {
    const { name, ResponseCode, body } = this.#dialogue.hear(payload);
    this.#heard = name;
    const watch = this.#watch;
    if (!watch) return;
    const [next, ...rest] = watch.turns;
    if (next) {
      watch.turns = rest;
      void this.#say(next);
    } else if (watch.skip > 0) {
      watch.skip--;
    } else if (watch.attack.after === "insist" && name === watch.repeated) {
      void this.#say(watch.attack.turns.at(-1) ?? []);
    } else if (name === "unreadable") {
      this.#settle({ does: "says what cannot be read", reason: "no message of the protocol" });
    } else {
      this.#settle({ does: "says", message: name, body, ...(ResponseCode !== undefined && { code: ResponseCode }) });
    }
  }

  #elapsed(): number {
    return this.#clock.monotonic() - (this.#watch?.began ?? 0);
  }

  #settle(reaction: Reaction): void {
    if (!this.#watch) return;
    this.#watch.timer.cancel();
    this.#watch = undefined;
    this.#over = true;
    this.#plan.settle(reaction);
    void this.#inner.close();
  }
}

function ignoreBroken(error: unknown): void {
  if (!(error instanceof StreamError)) throw error;
}
