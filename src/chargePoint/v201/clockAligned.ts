/** Functional block J of OCPP 2.0.1: meter values at fixed times of the day, and on demand (J01, F06). */
import type { MeterValueType, ReadingContextEnumType } from "../../ocpp/v201/messages.generated.ts";
import { inBackground } from "../block.ts";
import { Periodic, untilAligned } from "../periodic.ts";
import type { Block, Core } from "./core.ts";
import { meterValue } from "./meterValues.ts";
import type { Transactions } from "./transaction.ts";

export class ClockAligned implements Block {
  readonly #core: Core;
  readonly #transactions: Transactions;
  readonly #timer: Periodic;

  constructor(core: Core, transactions: Transactions) {
    const { clock, model } = core;
    this.#core = core;
    this.#transactions = transactions;
    const wait = () => {
      const interval = (model.value("AlignedDataCtrlr.Interval") ?? 0) * 1000;
      return model.value("AlignedDataCtrlr.Enabled") !== false && interval > 0
        ? untilAligned(clock.now(), interval)
        : undefined;
    };
    this.#timer = new Periodic(clock, wait, () => inBackground(core, "clock-aligned values", () => this.#sendAll()));
    model.onChange(({ address }) => {
      if (address.startsWith("AlignedDataCtrlr.")) this.#timer.start();
    });
    this.#timer.start();
  }

  stop(): void {
    this.#timer.stop();
  }

  hasValue(evseId: number): boolean {
    return this.values(evseId, "Sample.Clock").length > 0;
  }

  /** The latest reading of an EVSE as far as AlignedDataCtrlr.Measurands asks for it; empty without one. */
  values(evseId: number, context: ReadingContextEnumType): MeterValueType[] {
    const reading = this.#transactions.reading(evseId);
    const measurands = this.#core.model.value("AlignedDataCtrlr.Measurands") ?? [];
    const value = reading && meterValue(reading, context, measurands);
    return value ? [value] : [];
  }

  /** A MeterValues message outside of a transaction. */
  sendMeterValues(evseId: number, context: ReadingContextEnumType): void {
    const values = this.values(evseId, context);
    if (values.length === 0) return;
    inBackground(this.#core, "MeterValues", () => this.#core.csms.call("MeterValues", { evseId, meterValue: values }));
  }

  /** In a transaction they belong to it; otherwise they go by themselves. SendDuringIdle: none while any transaction runs (J01.FR.14). */
  #sendAll(): void {
    const { model, station, csms } = this.#core;
    const busy = station.evses.some(({ id }) => this.#transactions.runningAt(id) !== undefined);
    if (busy && model.value("AlignedDataCtrlr.SendDuringIdle") === true) return;
    for (const { id } of station.evses) {
      if (this.#transactions.runningAt(id) === undefined) {
        if (csms.online) this.sendMeterValues(id, "Sample.Clock");
        continue;
      }
      const values = this.values(id, "Sample.Clock");
      if (values.length > 0) this.#transactions.sendMeterValues(id, "MeterValueClock", values);
    }
  }
}
