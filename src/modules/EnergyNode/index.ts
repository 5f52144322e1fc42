import { defineModule } from "../../framework/module.ts";
import type { EnergyFlowRequest, ExternalLimits, ScheduleReqEntry } from "../../interfaces/types/energy.ts";
import type { EnergyPriceSchedule } from "../../interfaces/types/energy_price_information.ts";
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import { manifest } from "./manifest.ts";
import { limitSchedule, withPrices } from "./schedule.ts";

export const EnergyNode = defineModule(manifest, ({ clock, config, moduleId, provides, requires }) => {
  const source = `${moduleId}/module_config`;
  const noLimits: ExternalLimits = { schedule_import: [], schedule_export: [], schedule_setpoints: [] };
  let external = noLimits;
  let meter: Powermeter | undefined;
  let prices: EnergyPriceSchedule = { schedule_import: [], schedule_export: [] };
  /** The last request of each consumer, in the order of the connections. */
  const requests = new Map<(typeof requires.energy_consumer)[number], EnergyFlowRequest>();

  function publish(): void {
    const limit = (schedule: readonly ScheduleReqEntry[]) => limitSchedule(schedule, config, source, clock.now());
    provides.energy_grid.publish("energy_flow_request", {
      children: requires.energy_consumer.flatMap((consumer) => requests.get(consumer) ?? []),
      uuid: moduleId,
      node_type: "Generic",
      ...(meter && { energy_usage_root: meter }),
      schedule_import: withPrices(limit(external.schedule_import), prices.schedule_import),
      schedule_export: withPrices(limit(external.schedule_export), prices.schedule_export),
      schedule_setpoints: external.schedule_setpoints,
    });
  }

  for (const consumer of requires.energy_consumer) {
    consumer.subscribe("energy_flow_request", (request) => {
      requests.set(consumer, request);
      publish();
    });
  }
  requires.powermeter[0]?.subscribe("powermeter", (reading) => {
    meter = reading;
    publish();
  });
  requires.price_information[0]?.subscribe("energy_pricing", (pricing) => {
    prices = pricing;
    publish();
  });

  return {
    provides: {
      energy_grid: {
        /** Limits go to the branch that asked; those of a node that nobody has heard of, to all. */
        async enforce_limits({ value }) {
          if (value.uuid === moduleId) return null;
          const asking = requires.energy_consumer.filter((consumer) => holds(requests.get(consumer), value.uuid));
          const targets = asking.length > 0 ? asking : requires.energy_consumer;
          await Promise.all(targets.map((consumer) => consumer.call("enforce_limits", { value })));
          return null;
        },
      },
      external_limits: {
        set_external_limits({ value }) {
          external = value;
          publish();
          return null;
        },
      },
    },
    ready() {
      const { fuse_limit_A, phase_count, nominal_voltage_V } = config;
      provides.external_limits.publish("capabilities", {
        max_current_A: fuse_limit_A,
        max_phase_count: phase_count,
        nominal_voltage_V,
        total_power_W: nominal_voltage_V * fuse_limit_A * (phase_count || 1),
      });
      publish();
    },
  };
});

function holds(request: EnergyFlowRequest | undefined, uuid: string): boolean {
  return request?.uuid === uuid || (request?.children.some((child) => holds(child, uuid)) ?? false);
}
