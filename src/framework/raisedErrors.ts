/** The errors that one implementation has active. */
import { type Clock, isoTime } from "../util/clock.ts";
import type { Random } from "../util/random.ts";
import type { Endpoint, ErrorReport, Mapping } from "./errors.ts";
import type { ErrorDetails } from "./module.ts";

export interface RaisedErrorsOptions {
  readonly origin: Endpoint;
  readonly mapping?: Mapping;
  readonly clock: Clock;
  readonly random: Random;
  /** Tells the others of a change. */
  readonly report: (error: ErrorReport) => void;
}

/** An error is active at most once for each type and sub type; what changes nothing is not told. */
export class RaisedErrors {
  readonly #active = new Map<string, ErrorReport>();
  readonly #options: RaisedErrorsOptions;

  constructor(options: RaisedErrorsOptions) {
    this.#options = options;
  }

  raise(type: string, details: ErrorDetails): void {
    const { origin, mapping, clock, random, report } = this.#options;
    const { sub_type = "", message, description = message, severity = "High", vendor_id = "" } = details;
    const key = `${type} ${sub_type}`;
    if (this.#active.has(key)) return;
    const error: ErrorReport = {
      type,
      sub_type,
      message,
      description,
      severity,
      origin: {
        module_id: origin.moduleId,
        implementation_id: origin.implementationId,
        ...(mapping && { mapping }),
      },
      state: "Active",
      timestamp: isoTime(clock.now()),
      uuid: random.uuid(),
      vendor_id,
    };
    this.#active.set(key, error);
    report(error);
  }

  clear(type: string, sub_type = ""): void {
    const key = `${type} ${sub_type}`;
    const error = this.#active.get(key);
    if (!error) return;
    this.#active.delete(key);
    this.#options.report({ ...error, state: "ClearedByModule" });
  }

  /** @param type only errors of this type. */
  clearAll(type?: string): void {
    for (const error of [...this.#active.values()]) {
      if (type === undefined || error.type === type) this.clear(error.type, error.sub_type);
    }
  }
}
