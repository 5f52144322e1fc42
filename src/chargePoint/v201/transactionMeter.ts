/** Meter values of transactions: at their begin and end, while they run, and kept for the end (OCPP 2.0.1 part 2, E02, J02). */
import type { SessionEvent } from "../../interfaces/types/evse_manager.ts";
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import type { MeterValueType, ReadingContextEnumType } from "../../ocpp/v201/messages.generated.ts";
import { inBackground } from "../block.ts";
import type { Reading } from "../measurands.ts";
import { Periodic } from "../periodic.ts";
import { Samples } from "../samples.ts";
import type { Core } from "./core.ts";
import { meterValue, signBegin } from "./meterValues.ts";
import type { TxReport } from "./session.ts";

/** Room for the message around the meter values of a transaction. */
const ENVELOPE_BYTES = 2048;

type Measurands = "TxStartedMeasurands" | "TxUpdatedMeasurands" | "TxEndedMeasurands";

interface Meter {
  powermeter?: Powermeter;
  soc?: number;
  transactionId?: string;
  /** TxUpdatedInterval: values sent while charging. */
  readonly updates: Periodic;
  /** TxEndedInterval: values kept for the end. */
  readonly samples: Periodic;
}

export class TransactionMeter {
  readonly #core: Core;
  readonly #samples: Samples<MeterValueType>;
  readonly #sendUpdate: (evseId: number, value: MeterValueType) => void;
  readonly #meters: ReadonlyMap<number, Meter>;

  /** @param sendUpdate sends a periodic value of the transaction that runs at an EVSE. */
  constructor(core: Core, sendUpdate: (evseId: number, value: MeterValueType) => void) {
    this.#core = core;
    this.#samples = new Samples(core.database);
    this.#sendUpdate = sendUpdate;
    this.#meters = new Map(core.station.evses.map(({ id }) => [id, this.#meter(id)]));
    core.model.onChange(({ address }) => {
      if (address === "SampledDataCtrlr.TxUpdatedInterval") this.#restart("updates");
      if (address === "SampledDataCtrlr.TxEndedInterval") this.#restart("samples");
    });
  }

  onPowermeter(evseId: number, powermeter: Powermeter): void {
    const meter = this.#meters.get(evseId);
    if (meter) meter.powermeter = powermeter;
  }

  onSoc(evseId: number, soc: number): void {
    const meter = this.#meters.get(evseId);
    if (meter) meter.soc = soc;
  }

  /** The latest reading of an EVSE. */
  reading(evseId: number): Reading | undefined {
    const { powermeter, soc } = this.#meters.get(evseId) ?? {};
    return powermeter && { powermeter, ...(soc === undefined ? {} : { soc }) };
  }

  /** Values are taken while, and only while, a transaction runs. */
  follow(evseId: number, transactionId: string | undefined): void {
    const meter = this.#meters.get(evseId);
    if (!meter) return;
    for (const timer of [meter.updates, meter.samples]) {
      if (transactionId === undefined) timer.stop();
      else if (transactionId === meter.transactionId) timer.ensure();
      else timer.start();
    }
    if (transactionId === undefined) delete meter.transactionId;
    else meter.transactionId = transactionId;
  }

  /** What belongs into a Started or an Ended that follows from `event`. */
  valuesFor(evseId: number, { eventType, transactionId }: TxReport, event: SessionEvent): MeterValueType[] {
    const reading = this.#readingAt(evseId, event);
    if (eventType === "Updated") return [];
    if (eventType === "Started") {
      this.#keep(transactionId, reading && this.#value(reading, "Transaction.Begin", "TxEndedMeasurands"));
      const begin = reading && this.#value(reading, "Transaction.Begin", "TxStartedMeasurands");
      return begin ? [begin] : [];
    }
    this.#keep(transactionId, reading && this.#value(reading, "Transaction.End", "TxEndedMeasurands"));
    const values = this.takeKept(transactionId);
    const startSignature = event.transaction_finished?.start_signed_meter_value;
    const sign = this.#core.model.value("SampledDataCtrlr.SignReadings") === true;
    return sign && startSignature ? signBegin(values, startSignature) : values;
  }

  /** The values kept for the end of a transaction, as many as fit into a message. */
  takeKept(transactionId: string): MeterValueType[] {
    const room = (this.#core.model.value("InternalCtrlr.MaxMessageSize") ?? 32_000) - ENVELOPE_BYTES;
    return this.#samples.take(transactionId, room);
  }

  stop(): void {
    for (const { updates, samples } of this.#meters.values()) {
      updates.stop();
      samples.stop();
    }
  }

  #meter(evseId: number): Meter {
    const latest = (measurands: Measurands) => {
      const reading = this.reading(evseId);
      return reading && this.#value(reading, "Sample.Periodic", measurands);
    };
    return {
      updates: this.#every("TxUpdatedInterval", () => {
        const value = latest("TxUpdatedMeasurands");
        if (value) this.#sendUpdate(evseId, value);
      }),
      samples: this.#every("TxEndedInterval", () => {
        const transactionId = this.#meters.get(evseId)?.transactionId;
        if (transactionId !== undefined) this.#keep(transactionId, latest("TxEndedMeasurands"));
      }),
    };
  }

  #every(name: "TxUpdatedInterval" | "TxEndedInterval", act: () => void): Periodic {
    const { clock, model } = this.#core;
    const wait = () => (model.value(`SampledDataCtrlr.${name}`) ?? 0) * 1000;
    return new Periodic(clock, wait, () => inBackground(this.#core, name, act));
  }

  #restart(timer: "updates" | "samples"): void {
    for (const meter of this.#meters.values()) if (meter.transactionId !== undefined) meter[timer].start();
  }

  /** The event's own reading is of the very moment; the latest stands in for it. */
  #readingAt(evseId: number, event: SessionEvent): Reading | undefined {
    const { soc } = this.#meters.get(evseId) ?? {};
    const own = eventReading(event);
    return own ? { ...own, ...(soc === undefined ? {} : { soc }) } : this.reading(evseId);
  }

  #value(reading: Reading, context: ReadingContextEnumType, measurands: Measurands): MeterValueType | undefined {
    const { model } = this.#core;
    const sign = model.value("SampledDataCtrlr.SignReadings") === true;
    return meterValue(reading, context, model.value(`SampledDataCtrlr.${measurands}`) ?? [], sign);
  }

  #keep(transactionId: string, value: MeterValueType | undefined): void {
    if (value) this.#samples.add(transactionId, value);
  }
}

function eventReading(event: SessionEvent): Reading | undefined {
  const signable = event.session_started ?? event.transaction_started ?? event.transaction_finished;
  const part = signable ?? event.session_finished ?? event.charging_state_changed_event ?? event.authorization_event;
  const signed = signable?.signed_meter_value;
  return part && { powermeter: part.meter_value, ...(signed ? { signed } : {}) };
}
