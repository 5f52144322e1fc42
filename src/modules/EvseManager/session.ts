/** Sessions as other modules see them: their ids, and their events in EVerest's form. */
import type { EnableDisableSource, SessionEvent } from "../../interfaces/types/evse_manager.ts";
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import type { SignedMeterValue } from "../../interfaces/types/units_signed.ts";
import { toBase64 } from "../../util/bytes.ts";
import type { Random } from "../../util/random.ts";
import type { SessionNews } from "./charger/model.ts";

export type SessionIdType = "UUID" | "UUID_BASE64" | "SHORT_BASE64";

/** A new id of 36, 22 or 16 characters, fit for file names and topics. It is the transaction's id too. */
export function newSessionId(type: SessionIdType, random: Random): string {
  if (type === "UUID") return random.uuid();
  const text = toBase64(random.bytes(type === "UUID_BASE64" ? 16 : 12));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** What an event says beside the news itself. */
export interface SessionFacts {
  readonly uuid: string;
  /** RFC 3339. */
  readonly timestamp: string;
  readonly meter: Powermeter;
  readonly signedStart?: SignedMeterValue | undefined;
  readonly signedStop?: SignedMeterValue | undefined;
  readonly reservationId?: number | undefined;
  readonly loggingPath?: string | undefined;
  /** Who switched the EVSE on or off, and whether the connector was meant. */
  readonly source?: EnableDisableSource | undefined;
  readonly connectorMeant?: boolean | undefined;
}

/** The `session_event` for `news`. */
export function sessionEvent(news: SessionNews, facts: SessionFacts): SessionEvent {
  const { uuid, timestamp, meter } = facts;
  return { uuid, timestamp, event: news.event, ...details(news, facts, { meter_value: meter }) };
}

function details(
  news: SessionNews,
  facts: SessionFacts,
  meter: { meter_value: Powermeter },
): Omit<SessionEvent, "uuid" | "timestamp" | "event"> {
  switch (news.event) {
    case "SessionStarted":
      return {
        session_started: {
          reason: news.reason,
          ...meter,
          ...defined("id_tag", news.token),
          ...defined("reservation_id", facts.reservationId),
          ...defined("logging_path", facts.loggingPath),
        },
      };
    case "SessionFinished":
      return { session_finished: meter };
    case "TransactionStarted":
      return {
        transaction_started: {
          id_tag: news.token,
          ...meter,
          ...defined("signed_meter_value", facts.signedStart),
          ...defined("reservation_id", facts.reservationId),
        },
      };
    case "TransactionFinished":
      return {
        transaction_finished: {
          ...meter,
          reason: news.reason,
          ...defined("id_tag", news.token),
          ...defined("start_signed_meter_value", facts.signedStart),
          ...defined("signed_meter_value", facts.signedStop),
        },
      };
    case "ChargingPausedEVSE":
      return { charging_state_changed_event: meter, charging_paused_evse: { reasons: [...news.reasons] } };
    case "ChargingStarted":
    case "ChargingPausedEV":
      return { charging_state_changed_event: meter };
    case "Authorized":
    case "Deauthorized":
      return { authorization_event: meter };
    case "Enabled":
    case "Disabled":
      return { ...defined("source", facts.source), ...(facts.connectorMeant ? { connector_id: 1 } : {}) };
    default:
      return {};
  }
}

/** An optional key with its value, or nothing. */
function defined<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}
