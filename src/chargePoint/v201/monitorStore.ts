/** The monitors that the CSMS has set on variables, on disk (OCPP 2.0.1 part 2, N04). */
import type { MonitorEnumType, SetMonitoringDataType } from "../../ocpp/v201/messages.generated.ts";
import type { Database } from "../../util/database.ts";
import { sameAddress, variableAddress } from "../deviceModel/address.ts";

export const monitorSchema = `
CREATE TABLE variable_monitor (id INTEGER PRIMARY KEY AUTOINCREMENT, content TEXT NOT NULL);
CREATE TABLE monitoring_level (severity INTEGER NOT NULL)`;

export interface Monitor extends Omit<SetMonitoringDataType, "id" | "transaction" | "customData"> {
  readonly id: number;
  /** Whether it counts only while a transaction runs. */
  readonly transaction: boolean;
}

/** The least important severity (N05). */
export const LEAST_SEVERITY = 9;

export class MonitorStore {
  readonly #database: Database;
  #all: readonly Monitor[];

  constructor(database: Database) {
    this.#database = database;
    this.#all = this.#read();
  }

  /** In the order of their ids. */
  get all(): readonly Monitor[] {
    return this.#all;
  }

  /** Events of a higher number than this are not told. */
  get level(): number {
    const row = this.#database.get<{ severity: number }>("SELECT severity FROM monitoring_level");
    return row?.severity ?? LEAST_SEVERITY;
  }

  set level(severity: number) {
    this.#database.atomically(() => {
      this.#database.run("DELETE FROM monitoring_level");
      this.#database.run("INSERT INTO monitoring_level VALUES (?)", severity);
    });
  }

  /** The one of this kind and severity on the same variable. */
  twin(wanted: SetMonitoringDataType): Monitor | undefined {
    return this.#all.find(
      (one) => one.type === wanted.type && one.severity === wanted.severity && addressOf(one) === addressOf(wanted),
    );
  }

  /** @returns its id, a new one when there was none. */
  put({ id, ...content }: Omit<Monitor, "id"> & { readonly id?: number }): number {
    const text = JSON.stringify(content);
    const known = this.#database.atomically(() => {
      if (id === undefined) this.#database.run("INSERT INTO variable_monitor (content) VALUES (?)", text);
      else this.#database.run("UPDATE variable_monitor SET content = ? WHERE id = ?", text, id);
      return id ?? this.#database.get<{ id: number }>("SELECT max(id) AS id FROM variable_monitor")?.id ?? 0;
    });
    this.#all = this.#read();
    return known;
  }

  remove(id: number): void {
    this.#database.run("DELETE FROM variable_monitor WHERE id = ?", id);
    this.#all = this.#read();
  }

  #read(): Monitor[] {
    return this.#database
      .all<{ id: number; content: string }>("SELECT id, content FROM variable_monitor ORDER BY id")
      .map(({ id, content }) => ({ id, ...JSON.parse(content) }));
  }
}

/** How a monitor's variable is compared. */
export function addressOf({ component, variable }: Pick<SetMonitoringDataType, "component" | "variable">): string {
  return sameAddress(variableAddress(component, variable));
}

/** Which criterion of a report a monitor fits (N02). */
export const criterionOf = {
  UpperThreshold: "ThresholdMonitoring",
  LowerThreshold: "ThresholdMonitoring",
  Delta: "DeltaMonitoring",
  Periodic: "PeriodicMonitoring",
  PeriodicClockAligned: "PeriodicMonitoring",
} as const satisfies Record<MonitorEnumType, string>;
