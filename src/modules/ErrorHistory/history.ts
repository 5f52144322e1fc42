/** All errors that were ever raised, in the table that EVerest's ErrorHistory has. */
import type { ErrorReport } from "../../framework/errors.ts";
import type { ErrorObject, FilterArguments, Severity } from "../../interfaces/types/error_history.ts";
import { isoTime } from "../../util/clock.ts";
import type { Database, SqlValue } from "../../util/database.ts";

export const migrations = [
  `CREATE TABLE IF NOT EXISTS errors (
    uuid TEXT PRIMARY KEY NOT NULL, type TEXT NOT NULL, description TEXT NOT NULL, message TEXT NOT NULL,
    origin_module TEXT NOT NULL, origin_implementation TEXT NOT NULL, timestamp TEXT NOT NULL, severity TEXT NOT NULL,
    state TEXT NOT NULL, sub_type TEXT NOT NULL, vendor_id TEXT NOT NULL)`,
];

interface Row {
  readonly uuid: string;
  readonly type: string;
  readonly description: string;
  readonly message: string;
  readonly origin_module: string;
  readonly origin_implementation: string;
  readonly timestamp: string;
  readonly severity: ErrorObject["severity"];
  readonly state: ErrorObject["state"];
  readonly sub_type: string;
}

const severities: Readonly<Record<NonNullable<FilterArguments["severity_filter"]>, readonly Severity[]>> = {
  LOW_GE: ["Low", "Medium", "High"],
  MEDIUM_GE: ["Medium", "High"],
  HIGH_GE: ["High"],
};

/** An SQL condition with the values for its question marks. */
type Condition = readonly [sql: string, ...values: SqlValue[]];

function conditions(filters: FilterArguments): Condition[] {
  const { state_filter, origin_filter, type_filter, severity_filter, timeperiod_filter, handle_filter } = filters;
  const found: Condition[] = [];
  if (state_filter) found.push(["state = ?", state_filter]);
  if (origin_filter) {
    const { module_id, implementation_id } = origin_filter;
    found.push(["origin_module = ? AND origin_implementation = ?", module_id, implementation_id]);
  }
  if (type_filter) found.push(["type = ?", type_filter]);
  if (severity_filter) {
    const wanted = severities[severity_filter];
    found.push([`severity IN (${wanted.map(() => "?").join(", ")})`, ...wanted]);
  }
  if (timeperiod_filter) {
    const { timestamp_from, timestamp_to } = timeperiod_filter;
    found.push(["timestamp BETWEEN ? AND ?", utc(timestamp_from), utc(timestamp_to)]);
  }
  if (handle_filter) found.push(["uuid = ?", handle_filter]);
  return found;
}

/** Times with whatever offset, so that they can be compared as text. */
const utc = (timestamp: string) => isoTime(Date.parse(timestamp));

export class History {
  readonly #database: Database;

  /** What was active when the station ended is not any more. */
  constructor(database: Database) {
    this.#database = database;
    this.#database.run("UPDATE errors SET state = 'ClearedByReboot' WHERE state = 'Active'");
  }

  /** Takes an error that was raised, or one that was cleared. @returns whether a cleared one was known. */
  take(error: ErrorReport): boolean {
    if (error.state === "Active") {
      this.#add(error);
      return true;
    }
    const isKnown = this.#database.get("SELECT uuid FROM errors WHERE uuid = ?", error.uuid) !== undefined;
    this.#database.run("UPDATE errors SET state = ? WHERE uuid = ?", error.state, error.uuid);
    return isKnown;
  }

  /** In the order in which they were raised. */
  find(filters: FilterArguments): ErrorObject[] {
    const all = conditions(filters);
    const where = all.length > 0 ? ` WHERE ${all.map(([sql]) => `(${sql})`).join(" AND ")}` : "";
    const values = all.flatMap(([, ...rest]) => rest);
    return this.#database.all<Row>(`SELECT * FROM errors${where} ORDER BY timestamp, rowid`, ...values).map(toObject);
  }

  #add({
    uuid,
    type,
    sub_type,
    message,
    description,
    severity,
    origin,
    state,
    timestamp,
    vendor_id,
  }: ErrorReport): void {
    this.#database.run(
      `INSERT OR REPLACE INTO errors (uuid, type, description, message, origin_module, origin_implementation, timestamp,
       severity, state, sub_type, vendor_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[uuid, type, description, message, origin.module_id, origin.implementation_id, utc(timestamp)],
      ...[severity, state, sub_type, vendor_id],
    );
  }
}

function toObject({ origin_module, origin_implementation, ...row }: Row): ErrorObject {
  const { uuid, type, sub_type, message, description, severity, state, timestamp } = row;
  const origin = { module_id: origin_module, implementation_id: origin_implementation };
  return { uuid, type, sub_type, message, description, severity, state, timestamp, origin };
}
