/** A transaction goes on with a token that the CSMS does not accept: is it stopped, limited or paused? OCPP 2.0.1 C10.FR.05, E05; OCPP 1.6 5.8, 9.1. */
import type { Powermeter } from "../interfaces/types/powermeter.ts";
import type { Logger } from "../util/log.ts";
import type { Tracer } from "../util/trace.ts";
import type { Words } from "./answers.ts";
import { inBackground } from "./block.ts";
import type { EvsePort } from "./ports.ts";

export interface InvalidTokenRules {
  /** Ends the transaction. */
  readonly stop: boolean;
  /** Otherwise it gets so many Wh more. */
  readonly maxEnergy: number | undefined;
  /** What the settings are called. */
  readonly stopKey: string;
  readonly maxEnergyKey: string;
}

export interface InvalidTokenPorts {
  readonly log: Logger;
  readonly trace: Tracer;
  rules(): InvalidTokenRules;
  /** The EVSE at which a transaction runs. */
  evseOf(transactionId: string): EvsePort | undefined;
  /** The meter's reading at an EVSE in Wh. */
  energyAt(evseId: number): number;
}

interface Limit {
  readonly transactionId: string;
  /** The meter's reading in Wh. */
  readonly reading: number;
}

export class InvalidTokens {
  readonly #ports: InvalidTokenPorts;
  /** By EVSE, so that there are never more than these. */
  readonly #limits = new Map<number, Limit>();

  constructor(ports: InvalidTokenPorts) {
    this.#ports = ports;
  }

  /** The CSMS does not accept the token of a running transaction; harmless when done twice. */
  refused(evse: EvsePort, transactionId: string, words: Words): void {
    const { rules, energyAt } = this.#ports;
    const { stop, maxEnergy, stopKey, maxEnergyKey } = rules();
    if (stop) {
      this.#explain(words, stopKey, "the transaction is stopped");
      inBackground(this.#ports, "stopping", () => evse.stop_transaction({ request: { reason: "DeAuthorized" } }));
    } else if (maxEnergy !== undefined) {
      this.#explain(words, maxEnergyKey, `charging goes on for ${maxEnergy} Wh`);
      if (this.#limits.get(evse.id)?.transactionId === transactionId) return;
      this.#limits.set(evse.id, { transactionId, reading: energyAt(evse.id) + maxEnergy });
    } else {
      this.#explain(words, stopKey, "charging is paused");
      inBackground(this.#ports, "pausing", () => evse.pause_charging({}));
    }
  }

  /** Pauses a transaction that has used up what an invalid token may get. */
  onPowermeter(evseId: number, { energy_Wh_import }: Powermeter): void {
    const limit = this.#limits.get(evseId);
    if (!limit || energy_Wh_import.total < limit.reading) return;
    this.#limits.delete(evseId);
    // Of a transaction that is over there is none.
    const evse = this.#ports.evseOf(limit.transactionId);
    inBackground(this.#ports, "pausing", () => evse?.pause_charging({}));
  }

  #explain({ because, fix }: Words, rule: string, effect: string): void {
    const title = `${because}: ${effect}`;
    const mend = fix ? { fix } : {};
    this.#ports.trace.add({ step: 6, kind: "decision", from: "OCPP", title, outcome: "refused", rule, ...mend });
  }
}
