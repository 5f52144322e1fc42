/** What all states of a DIN SPEC 70121 session share on the car's side. A state is named after the response that it awaits. */
import { type Protocol, type Step, stateOf, type Wait } from "../../fsm/state.ts";
import type {
  MessageHeader,
  Messages,
  Named,
  RequestName,
  ResponseName,
  SAScheduleTuple,
} from "../../iso15118/din70121/index.ts";
import { InternalError } from "../../util/errors.ts";
import type { Car, DcNeeds } from "../car.ts";
import { type DcState, newDcState } from "../dc/charging.ts";
import { decided, type Effect, publish, satisfied } from "../effects.ts";
import type { Outcome } from "../outcome.ts";

export interface Response<N extends ResponseName> {
  readonly header: MessageHeader;
  readonly body: Messages[N];
  /** When it came, in milliseconds of a clock that never jumps. */
  readonly at: number;
}

export type Request = Named<RequestName>;

export interface DinSession {
  readonly car: Car;
  /** As given by the SECC; 8 zero octets until then. */
  readonly SessionID: Uint8Array;
  readonly schedule: SAScheduleTuple | undefined;
  readonly dc: DcState;
  /** Whether the car has said that power may come: control pilot state C. */
  readonly powered: boolean;
  /** What the last PowerDeliveryReq asked for. */
  readonly ready: boolean;
  /** How the session is to end; undefined while it is to go on. There is no pause: who wants one leaves. */
  readonly ending: "Terminate" | "Pause" | undefined;
  /** Why, in words. */
  readonly endingReason: string;
  readonly outcome: Outcome | undefined;
}

export interface Din extends Protocol {
  readonly messages: { readonly [N in ResponseName]: Response<N> };
  readonly session: DinSession;
  readonly reply: Request;
  readonly effect: Effect;
  readonly ports: Record<never, never>;
}

/** A state of a DIN SPEC 70121 session on the car's side. */
export const state = stateOf<Din>();

/** A session before its first message. */
export function newSession(car: Car): DinSession {
  return {
    car,
    SessionID: new Uint8Array(8),
    schedule: undefined,
    dc: newDcState(car),
    powered: false,
    ready: false,
    ending: undefined,
    endingReason: "",
    outcome: undefined,
  };
}

/** The session is over. */
export function end(outcome: Outcome): Step<Din, "Terminated"> {
  return { next: "Terminated", session: { outcome } };
}

/** The car's own power off, where it was on. */
export function powerOff({ powered }: DinSession): readonly Effect[] {
  return powered ? [publish("ev_power_ready", false)] : [];
}

/** Says goodbye. */
export function goodbye(session: DinSession): Step<Din, "SessionStop"> {
  return {
    next: "SessionStop",
    reply: { name: "SessionStopReq", message: {} },
    session: { powered: false },
    effects: [satisfied, inTime, ...powerOff(session)],
  };
}

/** Leaves before charging, because of the EVSE. */
export function leave(endingReason: string, session: DinSession): Step<Din, "SessionStop"> {
  const { effects = [], ...step } = goodbye(session);
  const left = decided({ step: 6, title: `stops before charging: ${endingReason}`, outcome: "refused" });
  return {
    ...step,
    session: { ...step.session, ending: "Terminate", endingReason },
    effects: [left, publish("stop_from_charger"), ...effects],
  };
}

/** The EVSE is not ready: asks again after a pause, or stops when that is wanted meanwhile. */
export function askAgain(
  again: (session: DinSession) => Request,
  { car }: DinSession,
  effects: readonly Effect[] = [],
): Wait<Din, "SessionStop"> {
  return {
    ms: car.pace.ongoing,
    effects,
    until: ({ ending }) => ending !== undefined,
    decide: (session) => (session.ending ? goodbye(session) : { reply: again(session) }),
  };
}

/** Ends the wait for all that comes before charging. */
export const inTime: Effect = { to: "timer", timer: "readyToCharge", ms: undefined };

/** What the battery takes. @throws InternalError for a car without one: who made it must not let it speak this protocol. */
export function dcNeeds({ car }: DinSession): DcNeeds {
  if (!car.dc) throw new InternalError("a car without dc cannot charge by DIN SPEC 70121");
  return car.dc;
}
