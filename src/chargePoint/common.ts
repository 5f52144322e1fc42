/** What a charge point does in the same way whatever the version of OCPP: its life with queue and blocks, and what needs no translation. */
import type { ProvidedIdToken, ValidationResult } from "../interfaces/types/authorization.ts";
import type { DataTransferRequest, DataTransferResponse, SecurityEvent } from "../interfaces/types/ocpp.ts";
import type { FirmwareUpdateStatus, LogStatus } from "../interfaces/types/system.ts";
import type { Validator } from "../ocpp/validator.ts";
import type { CallHandler } from "../rpc/peer.ts";
import { type Clock, type Timer, withTimeout } from "../util/clock.ts";
import type { Block, Online } from "./block.ts";
import type { DeadLetter, MessageQueue } from "./queue.ts";
import type { SecurityEvents } from "./securityEvents.ts";

/** The blocks that every version has. */
export interface CommonBlocks<Handlers> {
  readonly boot: { connected(): void };
  readonly authorization: { validate(token: ProvidedIdToken): Promise<ValidationResult> };
  readonly firmware: { onStatus(status: FirmwareUpdateStatus): void };
  readonly logs: { onStatus(status: LogStatus): void };
  readonly dataTransfer: { send(request: DataTransferRequest): Promise<DataTransferResponse> };
  readonly events: Pick<SecurityEvents, "raise">;
  readonly all: readonly Block<Handlers>[];
}

export interface CommonParts<Handlers, B extends CommonBlocks<Handlers>> {
  readonly clock: Clock;
  readonly csms: { connected: boolean; answerWith(handlers: Handlers): CallHandler };
  readonly validator: Validator;
  /** Messages that a waiting car or its owner notices: their schemas are compiled at the start, not when they are first sent. */
  readonly urgent: readonly string[];
  readonly queue: MessageQueue;
  /** How long queued messages are held back after the connection is usable again, so that the CSMS can speak first. */
  readonly resumeDelayMs: number;
  /** @param announce told when the CSMS may be spoken to. */
  makeBlocks(announce: (how: Online) => void): B;
}

/** How long {@link CommonChargePoint.stop} waits for messages under way. */
const DRAIN_MS = 2_000;

export abstract class CommonChargePoint<Handlers extends object, B extends CommonBlocks<Handlers>> {
  readonly #parts: CommonParts<Handlers, B>;
  protected readonly blocks: B;
  readonly answer: CallHandler;
  #resume: Timer | undefined;

  constructor(parts: CommonParts<Handlers, B>) {
    this.#parts = parts;
    this.blocks = parts.makeBlocks((how) => this.#online(how));
    this.answer = parts.csms.answerWith(Object.assign({}, ...this.blocks.all.map((block) => block.handlers)));
  }

  async stop(): Promise<void> {
    const { clock, queue } = this.#parts;
    for (const block of this.blocks.all) block.stop?.();
    this.#resume?.cancel();
    await withTimeout(clock, DRAIN_MS, queue.drained(), () => undefined);
    queue.pause();
  }

  settled(): Promise<void> {
    return this.#parts.queue.drained();
  }

  connected(): void {
    this.#parts.csms.connected = true;
    this.blocks.boot.connected();
  }

  disconnected(): void {
    this.#parts.csms.connected = false;
    this.#resume?.cancel();
    this.#parts.queue.pause();
    for (const block of this.blocks.all) block.offline?.();
  }

  validateToken(token: ProvidedIdToken): Promise<ValidationResult> {
    return this.blocks.authorization.validate(token);
  }

  onFirmwareStatus(status: FirmwareUpdateStatus): void {
    this.blocks.firmware.onStatus(status);
  }

  onLogStatus(status: LogStatus): void {
    this.blocks.logs.onStatus(status);
  }

  sendDataTransfer(request: DataTransferRequest): Promise<DataTransferResponse> {
    return this.blocks.dataTransfer.send(request);
  }

  securityEvent({ type, info, critical, timestamp }: SecurityEvent): void {
    this.blocks.events.raise(type, info, critical, timestamp);
  }

  /** Messages that were given up after the last attempt. */
  deadLetters(): DeadLetter[] {
    return this.#parts.queue.deadLetters();
  }

  protected compileUrgent(): void {
    const { urgent, validator } = this.#parts;
    for (const action of urgent) {
      for (const direction of ["request", "response"] as const) validator.validate(action, direction, {});
    }
  }

  #online(how: Online): void {
    const { clock, queue, resumeDelayMs } = this.#parts;
    for (const block of this.blocks.all) block.online?.(how);
    this.#resume = clock.setTimer(resumeDelayMs, () => queue.resume());
  }
}
