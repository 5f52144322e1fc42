/** Carries the faults out: on the answers before they are made, and on the wire. */
import { RpcError } from "../../rpc/errors.ts";
import type { CallFrame } from "../../rpc/frames.ts";
import type { CallHandler } from "../../rpc/peer.ts";
import { type Clock, sleep } from "../../util/clock.ts";
import { carried, type Faults } from "./faults.ts";
import { innerRejection, rejection } from "./rejections.ts";

const DEFAULT_DELAY_MS = 5_000;

/** @param protocol the station's WebSocket subprotocol. */
export function rejecting(
  handler: CallHandler,
  { clock, faults, protocol, station }: { clock: Clock; faults: Faults; protocol: string; station: string },
): CallHandler {
  return async (action, payload, afterwards) => {
    const fault = faults.strike(["reject"], { station, action, payload });
    if (!fault) return handler(action, payload, afterwards);
    const inner = carried({ action, payload });
    const now = clock.now();
    const answer =
      fault.action !== undefined && fault.action === inner
        ? innerRejection(inner, now)
        : rejection(protocol, action, now);
    if (answer) return answer;
    throw new RpcError("InternalError", "refused on purpose");
  };
}

export interface SpoilerOptions {
  readonly clock: Clock;
  readonly faults: Faults;
  /** Ends waiting. */
  readonly closing: AbortSignal;
}

/** What goes out in place of `answer`. */
export async function spoiled(
  { clock, faults, closing }: SpoilerOptions,
  station: string,
  { action, payload }: CallFrame,
  answer: string,
): Promise<readonly string[]> {
  const fault = faults.strike(["slow", "silent", "garbage", "duplicate"], { station, action, payload });
  switch (fault?.fault) {
    case "slow":
      await sleep(clock, fault.delayMs ?? DEFAULT_DELAY_MS, closing);
      return [answer];
    case "silent":
      return [];
    case "garbage":
      return [answer.slice(0, Math.ceil(answer.length / 2))];
    case "duplicate":
      return [answer, answer];
    default:
      return [answer];
  }
}
