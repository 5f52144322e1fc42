/** What each connector's meter says, when it is to be told, and what is kept for the end of a transaction (OCPP 1.6, 4.7, 9.1). */
import type { EnforcedLimits } from "../../interfaces/types/energy.ts";
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import type { MeterValue, ReadingContext } from "../../ocpp/v16/types.ts";
import { inBackground } from "../block.ts";
import type { Offered, Reading } from "../measurands.ts";
import { Periodic, untilAligned } from "../periodic.ts";
import type { Key } from "./configuration/schema.ts";
import type { Core } from "./core.ts";
import { meterValue } from "./meterValues.ts";

/** The keys that name what is measured. */
export type Measurands = Extract<
  Key,
  "MeterValuesSampledData" | "MeterValuesAlignedData" | "StopTxnSampledData" | "StopTxnAlignedData"
>;

export interface MeterPorts {
  /** MeterValueSampleInterval is over in the transaction at a connector. */
  sample(connectorId: number): void;
  /** ClockAlignedDataInterval is over. */
  align(): void;
}

interface Meter {
  powermeter?: Powermeter;
  soc?: number;
  offered?: Offered;
}

export class Meters {
  readonly #core: Core;
  /** By EVSE: connectors of one share a meter. */
  readonly #meters = new Map<number, Meter>();
  readonly #samples: ReadonlyMap<number, Periodic>;
  /** Connectors with a transaction. */
  readonly #followed = new Set<number>();
  readonly #aligned: Periodic;

  constructor(core: Core, ports: MeterPorts) {
    const { clock, config, connectors } = core;
    this.#core = core;
    const wait = () => config.value("MeterValueSampleInterval") * 1000;
    this.#samples = new Map(
      connectors.ids.map((id) => [
        id,
        new Periodic(clock, wait, () => inBackground(core, "sampled values", () => ports.sample(id))),
      ]),
    );
    const untilNext = () => {
      const interval = config.value("ClockAlignedDataInterval") * 1000;
      return interval > 0 ? untilAligned(clock.now(), interval) : undefined;
    };
    this.#aligned = new Periodic(clock, untilNext, () =>
      inBackground(core, "clock-aligned values", () => ports.align()),
    );
    config.onChange(({ key }) => {
      if (key === "MeterValueSampleInterval") this.#repace();
      if (key === "ClockAlignedDataInterval") this.#aligned.start();
    });
    this.#aligned.start();
  }

  onPowermeter(evseId: number, powermeter: Powermeter): void {
    this.#of(evseId).powermeter = powermeter;
  }

  onSoc(evseId: number, soc: number): void {
    this.#of(evseId).soc = soc;
  }

  onLimits(evseId: number, { limits_root_side }: EnforcedLimits): void {
    const { ac_max_current_A: current, total_power_W: power } = limits_root_side;
    this.#of(evseId).offered = {
      ...(current ? { current_A: Math.floor(current.value) } : {}),
      ...(power ? { power_W: Math.floor(power.value) } : {}),
    };
  }

  /** The car is gone, and its battery with it. */
  forgetCar(evseId: number): void {
    delete this.#of(evseId).soc;
  }

  /** The latest reading at a connector. */
  reading(connectorId: number): Reading | undefined {
    const evse = this.#core.connectors.get(connectorId)?.evse;
    const { powermeter, soc, offered } = (evse && this.#meters.get(evse.id)) ?? {};
    return powermeter && { powermeter, ...(soc === undefined ? {} : { soc }), ...(offered ? { offered } : {}) };
  }

  /** The latest reading as far as a key asks for it. */
  value(connectorId: number, context: ReadingContext, measurands: Measurands): MeterValue | undefined {
    const reading = this.reading(connectorId);
    return reading && meterValue(reading, context, this.#core.config.names(measurands));
  }

  /** Values are sampled while, and only while, a transaction runs. */
  follow(connectorId: number, running: boolean): void {
    const samples = this.#samples.get(connectorId);
    if (running) {
      this.#followed.add(connectorId);
      samples?.ensure();
    } else {
      this.#followed.delete(connectorId);
      samples?.stop();
    }
  }

  stop(): void {
    this.#aligned.stop();
    for (const samples of this.#samples.values()) samples.stop();
  }

  #of(evseId: number): Meter {
    const meter = this.#meters.get(evseId) ?? {};
    this.#meters.set(evseId, meter);
    return meter;
  }

  #repace(): void {
    for (const id of this.#followed) this.#samples.get(id)?.start();
  }
}
