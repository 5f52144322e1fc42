/** What the CSMS knows of its stations. */
import type {
  BootNotificationRequest,
  RegistrationStatusEnumType,
  ReportDataType,
  StatusNotificationRequest,
} from "../../ocpp/v201/messages.generated.ts";
import type { Database } from "../../util/database.ts";

export interface StationRecord {
  readonly identity: string;
  /** The answer to its last BootNotification. */
  readonly registration: RegistrationStatusEnumType | null;
  readonly vendor: string | null;
  readonly model: string | null;
  readonly serial: string | null;
  readonly firmware: string | null;
  /** Milliseconds since 1970. */
  readonly booted_at: number | null;
  readonly seen_at: number | null;
}

export class StationStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  list(): StationRecord[] {
    return this.#database.all("SELECT * FROM station ORDER BY identity");
  }

  find(identity: string): StationRecord | undefined {
    return this.#database.get("SELECT * FROM station WHERE identity = ?", identity);
  }

  connected(identity: string, time: number): void {
    this.#database.run(
      "INSERT INTO station (identity, seen_at) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET seen_at = ?2",
      identity,
      time,
    );
  }

  booted(
    identity: string,
    { chargingStation }: BootNotificationRequest,
    registration: RegistrationStatusEnumType,
    time: number,
  ): void {
    this.#database.run(
      `UPDATE station SET registration = ?, vendor = ?, model = ?, serial = ?, firmware = ?, booted_at = ?
       WHERE identity = ?`,
      registration,
      chargingStation.vendorName,
      chargingStation.model,
      chargingStation.serialNumber ?? null,
      chargingStation.firmwareVersion ?? null,
      time,
      identity,
    );
  }

  connector(identity: string, report: StatusNotificationRequest): void {
    this.#database.run(
      "INSERT OR REPLACE INTO connector (identity, evse, connector, status, since) VALUES (?, ?, ?, ?, ?)",
      identity,
      report.evseId,
      report.connectorId,
      report.connectorStatus,
      report.timestamp,
    );
  }

  connectors(identity: string): { evse: number; connector: number; status: string; since: string }[] {
    return this.#database.all("SELECT evse, connector, status, since FROM connector WHERE identity = ?", identity);
  }

  /** Keeps what a NotifyReport says of the device model. */
  variables(identity: string, report: readonly ReportDataType[]): void {
    this.#database.atomically(() => {
      for (const { component, variable, variableAttribute } of report) {
        for (const { type = "Actual", value, mutability } of variableAttribute) {
          this.#database.run(
            `INSERT OR REPLACE INTO variable (identity, component, variable, attribute, value, mutability)
             VALUES (?, ?, ?, ?, ?, ?)`,
            identity,
            componentKey(component),
            variable.name + (variable.instance === undefined ? "" : `[${variable.instance}]`),
            type,
            value ?? null,
            mutability ?? null,
          );
        }
      }
    });
  }

  variable(identity: string, component: string, variable: string): string | undefined {
    const row = this.#database.get<{ value: string | null }>(
      "SELECT value FROM variable WHERE identity = ? AND component = ? AND variable = ? AND attribute = 'Actual'",
      identity,
      component,
      variable,
    );
    return row?.value ?? undefined;
  }

  /** Keeps a message that only tells something, as JSON. */
  notice(identity: string, action: string, content: object, time: number): void {
    this.#database.run(
      "INSERT INTO notice (identity, action, received_at, content) VALUES (?, ?, ?, ?)",
      identity,
      action,
      time,
      JSON.stringify(content),
    );
  }

  notices(identity: string, action: string): unknown[] {
    const rows = this.#database.all<{ content: string }>(
      "SELECT content FROM notice WHERE identity = ? AND action = ? ORDER BY id",
      identity,
      action,
    );
    return rows.map(({ content }) => JSON.parse(content));
  }
}

/** `Connector(1,2)[instance]`. */
function componentKey({ name, instance, evse }: ReportDataType["component"]): string {
  const place = evse === undefined ? "" : `(${[evse.id, evse.connectorId].filter((id) => id !== undefined).join(",")})`;
  return name + place + (instance === undefined ? "" : `[${instance}]`);
}
