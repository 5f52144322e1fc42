/** What happens when modules in other processes cannot be reached: nobody could end a session that goes on. */
import type { Clock, Timer } from "../util/clock.ts";
import type { Logger } from "../util/log.ts";
import type { Reach } from "./bus/mqtt.ts";
import type { ModuleGroup } from "./moduleGroup.ts";

export interface ControlOptions {
  readonly ports: { readonly clock: Clock; readonly log: Logger };
  /** How long, in milliseconds, they may be away. */
  readonly controlLossMs: number;
}

/** Once they have been away for too long, every module brings itself into safety; coming back changes nothing by itself. */
export function watchControl(
  group: Pick<ModuleGroup, "controlLost">,
  reach: Reach,
  { ports: { clock, log }, controlLossMs }: ControlOptions,
): { stop(): void } {
  let timer: Timer | undefined;
  const lose = () => {
    log.error({}, `${reach.missing}: not reachable for ${controlLossMs} ms, charging is stopped`);
    group
      .controlLost((id) => reach.has(id))
      .catch((err) => log.error({ err }, "charging could not be stopped in order"));
  };
  const look = () => {
    if (reach.complete) {
      timer?.cancel();
      timer = undefined;
    } else timer ??= clock.setTimer(controlLossMs, lose);
  };
  const end = reach.onChange(look);
  look();
  return {
    stop() {
      end();
      timer?.cancel();
    },
  };
}
