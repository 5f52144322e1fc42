/** One OCPP-J connection: CALLs both ways over a WebSocket, whichever end opened it. */
import type { RawData, WebSocket } from "ws";
import { type Clock, withTimeout } from "../util/clock.ts";
import type { Random } from "../util/random.ts";
import { NotConnected, RpcError } from "./errors.ts";
import { type CallFrame, type FrameFault, readFrame, writeCall, writeError, writeResult } from "./frames.ts";
import { Inbox } from "./inbox.ts";
import { Liveness, type PingOptions } from "./liveness.ts";
import { Outbox } from "./outbox.ts";

/** Keeps work for when the answer has gone out, as OCPP wants of a call that follows from one. */
export type Afterwards = (work: () => void) => void;

/** Answers a CALL. What it throws becomes a CALLERROR: an RpcError as it is, anything else InternalError without its text. */
export type CallHandler = (action: string, payload: unknown, afterwards: Afterwards) => Promise<unknown>;

/** What an observer is told: every frame, and everything that was ignored or failed. */
export type PeerEvent =
  | { readonly type: "frame"; readonly direction: "in" | "out"; readonly text: string }
  /** An answer that nobody waits for, or a second CALL with the id of one that is being handled. Ignored. */
  | { readonly type: "stray"; readonly id: string }
  | { readonly type: "garbage"; readonly description: string }
  | { readonly type: "handlerFailed"; readonly action: string; readonly error: unknown }
  /** The connection was dropped because the other end does not take what it is sent. */
  | { readonly type: "notReading"; readonly bufferedBytes: number };

export interface PeerOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** How long an answer may take; 30,000. */
  readonly callTimeoutMs?: number;
  /** How many CALLs may wait in each direction; 64. */
  readonly maxWaiting?: number;
  /** How many bytes may lie unsent before the connection is dropped; 4 MiB. */
  readonly maxBufferedBytes?: number;
  /** 0, the default, is off. */
  readonly pingIntervalMs?: number;
  /** How long the other end has to take part in closing; 2,000. */
  readonly closeTimeoutMs?: number;
  readonly observe?: (event: PeerEvent) => void;
  readonly spoil?: Spoil;
}

/** For tests of the other end: what goes out in place of an answer, be it nothing, the answer twice, or anything else. */
export type Spoil = (call: CallFrame, answer: string) => Promise<readonly string[]>;

export interface CallOptions {
  readonly timeoutMs?: number;
  /** A message id of at most 36 characters; a UUID by default. */
  readonly id?: string;
}

/** Why a connection ended: the WebSocket close code (1006: without a close frame) and text. */
export interface PeerClosed {
  readonly code: number;
  readonly reason: string;
}

export interface CloseOptions {
  readonly code?: number;
  /** At most 123 bytes. */
  readonly reason?: string;
  /** How long calls under way, both directions, may take to finish first; 0. */
  readonly drainMs?: number;
}

/**
 * For the options of a WebSocket: what follows from one message, as from the answer to a BootNotification, is done before
 * the next one is looked at, also when both came in one packet.
 */
export const oneMessageATime = { allowSynchronousEvents: false } as const;

/** RFC 6455, 7.4.1: a kind of data this end does not take. */
const UNSUPPORTED_DATA = 1003;
/** OCPP 1.6 has no error code for text that is no message, so nothing is answered there. */
const silentOnGarbage: readonly string[] = ["ocpp1.6"];

export class Peer {
  /** Resolves once when the connection has ended. */
  readonly closed: Promise<PeerClosed>;
  /** The WebSocket subprotocol, for example `ocpp2.0.1`. */
  readonly protocol: string;
  readonly #socket: WebSocket;
  readonly #options: PeerOptions;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #liveness: Liveness;
  #closing = false;

  /** @param socket open already. */
  constructor(socket: WebSocket, options: PeerOptions) {
    const maxWaiting = options.maxWaiting ?? 64;
    this.#socket = socket;
    this.#options = options;
    this.protocol = socket.protocol;
    this.#outbox = new Outbox(options.clock, maxWaiting, (text) => this.#send(text));
    this.#inbox = new Inbox(maxWaiting);
    this.#liveness = new Liveness(socket, options.clock);
    this.#liveness.pingEvery(options.pingIntervalMs ?? 0);
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => {
        this.#end();
        resolve({ code, reason: reason.toString() });
      });
    });
    // A failing socket always closes too, and that is where it counts.
    socket.on("error", () => {});
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
  }

  get open(): boolean {
    return !this.#closing && this.#socket.readyState === this.#socket.OPEN;
  }

  /**
   * Sends a CALL, after those that wait already, and gives the answer's payload. Nothing is ever sent twice.
   * @throws RpcError on a CALLERROR, CallTimeout, NotConnected, Overloaded.
   */
  async call(action: string, payload: unknown, options: CallOptions = {}): Promise<unknown> {
    if (!this.open) throw new NotConnected("the connection is closed");
    const id = options.id ?? this.#options.random.uuid();
    const timeoutMs = options.timeoutMs ?? this.#options.callTimeoutMs ?? 30_000;
    return this.#outbox.add({ id, action, timeoutMs, text: writeCall(id, action, payload) });
  }

  /** Sets who answers CALLs; those that came before wait for it. */
  onCall(handler: CallHandler): void {
    this.#inbox.open((frame) => this.#answer(frame, handler));
  }

  setPingInterval(ms: number, options?: PingOptions): void {
    this.#liveness.pingEvery(ms, options);
  }

  /** Whether the other end answers a ping within `timeoutMs`. */
  ping(timeoutMs: number): Promise<boolean> {
    return this.#liveness.check(timeoutMs);
  }

  /** Ends the connection in good order, by force when the other end does not take part. */
  async close({ code = 1000, reason = "", drainMs = 0 }: CloseOptions = {}): Promise<void> {
    this.#closing = true;
    const { clock, closeTimeoutMs = 2_000 } = this.#options;
    const drained = Promise.all([
      this.#inbox.drain(),
      this.#outbox.drain(new NotConnected("the connection is closing")),
    ]);
    if (drainMs > 0) await withTimeout(clock, drainMs, drained, () => undefined);
    this.#socket.close(code, reason);
    await withTimeout(clock, closeTimeoutMs, this.closed, () => this.#socket.terminate());
    await this.closed;
  }

  /** Drops the connection at once. */
  terminate(): void {
    this.#socket.terminate();
  }

  #end(): void {
    this.#closing = true;
    this.#liveness.stop();
    this.#inbox.clear();
    this.#outbox.fail(new NotConnected("the connection ended before the answer came"));
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (isBinary) {
      this.#observe({ type: "garbage", description: "a binary frame" });
      this.#socket.close(UNSUPPORTED_DATA, "OCPP-J is text");
      return;
    }
    const text = data.toString();
    this.#observe({ type: "frame", direction: "in", text });
    const frame = readFrame(text);
    if (frame.kind === "call") this.#take(frame);
    else if (frame.kind === "fault") this.#refuse(frame);
    else if (!this.#outbox.settle(frame)) this.#observe({ type: "stray", id: frame.id });
  }

  #take(frame: CallFrame): void {
    if (this.#closing) return;
    const taken = this.#inbox.push(frame);
    if (taken === "duplicate") this.#observe({ type: "stray", id: frame.id });
    if (taken === "full") this.#send(writeError(frame.id, new RpcError("GenericError", "too many calls at once")));
  }

  #refuse(fault: FrameFault): void {
    this.#observe({ type: "garbage", description: fault.description });
    if (!silentOnGarbage.includes(this.protocol)) this.#send(writeError(fault.id, { ...fault, details: {} }));
  }

  async #answer(frame: CallFrame, handler: CallHandler): Promise<void> {
    const later: (() => void)[] = [];
    const failed = (error: unknown) => this.#observe({ type: "handlerFailed", action: frame.action, error });
    const text = await carryOut(frame, handler, (work) => later.push(work)).catch((error: unknown) => {
      failed(error);
      return writeError(frame.id, new RpcError("InternalError"));
    });
    const sent = (await this.#options.spoil?.(frame, text)) ?? [text];
    for (const one of sent) this.#send(one);
    if (sent.length === 0) return;
    for (const work of later) attempt(work, failed);
  }

  #send(text: string): void {
    const { readyState, OPEN, bufferedAmount } = this.#socket;
    if (readyState !== OPEN) return;
    if (bufferedAmount + text.length > (this.#options.maxBufferedBytes ?? 4 * 2 ** 20)) {
      this.#observe({ type: "notReading", bufferedBytes: bufferedAmount });
      this.#socket.terminate();
      return;
    }
    this.#observe({ type: "frame", direction: "out", text });
    this.#socket.send(text);
  }

  #observe(event: PeerEvent): void {
    this.#options.observe?.(event);
  }
}

/** The answer as text. @throws whatever the handler throws that is not meant for the other end. */
async function carryOut({ id, action, payload }: CallFrame, handler: CallHandler, later: Afterwards): Promise<string> {
  try {
    return writeResult(id, await handler(action, payload, later));
  } catch (error) {
    if (error instanceof RpcError) return writeError(id, error);
    throw error;
  }
}

function attempt(work: () => void, failed: (error: unknown) => void): void {
  try {
    work();
  } catch (error) {
    failed(error);
  }
}
