/** What the other side does about a fault, and what it ought to do. */

export type Reaction =
  /** The next message, a response or a request, with its code when it has one. */
  | { readonly does: "says"; readonly message: string; readonly code?: string; readonly body?: unknown }
  | { readonly does: "says what cannot be read"; readonly reason: string }
  /** `ms` after the fault. */
  | { readonly does: "closes"; readonly ms: number }
  /** For all of `ms`. */
  | { readonly does: "stays silent"; readonly ms: number }
  | { readonly does: "refuses TLS"; readonly reason: string }
  | { readonly does: "accepts TLS" }
  | { readonly does: "answers a datagram" }
  /** SECC discovery begins anew. */
  | { readonly does: "asks again" }
  | { readonly does: "connects without TLS" }
  /** The session goes on to its regular end as if nothing had been. */
  | { readonly does: "charges" }
  | { readonly does: "ends without charging"; readonly reason: string };

/** A right reaction. */
export interface Expectation {
  /** For people, without a subject: `answers PaymentDetailsRes FAILED_CertChainError`. */
  readonly words: string;
  matches(reaction: Reaction): boolean;
}

/** A response with one of these codes; any code when none is given. */
export function says(message: string, ...codes: readonly string[]): Expectation {
  const words = codes.length > 0 ? `says ${message} ${codes.join(" or ")}` : `says ${message}`;
  const right = (code: string | undefined) => codes.length === 0 || (code !== undefined && codes.includes(code));
  return {
    words,
    matches: (reaction) => reaction.does === "says" && reaction.message === message && right(reaction.code),
  };
}

/** A message with something particular in it. @param what in words, behind the name of the message. */
export function saysWith<B>(message: string, what: string, right: (body: B) => boolean): Expectation {
  const matches = (reaction: Reaction) =>
    reaction.does === "says" && reaction.message === message && right(reaction.body as B);
  return { words: `says ${message} ${what}`, matches };
}

/** A response that refuses, whatever the code. */
export function refuses(message: string): Expectation {
  return {
    words: `says ${message} with a code of FAILED`,
    matches: (reaction) => reaction.does === "says" && reaction.message === message && isFailure(reaction.code),
  };
}

const PROMPT_MS = 5_000;

/** Closes the connection without another message; times are milliseconds after the fault. */
export function closes(to: number = PROMPT_MS, from = 0): Expectation {
  const when =
    to === PROMPT_MS ? "" : from === 0 ? ` within ${to / 1000} s` : ` after ${from / 1000} to ${to / 1000} s`;
  return {
    words: `closes the connection${when}`,
    matches: (reaction) => reaction.does === "closes" && reaction.ms >= from && reaction.ms <= to,
  };
}

/** Does nothing. */
export const ignores: Expectation = only("stays silent", "does nothing");
export const refusesTls: Expectation = only("refuses TLS", "refuses the TLS handshake");
export const charges: Expectation = only("charges", "goes on to the regular end of the session");
export const asksAgain: Expectation = only("asks again", "asks again by SECC discovery");

function only(does: Reaction["does"], words: string): Expectation {
  return { words, matches: (reaction) => reaction.does === does };
}

function isFailure(code: string | undefined): boolean {
  return code !== undefined && /^failed/i.test(code);
}

/** In words, without a subject. */
export function describeReaction(reaction: Reaction): string {
  switch (reaction.does) {
    case "says":
      return `says ${reaction.message}${reaction.code === undefined ? "" : ` ${reaction.code}`}`;
    case "closes":
      return `closes the connection after ${seconds(reaction.ms)}`;
    case "stays silent":
      return `does nothing for ${seconds(reaction.ms)}`;
    case "says what cannot be read":
    case "refuses TLS":
    case "ends without charging":
      return `${reaction.does} (${reaction.reason})`;
    default:
      return reaction.does;
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
