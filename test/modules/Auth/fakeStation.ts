import type {
  ProvidedIdToken,
  TokenValidationStatusMessage,
  ValidationResult,
} from "../../../src/interfaces/types/authorization.ts";
import type { SessionEvent, SessionEventEnum } from "../../../src/interfaces/types/evse_manager.ts";
import type { ReservationUpdateStatus } from "../../../src/interfaces/types/reservation.ts";
import { AuthHandler, type AuthOptions } from "../../../src/modules/Auth/authHandler.ts";
import type { StoredReservation } from "../../../src/modules/Auth/reservations.ts";
import { silentLogger } from "../../../src/util/log.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { Timeline } from "../../../src/util/trace.ts";

export const accepted: ValidationResult = { authorization_status: "Accepted", tariff_messages: [] };
export const invalid: ValidationResult = { authorization_status: "Invalid", tariff_messages: [] };

export function card(value: string, more: Partial<ProvidedIdToken> = {}): ProvidedIdToken {
  return { authorization_type: "RFID", id_token: { value, type: "ISO14443" }, ...more };
}

export function contract(value: string, evse: number): ProvidedIdToken {
  return {
    authorization_type: "PlugAndCharge",
    id_token: { value, type: "eMAID" },
    connectors: [evse],
    certificate: "-----BEGIN CERTIFICATE-----",
  };
}

export function group(value: string) {
  return { value, type: "Central" as const };
}

interface Question {
  readonly token: ProvidedIdToken;
  answer(result: ValidationResult): void;
  fail(): void;
}

export interface FakeAuthOptions extends Partial<AuthOptions> {
  readonly evses?: number;
  /** What each validator answers; one that is absent for a token waits in `questions`. */
  readonly validators?: readonly ((token: ProvidedIdToken) => ValidationResult | undefined)[];
}

/** Auth with EVSEs that behave as told, and validators that answer at once or later. */
export function fakeAuth(options: FakeAuthOptions = {}) {
  const clock = new ManualClock();
  const trace = new Timeline(clock);
  const commands: string[] = [];
  const statuses: TokenValidationStatusMessage[] = [];
  const updates: ReservationUpdateStatus[] = [];
  const questions: Question[] = [];
  const stored: { all: readonly StoredReservation[] } = { all: [] };
  const refusing = new Set<number>();
  const validators = options.validators ?? [() => accepted];
  const handler = new AuthHandler(
    {
      selection_algorithm: "PlugEvents",
      connection_timeout: 60,
      master_pass_group_id: "",
      prioritize_authorization_over_stopping_transaction: true,
      ignore_connector_faults: false,
      plug_in_timeout_enabled: false,
      stop_transaction_on_reswipe: true,
      ...options,
    },
    {
      clock,
      trace,
      log: silentLogger,
      validators: validators.map((validator, index) => ({
        name: `validator ${index}`,
        validate: (token) => {
          const result = validator(token);
          if (result) return Promise.resolve(result);
          return new Promise((answer, reject) => {
            questions.push({ token, answer, fail: () => reject(new TypeError("no connection")) });
          });
        },
      })),
      commands: {
        async authorizeResponse(evse, token, { authorization_status, certificate_status, reservation_id }) {
          if (refusing.has(evse)) throw new TypeError("the EVSE is gone");
          const details = [certificate_status, reservation_id].filter((detail) => detail !== undefined);
          commands.push([`authorize ${evse}`, token.id_token.value, authorization_status, ...details].join(" "));
        },
        async withdrawAuthorization(evse) {
          commands.push(`withdraw ${evse}`);
        },
        async stopTransaction(evse, { reason }) {
          commands.push(`stop ${evse} ${reason}`);
        },
      },
      publishStatus: (message) => void statuses.push(message),
      async reserve(evse, id) {
        commands.push(`reserve ${evse} ${id}`);
        return !refusing.has(evse);
      },
      async cancelReservation(evse) {
        commands.push(`cancelReservation ${evse}`);
      },
      publishReservation: (update) => void updates.push(update),
      saveReservations: (all) => {
        stored.all = all;
      },
    },
  );
  const count = options.evses ?? 2;
  for (let id = 1; id <= count; id++) handler.pool.add(id, [{ id: 1 }]);

  const event = (evse: number, name: SessionEventEnum, more: Partial<SessionEvent> = {}) =>
    handler.onSessionEvent(evse, { uuid: "session", timestamp: "2026-01-01T00:00:00.000Z", event: name, ...more });
  const meter_value = { timestamp: "2026-01-01T00:00:00.000Z", energy_Wh_import: { total: 0 } };
  return {
    handler,
    clock,
    trace,
    questions,
    updates,
    stored,
    refusing,
    event,
    /** What the EVSEs were told since the last look. */
    commands: () => commands.splice(0),
    /** Statuses since the last look. */
    statuses: () => statuses.splice(0).map(({ status, token }) => `${status} ${token.id_token.value}`),
    messages: () => statuses.splice(0),
    plugIn: (evse: number) =>
      event(evse, "SessionStarted", { session_started: { reason: "EVConnected", meter_value } }),
    unplug: (evse: number) => event(evse, "SessionFinished"),
    transaction: (evse: number) => event(evse, "TransactionStarted"),
    transactionEnds: (evse: number) => event(evse, "TransactionFinished"),
    /** Shows a token and lets everything settle that does not wait for somebody. */
    async show(token: ProvidedIdToken) {
      void handler.onToken(token);
      await clock.advance(0);
    },
    settle: () => clock.advance(0),
  };
}
