import { reasonOf } from "../../framework/bus/delivery.ts";
import { defineModule } from "../../framework/module.ts";
import type { EnergyFlowRequest, EnforcedLimits } from "../../interfaces/types/energy.ts";
import type { Timer } from "../../util/clock.ts";
import { manifest } from "./manifest.ts";
import { Optimizer } from "./optimizer.ts";

export const EnergyManager = defineModule(manifest, ({ clock, config, log, requires }) => {
  const optimizer = new Optimizer(config);
  const [trunk] = requires.energy_trunk;
  /** What each outlet was told last, as text. */
  const told = new Map<string, string>();
  let request: EnergyFlowRequest | undefined;
  let timer: Timer | undefined;

  function enforce(value: EnforcedLimits): void {
    told.set(value.uuid, JSON.stringify(value));
    if (config.debug) log.info({ limits: value.limits_root_side }, `limits of ${value.uuid}`);
    trunk
      ?.call("enforce_limits", { value })
      .catch((err) => log.error({ err }, `the limits of ${value.uuid} did not arrive: ${reasonOf(err)}`));
  }

  /** Shares anew; what did not change is told only when all are. */
  function share(all: boolean): void {
    const limits = request ? optimizer.run(request, clock.now()) : [];
    for (const value of limits) {
      if (all || told.get(value.uuid) !== JSON.stringify(value)) enforce(value);
    }
  }

  /** Limits expire: they are told again and again, whether they change or not. */
  function repeat(): void {
    share(true);
    timer = clock.setTimer(config.update_interval * 1000, repeat);
  }

  trunk?.subscribe("energy_flow_request", (value) => {
    request = value;
    share(false);
  });
  return { provides: { main: {} }, ready: repeat, stop: () => timer?.cancel() };
});
