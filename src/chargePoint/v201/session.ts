/**
 * One EVSE's session as OCPP sees it: what each event of the EVSE means, and which TransactionEvents follow.
 *
 * Pure: {@link step} takes a session and an event and gives the next session with what is to be reported.
 */
import type { ProvidedIdToken } from "../../interfaces/types/authorization.ts";
import type { SessionEvent, StopTransactionReason } from "../../interfaces/types/evse_manager.ts";
import type {
  ChargingStateEnumType,
  IdTokenType,
  ReasonEnumType,
  TransactionEventEnumType,
  TriggerReasonEnumType,
} from "../../ocpp/v201/messages.generated.ts";
import { stopMeanings } from "./stopReasons.ts";
import { nothingHolds, starts, stops, type TxFacts, type TxPoint } from "./txPoints.ts";

export interface Session {
  /** EVerest's session id. */
  readonly uuid: string;
  readonly connectorId: number;
  readonly facts: TxFacts;
  readonly chargingState: ChargingStateEnumType;
  /** Who charges; kept after a stop. */
  readonly idToken?: IdTokenType;
  /** Whether the running transaction has told the CSMS of {@link idToken}. */
  readonly tokenTold: boolean;
  readonly remoteStartId?: number;
  readonly reservationId?: number;
  /** The running OCPP transaction. */
  readonly transactionId?: string;
  /** How many transactions the session has had. */
  readonly transactions: number;
}

export interface TxReport {
  readonly eventType: TransactionEventEnumType;
  readonly triggerReason: TriggerReasonEnumType;
  readonly chargingState: ChargingStateEnumType;
  readonly transactionId: string;
  readonly idToken?: IdTokenType;
  readonly stoppedReason?: ReasonEnumType;
}

export interface TxRules {
  readonly startPoints: readonly TxPoint[];
  readonly stopPoints: readonly TxPoint[];
  /** For a second transaction in one session; the first has the session's own id, as in EVerest. */
  newTransactionId(): string;
}

export interface Step {
  /** Undefined: the session is over. */
  readonly session?: Session;
  readonly report?: TxReport;
}

/** What an event makes of the session, before start and stop points are asked. */
interface Meaning {
  readonly session: Session;
  readonly triggerReason: TriggerReasonEnumType;
  readonly stoppedReason: ReasonEnumType;
  /** A token that belongs into an Ended or an Updated of this very event: who stopped. */
  readonly stopper?: IdTokenType;
  /** An authorisation opens the way to a further transaction in the same session. */
  readonly authorizes?: true;
  readonly over?: true;
}

/** Takes an event into account; events without meaning for transactions change nothing. */
export function step(session: Session | undefined, event: SessionEvent, rules: TxRules): Step {
  const meaning = meaningOf(session, event);
  if (!meaning) return session ? { session } : {};
  const before = session?.facts ?? nothingHolds;
  const running = meaning.session.transactionId;
  if (running === undefined) return closing(meaning, maybeStart(meaning, rules));
  if (meaning.over || stops(rules.stopPoints, before, meaning.session.facts))
    return closing(meaning, end(meaning, running));
  return update(session, meaning, running);
}

/** The end that a transaction gets whose session the station has lost, for example by a power loss. */
export function lostReport({ transactionId, chargingState }: Session): TxReport | undefined {
  if (transactionId === undefined) return undefined;
  const { stoppedReason, triggerReason } = stopMeanings.PowerLoss;
  return { eventType: "Ended", triggerReason, chargingState, transactionId, stoppedReason };
}

/** The session is gone when it is over; its last report stays. */
function closing({ over }: Meaning, step: Step): Step {
  if (!over) return step;
  return step.report ? { report: step.report } : {};
}

function maybeStart({ session, triggerReason, authorizes, over }: Meaning, rules: TxRules): Step {
  const first = session.transactions === 0;
  if (over || !(first || authorizes) || !starts(rules.startPoints, session.facts)) return { session };
  const transactionId = first ? session.uuid : rules.newTransactionId();
  const { chargingState, idToken } = session;
  return {
    session: {
      ...session,
      transactionId,
      tokenTold: idToken !== undefined,
      transactions: session.transactions + 1,
    },
    report: { eventType: "Started", triggerReason, chargingState, transactionId, ...(idToken ? { idToken } : {}) },
  };
}

function end({ session, triggerReason, stoppedReason, stopper }: Meaning, transactionId: string): Step {
  const { transactionId: _, ...rest } = session;
  const { chargingState } = session;
  const idToken = triggerReason === "StopAuthorized" && stopper ? { idToken: stopper } : {};
  return {
    session: { ...rest, tokenTold: false },
    report: { eventType: "Ended", triggerReason, chargingState, transactionId, stoppedReason, ...idToken },
  };
}

/** Only a new charging state or a token not told yet is worth a message. */
function update(before: Session | undefined, meaning: Meaning, transactionId: string): Step {
  const { session, triggerReason, stopper } = meaning;
  const tellToken = session.idToken !== undefined && !session.tokenTold;
  if (!tellToken && before?.chargingState === session.chargingState) return { session };
  const idToken = tellToken ? session.idToken : stopper;
  const { chargingState } = session;
  return {
    session: { ...session, tokenTold: session.tokenTold || tellToken },
    report: { eventType: "Updated", triggerReason, chargingState, transactionId, ...(idToken ? { idToken } : {}) },
  };
}

function meaningOf(session: Session | undefined, event: SessionEvent): Meaning | undefined {
  if (event.event === "SessionStarted") return sessionStarted(event);
  if (event.event === "TransactionStarted") return transactionStarted(session ?? emptySession(event), event);
  if (!session) return undefined;
  const { facts } = session;
  switch (event.event) {
    case "ChargingStarted":
      return energy(session, true, "Charging", "Other");
    case "ChargingPausedEV":
      return energy(session, false, "SuspendedEV", "StoppedByEV");
    case "ChargingPausedEVSE":
      return energy(session, false, "SuspendedEVSE", "Other");
    case "Deauthorized":
      return deauthorized(session);
    case "TransactionFinished":
      return transactionFinished(session, event);
    case "SessionFinished":
      return {
        session: { ...session, facts: { ...facts, connected: false, energyFlows: false }, chargingState: "Idle" },
        triggerReason: "EVCommunicationLost",
        stoppedReason: "EVDisconnected",
        over: true,
      };
    default:
      return undefined;
  }
}

function emptySession({ uuid, connector_id }: SessionEvent): Session {
  const connectorId = connector_id ?? 1;
  return { uuid, connectorId, facts: nothingHolds, chargingState: "Idle", tokenTold: false, transactions: 0 };
}

function sessionStarted(event: SessionEvent): Meaning {
  const session = emptySession(event);
  const { reason, id_tag, reservation_id } = event.session_started ?? { reason: "EVConnected" };
  const reservation = reservation_id === undefined ? {} : { reservationId: reservation_id };
  if (reason === "EVConnected") {
    const facts = { ...nothingHolds, connected: true };
    return {
      session: { ...session, ...reservation, facts, chargingState: "EVConnected" },
      triggerReason: "CablePluggedIn",
      stoppedReason: "Other",
    };
  }
  return {
    session: { ...session, ...reservation, ...tokenOf(id_tag), facts: { ...nothingHolds, authorized: true } },
    triggerReason: authorizedBy(id_tag, "Authorized"),
    stoppedReason: "Other",
  };
}

/** Both conditions hold now: the token was presented, or the cable plugged in, whichever was missing. */
function transactionStarted(session: Session, event: SessionEvent): Meaning {
  const started = event.transaction_started;
  const plugged = session.facts.authorized;
  const reservation = started?.reservation_id === undefined ? {} : { reservationId: started.reservation_id };
  const dataSigned = started?.signed_meter_value !== undefined;
  return {
    session: {
      ...session,
      ...reservation,
      ...tokenOf(started?.id_tag),
      facts: { ...session.facts, connected: true, authorized: true, dataSigned },
      chargingState: "EVConnected",
    },
    triggerReason: authorizedBy(started?.id_tag, plugged ? "CablePluggedIn" : "Authorized"),
    stoppedReason: "Other",
    authorizes: true,
  };
}

function energy(
  session: Session,
  energyFlows: boolean,
  chargingState: ChargingStateEnumType,
  stoppedReason: ReasonEnumType,
): Meaning {
  const facts = { ...session.facts, energyFlows };
  return { session: { ...session, facts, chargingState }, triggerReason: "ChargingStateChanged", stoppedReason };
}

/** Without a car it was the time-out for plugging in (E03.FR.05). */
function deauthorized(session: Session): Meaning {
  return stopped(session, session.facts.connected ? "DeAuthorized" : "Timeout", { authorized: false });
}

function transactionFinished(session: Session, event: SessionEvent): Meaning {
  const { reason = "Other", id_tag } = event.transaction_finished ?? {};
  const connected = session.facts.connected && reason !== "EVDisconnected";
  const meaning = stopped(session, reason, { connected, authorized: false, energyFlows: false });
  return id_tag ? { ...meaning, stopper: toIdToken(id_tag) } : meaning;
}

function stopped(session: Session, reason: StopTransactionReason, lost: Partial<TxFacts>): Meaning {
  const { triggerReason, stoppedReason, chargingState = session.chargingState } = stopMeanings[reason];
  return {
    session: {
      ...session,
      facts: { ...session.facts, ...lost },
      chargingState: session.chargingState === "Idle" ? "Idle" : chargingState,
    },
    triggerReason,
    stoppedReason,
  };
}

function authorizedBy(token: ProvidedIdToken | undefined, otherwise: TriggerReasonEnumType): TriggerReasonEnumType {
  return token?.authorization_type === "OCPP" ? "RemoteStart" : otherwise;
}

function tokenOf(token: ProvidedIdToken | undefined): Partial<Session> {
  if (!token) return {};
  const remoteStartId = token.request_id === undefined ? {} : { remoteStartId: token.request_id };
  return { idToken: toIdToken(token), ...remoteStartId };
}

/** EVerest's token in OCPP's words. */
export function toIdToken({ id_token }: Pick<ProvidedIdToken, "id_token">): IdTokenType {
  const info = id_token.additional_info?.map(({ value, type }) => ({ additionalIdToken: value, type }));
  return { idToken: id_token.value, type: id_token.type, ...(info?.length ? { additionalInfo: info } : {}) };
}
