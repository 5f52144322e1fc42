/** What the CSMS knows of its stations. */
import type { RegistrationStatusEnumType } from "../../ocpp/v201/messages.generated.ts";
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
  /** The WebSocket subprotocol of its last connection. */
  readonly protocol: string | null;
}

/** What a station says of itself when it boots. */
export interface StationModel {
  readonly vendor: string;
  readonly model: string;
  readonly serial?: string;
  readonly firmware?: string;
}

/** In OCPP 1.6 the EVSE is the connector. */
export interface ConnectorReport {
  readonly evseId: number;
  readonly connectorId: number;
  readonly connectorStatus: string;
  readonly timestamp: string;
}

/** A part of a device model (OCPP 2.0.1 and 2.1, NotifyReport). */
export interface VariableReport {
  readonly component: {
    readonly name: string;
    readonly instance?: string;
    readonly evse?: { readonly id: number; readonly connectorId?: number };
  };
  readonly variable: { readonly name: string; readonly instance?: string };
  readonly variableAttribute: readonly {
    readonly type?: string;
    readonly value?: string;
    readonly mutability?: string;
  }[];
}

export interface Notice {
  readonly action: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly content: unknown;
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

  /** @param protocol the WebSocket subprotocol. */
  connected(identity: string, protocol: string, time: number): void {
    this.#database.run(
      `INSERT INTO station (identity, protocol, seen_at) VALUES (?1, ?2, ?3)
       ON CONFLICT DO UPDATE SET protocol = ?2, seen_at = ?3`,
      identity,
      protocol,
      time,
    );
  }

  booted(
    identity: string,
    { vendor, model, serial, firmware }: StationModel,
    registration: RegistrationStatusEnumType,
    time: number,
  ): void {
    this.#database.run(
      `UPDATE station SET registration = ?, vendor = ?, model = ?, serial = ?, firmware = ?, booted_at = ?
       WHERE identity = ?`,
      registration,
      vendor,
      model,
      serial ?? null,
      firmware ?? null,
      time,
      identity,
    );
  }

  connector(identity: string, report: ConnectorReport): void {
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
  variables(identity: string, report: readonly VariableReport[]): void {
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

  /** The latest, in the order in which they came. @param limit how many at most. */
  notices(identity: string, limit: number): Notice[] {
    const rows = this.#database.all<{ action: string; received_at: number; content: string }>(
      "SELECT action, received_at, content FROM notice WHERE identity = ? ORDER BY id DESC LIMIT ?",
      identity,
      limit,
    );
    return rows
      .reverse()
      .map(({ action, received_at: receivedAt, content }) => ({ action, receivedAt, content: JSON.parse(content) }));
  }
}

/** `Connector(1,2)[instance]`. */
function componentKey({ name, instance, evse }: VariableReport["component"]): string {
  const place = evse === undefined ? "" : `(${[evse.id, evse.connectorId].filter((id) => id !== undefined).join(",")})`;
  return name + place + (instance === undefined ? "" : `[${instance}]`);
}
