import { isoTime } from "../../util/clock.ts";
import type { StationContext } from "../context.ts";
import { printable } from "../services/words.ts";
import type { StationModel } from "../store/stations.ts";

export interface Boot {
  readonly model: StationModel;
  /** Why it booted, where the version tells. */
  readonly reason?: string;
  readonly rule: string;
}

/** A station that may connect may also work. */
export function acceptBoot({ model, reason, rule }: Boot, { identity, services }: StationContext) {
  const { clock, heartbeatInterval, reporter, stations } = services;
  stations.booted(identity, model, "Accepted", clock.now());
  const name = `station ${identity} (${printable(model.vendor)} ${printable(model.model)})`;
  const title = `${name} accepted${reason === undefined ? "" : ` after ${reason}`}`;
  reporter.decide({ step: 0, station: identity, title, outcome: "ok", rule });
  return { status: "Accepted", currentTime: isoTime(clock.now()), interval: heartbeatInterval } as const;
}
