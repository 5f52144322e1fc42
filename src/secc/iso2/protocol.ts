/** What all states of an ISO 15118-2 session share: its messages, what is remembered, and what may be asked outside. */
import type { KeyObject } from "node:crypto";
import { type Decide, type Outcome, type Protocol, stateOf } from "../../fsm/state.ts";
import type { ProvidedIdToken } from "../../interfaces/types/authorization.ts";
import type { CertificateHashDataInfo, EnergyTransferMode, PaymentOption } from "../../interfaces/types/iso15118.ts";
import type {
  MessageHeader,
  Messages,
  MeterInfo,
  Named,
  ParameterSet,
  RequestName,
  ResponseName,
  SAScheduleTuple,
  SelectedService,
} from "../../iso15118/iso2/index.ts";
import type { SignedElement } from "../../iso15118/signature.ts";
import type { Certificate } from "../../x509/certificate.ts";
import type { Authorization } from "../authorization.ts";
import { type DcProgress, noDc } from "../dc/progress.ts";
import type { Effect } from "../effects.ts";
import type { Evse } from "../evse.ts";

/** A request with all that a state may need of it. */
export interface Request<N extends RequestName> {
  readonly header: MessageHeader;
  readonly body: Messages[N];
  /** The message as it came. */
  readonly exi: Uint8Array;
}

/**
 * A body to be put into a message, with what is to be signed in it, or a whole EXI document that goes out unchanged, with
 * its code if it can be read.
 */
export type Reply =
  | (Named<ResponseName> & { readonly signs?: readonly SignedElement[] })
  | { readonly exi: Uint8Array; readonly ResponseCode?: string };

/** What the contract was found to be by its chain; all but `Valid` and `unchecked` come with a reason. */
export type ContractVerdict =
  | { readonly result: "unchecked" }
  | { readonly result: "Valid"; readonly root: string; readonly hashData: readonly CertificateHashDataInfo[] }
  | {
      readonly result: ContractFault;
      readonly reason: string;
      readonly fix: string;
    };
export type ContractFault =
  | "NoCertificateAvailable"
  | "CertificateNotAllowed"
  | "CertificateRevoked"
  | "CertificateExpired"
  | "CertChainError";

export interface Iso2Ports {
  /** Milliseconds since 1970. */
  now(): number;
  /** From a CSPRNG. */
  random(count: number): Uint8Array;
  /** Judges a contract's chain, leaf first, as far as the station is configured to. */
  checkContract(chain: readonly Certificate[]): Promise<ContractVerdict>;
  /** What a value added service offers; undefined when it has no parameters. */
  serviceParameters(serviceId: number): Promise<readonly ParameterSet[] | undefined>;
}

/** One of up to three schedules that an EV chooses from. It repeats every day. */
export interface ScheduleOffer {
  /** Of the schedule and of its tariff: 1 to 255. */
  readonly id: number;
  /** Up to 32 characters. */
  readonly description?: string;
  /** In the order of time; empty for all that the grid grants, at any price. */
  readonly entries: readonly {
    /** Seconds since midnight, UTC; holds until the next entry, over midnight too. */
    readonly from: number;
    /** Watt of all phases; absent for no limit. */
    readonly maxPower?: number;
    /** 1 is the cheapest; given in all entries or in none. */
    readonly priceLevel?: number;
  }[];
}

export interface Iso2Settings {
  /** Seconds that an authorization may take; 0 is for ever. */
  readonly authTimeoutPnc: number;
  readonly authTimeoutEim: number;
  /** One to three; absent for one without a tariff. */
  readonly offers?: readonly [ScheduleOffer, ...ScheduleOffer[]];
  /** Signs tariffs; the key of the mobility operator's Sub-CA 2. Absent: they go out unsigned. */
  readonly tariffKey?: KeyObject;
}

/** The contract that the EV has shown and that was not refused. */
export interface Contract {
  readonly publicKey: KeyObject;
  /** 16 octets, good for one AuthorizationReq; undefined once it was used. */
  readonly challenge: Uint8Array | undefined;
  readonly token: ProvidedIdToken;
}

/** What is kept of a session that the EV has paused [V2G2-741]. */
export interface PausedSession {
  readonly sessionId: Uint8Array;
  readonly EVCCID: Uint8Array;
  /** Whether it had TLS. */
  readonly secured: boolean;
  readonly payment: PaymentOption;
  /** Of the contract that pays; undefined for external payment. */
  readonly eMAID: string | undefined;
  /** What was agreed on. */
  readonly schedule: readonly SAScheduleTuple[];
  readonly tupleId: number;
  /** Milliseconds since 1970 at which the EV was told of the schedule; its times count from there. */
  readonly scheduledAt: number;
}

export interface Selected {
  readonly payment: PaymentOption;
  readonly services: readonly SelectedService[];
}

/** The answer to CertificateInstallationReq or CertificateUpdateReq from outside. */
export type CertificateAnswer =
  | { readonly status: "Accepted"; readonly exi: Uint8Array }
  | { readonly status: "Failed" };

export interface Iso2Session {
  readonly settings: Iso2Settings;
  /** When the message under way came, in milliseconds since 1970. */
  readonly now: number;
  /** Whether the connection has TLS. */
  readonly secured: boolean;
  /** A session that this EV may join. */
  readonly paused: PausedSession | undefined;
  readonly evse: Evse;
  /** 8 octets; empty before SessionSetup. */
  readonly sessionId: Uint8Array;
  readonly EVCCID: Uint8Array;
  /** Whether the session continues the paused one. */
  readonly joined: boolean;
  /** IDs of the parameter sets that the EV was told of a service, by the service's ID. */
  readonly toldSets: ReadonlyMap<number, readonly number[]>;
  readonly selected: Selected | undefined;
  readonly contract: Contract | undefined;
  readonly certificateAnswer: CertificateAnswer | undefined;
  readonly authorization: Authorization;
  readonly energyTransferMode: EnergyTransferMode | undefined;
  readonly schedule: readonly SAScheduleTuple[];
  /** Milliseconds since 1970 at which the EV was told of the schedule. */
  readonly scheduledAt: number;
  /** How many wishes for another schedule are heeded in it. */
  readonly scheduleWishes: number;
  readonly tupleId: number;
  /** Since when the EV is told that its parameters are being looked at, in milliseconds since 1970. */
  readonly ongoingSince: number | undefined;
  /** Whether the contactor was told to close, or may close for the cable check, and was not yet told to open. */
  readonly powered: boolean;
  readonly dc: DcProgress;
  /** The reading for which a receipt is due. */
  readonly receiptDue: MeterInfo | undefined;
  /** How the EV wants to end, once it has said so. */
  readonly ending: "Terminate" | "Pause" | undefined;
}

export interface Iso2 extends Protocol {
  readonly messages: { readonly [N in RequestName]: Request<N> };
  readonly session: Iso2Session;
  readonly reply: Reply;
  readonly effect: Effect;
  readonly ports: Iso2Ports;
}

/** A state of an ISO 15118-2 session on the SECC's side. */
export const state = stateOf<Iso2>();

/** A decision that needs the time, in milliseconds since 1970. */
export function atTime<N extends RequestName, const Next extends string>(
  decide: (request: Request<N>, session: Iso2Session, now: number) => Outcome<Iso2, Next>,
): Decide<Iso2, Request<N>, Next> {
  return (request, session) => decide(request, session, session.now);
}

/** A session before its first message. */
export function newSession(given: Pick<Iso2Session, "settings" | "secured" | "paused" | "evse" | "now">): Iso2Session {
  return {
    ...given,
    sessionId: new Uint8Array(0),
    EVCCID: new Uint8Array(0),
    joined: false,
    toldSets: new Map(),
    selected: undefined,
    contract: undefined,
    certificateAnswer: undefined,
    authorization: { status: "none" },
    energyTransferMode: undefined,
    schedule: [],
    scheduledAt: 0,
    scheduleWishes: 0,
    tupleId: 1,
    ongoingSince: undefined,
    powered: false,
    dc: noDc,
    receiptDue: undefined,
    ending: undefined,
  };
}
