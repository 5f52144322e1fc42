/** What all states of an ISO 15118-2 session share on the car's side. A state is named after the response that it awaits. */
import { type Protocol, type Step, stateOf, type Wait } from "../../fsm/state.ts";
import type {
  AC_EVSEStatus,
  DC_EVSEStatus,
  MessageHeader,
  Messages,
  Named,
  RequestName,
  ResponseName,
  SAScheduleTuple,
  SelectedService,
} from "../../iso15118/iso2/index.ts";
import { sessionTimes } from "../../iso15118/timers.ts";
import { InternalError } from "../../util/errors.ts";
import type { Car, Contract, DcNeeds, PausedSession, PaymentOption } from "../car.ts";
import { type DcState, newDcState } from "../dc/charging.ts";
import { type Effect, publish } from "../effects.ts";
import type { Outcome } from "../outcome.ts";

export interface Response<N extends ResponseName> {
  readonly header: MessageHeader;
  readonly body: Messages[N];
  /** When it came, in milliseconds of a clock that never jumps. */
  readonly at: number;
}

/** The next request; with `signed`, its element is signed by the contract's key, or by the one that the request is about. */
export type Request = Named<RequestName> & { readonly signed?: true };

export type ChargeProgress = Messages["PowerDeliveryReq"]["ChargeProgress"];

export interface Iso2Session {
  readonly car: Car;
  /** Whether the connection has TLS. */
  readonly secured: boolean;
  /** A paused session that the car wants to join. */
  readonly resume: PausedSession | undefined;
  /** The paused session that goes on, once the SECC has said so. */
  readonly joined: PausedSession | undefined;
  /** As given by the SECC; for a new session 8 zero octets until then. */
  readonly SessionID: Uint8Array;
  readonly payment: PaymentOption;
  /** Charging and what else was chosen. */
  readonly services: readonly SelectedService[];
  /** Under which a contract can be installed or renewed; undefined when the car does not want that or it is not offered. */
  readonly contractService: number | undefined;
  /** What the EVSE takes. */
  readonly paymentOffers: readonly PaymentOption[];
  /** Services whose details are still to be asked. */
  readonly detailsWanted: readonly number[];
  readonly schedule: SAScheduleTuple | undefined;
  /** Watt that the car draws at most; known when the EVSE has told its voltage. */
  readonly maxPower: number;
  readonly dc: DcState;
  /** What the last PowerDeliveryReq asked for, or in DC the next one will. */
  readonly progress: ChargeProgress;
  /** The car wants another schedule. */
  readonly renegotiating: boolean;
  /** How the session is to end; undefined while it is to go on. Set from outside, or by the EVSE's wish. */
  readonly ending: "Terminate" | "Pause" | undefined;
  /** Why, in words. */
  readonly endingReason: string;
  readonly outcome: Outcome | undefined;
}

export interface Iso2 extends Protocol {
  readonly messages: { readonly [N in ResponseName]: Response<N> };
  readonly session: Iso2Session;
  readonly reply: Request;
  readonly effect: Effect;
  readonly ports: Iso2Ports;
}

/** What questions to the car's own side may use. */
export interface Iso2Ports {
  /** Milliseconds since 1970. */
  now(): number;
  /** Keeps a new contract in the place of the old one. Never rejects; gives the reason when it could not. */
  storeContract(contract: Contract): Promise<string | undefined>;
}

/** A state of an ISO 15118-2 session on the car's side. */
export const state = stateOf<Iso2>();

/** A session before its first message. */
export function newSession(given: Pick<Iso2Session, "car" | "secured" | "resume">): Iso2Session {
  return {
    ...given,
    SessionID: given.resume?.SessionID ?? new Uint8Array(8),
    joined: undefined,
    payment: "ExternalPayment",
    services: [],
    contractService: undefined,
    paymentOffers: [],
    detailsWanted: [],
    schedule: undefined,
    maxPower: 0,
    dc: newDcState(given.car),
    progress: "Stop",
    renegotiating: false,
    ending: undefined,
    endingReason: "",
    outcome: undefined,
  };
}

/** The session is over. */
export function end(outcome: Outcome): Step<Iso2, "Terminated"> {
  return { next: "Terminated", session: { outcome } };
}

/** Says goodbye. Only who has charged can pause; before, and with power still on, the session is terminated. */
export function stopSession({ ending, progress, schedule }: Iso2Session): Step<Iso2, "SessionStop"> {
  const hasCharged = progress === "Stop" && schedule !== undefined;
  const ChargingSession = (hasCharged && ending) || "Terminate";
  return {
    next: "SessionStop",
    reply: { name: "SessionStopReq", message: { ChargingSession } },
    session: { ending: ChargingSession },
    ...(progress !== "Stop" && { effects: [powerOff] }),
  };
}

/** The EVSE is not ready with `request`: asks again after a pause, or stops when that is wanted meanwhile. */
export function askAgain(request: Request, { car }: Iso2Session, patience: Effect): Wait<Iso2, "SessionStop"> {
  return {
    ms: car.pace.ongoing,
    effects: [patience],
    until: ({ ending }) => ending !== undefined,
    decide: (session) => (session.ending ? stopSession(session) : { reply: request }),
  };
}

/** The car's patience with an EVSE that is not finished; a person who authorises may take all the time he needs [V2G2-854]. */
export function patience(request: RequestName, processing: Messages["AuthorizationRes"]["EVSEProcessing"]): Effect {
  const person = request === "AuthorizationReq" && processing === "Ongoing_WaitingForCustomerInteraction";
  return processing === "Finished" || person
    ? { to: "timer", timer: "over" }
    : { to: "timer", timer: "ongoing", request, ms: sessionTimes.ongoing.timeout };
}

/** Whether the car charges with direct current. */
export function isDc({ car }: Iso2Session): boolean {
  return car.mode.startsWith("DC");
}

/** What the battery takes. @throws InternalError for a car without one: who made it must not choose a DC mode. */
export function dcNeeds({ car }: Iso2Session): DcNeeds {
  if (!car.dc) throw new InternalError(`a car without dc cannot charge by ${car.mode}`);
  return car.dc;
}

export type EvseStatus = AC_EVSEStatus | DC_EVSEStatus;

/** The status of the kind of charging that the car has asked for; undefined when it is of the other kind. */
export function statusOf(
  body: { readonly AC_EVSEStatus?: AC_EVSEStatus; readonly DC_EVSEStatus?: DC_EVSEStatus },
  session: Iso2Session,
): EvseStatus | undefined {
  return isDc(session) ? body.DC_EVSEStatus : body.AC_EVSEStatus;
}

export function wrongKind(session: Iso2Session): Step<Iso2, "Terminated"> {
  const [asked, answered] = isDc(session) ? ["DC", "an AC"] : ["AC", "a DC"];
  return end({ ended: "protocol error", reason: `the EVSE answers ${asked} charging as ${answered} charger` });
}

/** Turns power off at the car before the EVSE is asked to. */
export const powerOff = publish("ev_power_ready", false);
