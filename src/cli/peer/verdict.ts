/** What became of one session with a foreign car or charger, judged by its messages alone. */
import type { Traits } from "../../faults/index.ts";
import type { TraceEntry } from "../../util/trace.ts";

export type Payment = "Contract" | "ExternalPayment";
export type ProtocolName = Traits["protocol"];

export interface Findings {
  /** The timeline of this session. */
  readonly entries: readonly TraceEntry[];
  readonly tls: boolean;
  /** What must be spoken; absent when any protocol will do. */
  readonly protocol?: ProtocolName;
  /** How it must be paid; absent when either will do. */
  readonly payment?: Payment;
  /** Why it ended, as the side that we are has seen it. */
  readonly reason?: string;
  /** How many sessions it was to have; 1 when absent. */
  readonly sessions?: number;
  /** What must have been answered, as often as it is named: `Name` or `Name ResponseCode`. */
  readonly proof?: readonly string[];
}

export interface SessionVerdict {
  readonly verdict: "charged" | "failed";
  /** In words. */
  readonly reason: string;
  /** Null when the session did not come as far; so with the payment. */
  readonly protocol: ProtocolName | null;
  readonly tls: boolean;
  readonly payment: Payment | null;
  /** Turns of the charge loop. */
  readonly cycles: number;
  readonly messages: number;
  /** Milliseconds from the first message to the last. */
  readonly ms: number;
}

/** A turn of the charge loop, AC and DC. */
export const loopResponses: readonly string[] = ["ChargingStatusRes", "CurrentDemandRes"];

/** Charged is what reached the charge loop, was ended with SessionStop and paid as it was meant to be. */
export function judgeSession(findings: Findings): SessionVerdict {
  const messages = findings.entries.filter(({ kind }) => kind === "message");
  const answered = messages.filter(({ outcome, from }) => from === "EVSE" && outcome === "ok");
  const count = (title: string) => answered.filter((message) => message.title === title).length;
  const cycles = answered.filter(({ title }) => loopResponses.includes(title)).length;
  const protocol = protocolOf(messages);
  const payment = paymentOf(count);
  const fault =
    refusalOf(findings.entries) ??
    (cycles === 0 ? `no charge loop${after(messages, findings.reason)}` : undefined) ??
    (count("SessionStopRes") < (findings.sessions ?? 1)
      ? `no SessionStop${after(messages, findings.reason)}`
      : undefined) ??
    missingProof(answered, findings.proof) ??
    (findings.protocol && protocol !== findings.protocol ? `spoke ${protocol}, not ${findings.protocol}` : undefined) ??
    (findings.payment && payment !== findings.payment ? `paid by ${payment}, not by ${findings.payment}` : undefined);
  return {
    verdict: fault === undefined ? "charged" : "failed",
    reason: fault ?? findings.reason ?? "the car ended the session",
    protocol,
    tls: findings.tls,
    payment,
    cycles,
    messages: messages.filter(({ title }) => !title.startsWith("SECCDiscovery")).length,
    ms: (messages.at(-1)?.time ?? 0) - (messages[0]?.time ?? 0),
  };
}

function missingProof(answered: readonly TraceEntry[], proof: readonly string[] = []): string | undefined {
  const said = answered.flatMap(({ title, detail }) => [title, `${title} ${String(detail?.ResponseCode)}`]);
  const missing = proof.find((wanted) => times(said, wanted) < times(proof, wanted));
  if (missing === undefined) return undefined;
  const wanted = times(proof, missing);
  return `charged, but without ${missing}${wanted > 1 ? ` ${wanted} times` : ""}`;
}

function times(all: readonly string[], one: string): number {
  return all.filter((each) => each === one).length;
}

/** By the first message whose name the two do not share. */
export function protocolOf(messages: readonly TraceEntry[]): ProtocolName | null {
  const telling = messages.flatMap(({ title }) => protocolsByMessage[title.replace(/Re[qs]$/, "")] ?? []);
  return telling[0] ?? null;
}

const protocolsByMessage: Readonly<Record<string, ProtocolName>> = {
  ServicePaymentSelection: "DIN SPEC 70121",
  ContractAuthentication: "DIN SPEC 70121",
  PaymentServiceSelection: "ISO 15118-2",
  Authorization: "ISO 15118-2",
};

function paymentOf(count: (title: string) => number): Payment | null {
  if (count("AuthorizationRes") + count("ContractAuthenticationRes") === 0) return null;
  return count("PaymentDetailsRes") > 0 ? "Contract" : "ExternalPayment";
}

/** The first refusal is the cause, those after it are consequences; a response's code is said with its reason. */
function refusalOf(entries: readonly TraceEntry[]): string | undefined {
  const refusals = entries.filter(({ outcome }) => outcome === "refused");
  const response = refusals.find(({ kind }) => kind === "message");
  const cause = refusals.find(({ kind }) => kind !== "message");
  if (!response) return cause && `${cause.title}${after(entries.filter(({ kind }) => kind === "message"))}`;
  const code = `${response.title} ${String(response.detail?.ResponseCode)}`;
  return cause && entries.indexOf(cause) <= entries.indexOf(response) ? `${code}: ${cause.title}` : code;
}

function after(messages: readonly TraceEntry[], reason?: string): string {
  const last = messages.at(-1);
  return `, the last message is ${last?.title ?? "none"}${reason === undefined ? "" : `: ${reason}`}`;
}
