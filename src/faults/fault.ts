/**
 * A fault is data: what is done wrong, where in the session, and what a right counterpart does about it. It reaches the wire
 * through one of the seams below, all of which lie at the port `Network`; car and charger themselves know nothing of it.
 */
import type { KeyObject } from "node:crypto";
import type { AnySet } from "../exi/schema.ts";
import type { Reissued } from "../pki/index.ts";
import type { TlsOffer } from "../transport/ports.ts";
import type { Random } from "../util/random.ts";
import type { AttackId } from "./attacks.ts";
import type { Expectation } from "./reaction.ts";

/** Who does it. */
export type Side = "ev" | "secc";

/** What a session must be like for the fault to have its place in it. */
export interface Traits {
  readonly protocol: "ISO 15118-2" | "DIN SPEC 70121";
  readonly payment: "Contract" | "ExternalPayment";
  readonly energy: "AC" | "DC";
  readonly tls: boolean;
  /** What the car asks for before it pays. */
  readonly contract: "install" | "update";
  /** Whether the charger wants receipts. */
  readonly receipts: true;
}

export interface Fault {
  /** `group:name`; each side has names of its own. */
  readonly name: string;
  readonly group: string;
  readonly side: Side;
  /** What is done wrong. */
  readonly about: string;
  /** The message of ours in whose place it happens; `SDP`, `TLS` or `TCP` before there are messages. */
  readonly at: string;
  readonly needs: Partial<Traits>;
  /** Any of these is right. */
  readonly expect: readonly Expectation[];
  /** What it means when the counterpart does something else. */
  readonly danger: string;
  /** The clause that says so. */
  readonly rule: string;
  /** Known attacks of this kind. */
  readonly attacks: readonly AttackId[];
  readonly how: How;
  /** How long the counterpart is watched, in milliseconds. */
  readonly watchMs?: number;
}

/** Octets to be written, or milliseconds to wait. */
export type Piece = Uint8Array | number;
/** What is written in one go; then the other side has its turn. */
export type Turn = readonly Piece[];

/**
 * `watch`: our side says no more, and the first reaction counts. `go on`: our side goes on as if nothing had been.
 * `insist`: as `watch`, but every repetition of the same request or response is treated in the same way before that.
 */
export type After = "watch" | "go on" | "insist";

/** The octets of a frame, the message in it, or the order of messages: what is written in place of one message of ours. */
export interface MessageFault {
  readonly seam: "frames" | "message" | "order";
  readonly after: After;
  /** Turns but for the last are answered before the next one comes; the reaction to the last counts. */
  turns(honest: Said, context: Context): readonly Turn[];
  /** Answers that are passed over, in the last turn. */
  readonly skip?: number;
  /** Needs a session before, which is broken off at the same message, to remember what was said there. */
  readonly rehearse?: true;
}

export type How =
  | MessageFault
  /** SECC discovery: what is sent in place of one datagram, or of all of them with `insist`. */
  | { readonly seam: "datagrams"; readonly after: After; send(honest: Uint8Array): readonly Uint8Array[] }
  /** What the car offers in TLS. */
  | { readonly seam: "TLS offer"; readonly offer: TlsOffer }
  /** What is written instead of a handshake, by the car on so many connections, or by the charger on each. */
  | { readonly seam: "TLS port"; readonly after: "watch" | "go on"; readonly connections: number; readonly turn: Turn }
  /** A certificate with a fault of the test PKI, as `plugcharge pki faults` names it. */
  | {
      readonly seam: "certificates";
      readonly fault: string;
      /** What is issued anew with it. */
      readonly leaf: "contract" | "oem" | "secc" | "cps";
      /** How it gets into our message, where that does not carry it already. */
      carry?(honest: Said, context: Context): readonly Turn[];
    };

/** A message as it was read from the wire. */
export interface Said {
  /** `supportedAppProtocolReq`, or the name of what is in the body; `unreadable` when it is nothing. */
  readonly name: string;
  readonly ResponseCode?: string;
  readonly body?: unknown;
  readonly exi: Uint8Array;
  /** As the schema has it; undefined when it could not be read. */
  readonly document: Document | undefined;
}

export interface Document {
  readonly root: string;
  readonly value: unknown;
}

/** What a fault may use of the session. */
export interface Context {
  /** What both sides have agreed on; the handshake's before. */
  readonly set: AnySet;
  /** As the SECC has given it; empty before. */
  readonly SessionID: Uint8Array;
  /** Of the contract. */
  readonly key: KeyObject | undefined;
  /** The certificate with a fault, where our side has no other use for it. */
  readonly issued: Reissued | undefined;
  readonly random: Random;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The last message of this name in this session. */
  said(name: string): Said | undefined;
  /** The last message of this name in the rehearsal. */
  rehearsed(name: string): Said | undefined;
}
