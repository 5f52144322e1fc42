/** What the demo makes of a session: charged or refused, why, and whether that is right. */
import type { TraceEntry } from "../../util/trace.ts";
import { type Payment, type ProtocolName, protocolOf } from "../peer/verdict.ts";
import type { ContractCase } from "./contractCases.ts";
import { deserved, type Ending, isDeserved } from "./deserved.ts";

/** A transaction as the CSMS holds it. */
export interface BilledTransaction {
  readonly transactionId: string;
  readonly idToken?: string;
  readonly energyWh: number;
  readonly ended: boolean;
  /** Every rule that the station broke, in words. */
  readonly problems: readonly string[];
}

export interface Findings {
  /** What the car pays with; null when it is paid externally. */
  readonly contract: ContractCase | null;
  /** Whom the transaction is to be billed to. */
  readonly idToken: string;
  /** What the car was to speak. */
  readonly protocol: ProtocolName;
  /** The whole timeline, in order. */
  readonly entries: readonly TraceEntry[];
  /** Milliseconds since 1970 at which the car was plugged in. */
  readonly pluggedInAt: number;
  readonly transactions: readonly BilledTransaction[];
  /** Of certificates, as they were asked for. */
  readonly faults?: readonly string[];
  /** Whether the car was to pause and go on. */
  readonly pause?: boolean;
  /** Why the session was cut off, when it did not end by itself. */
  readonly failure?: string;
}

export interface Verdict {
  /** `refused`: by the EVSE, or by the car where that is right. */
  readonly verdict: "charged" | "refused" | "failed";
  /** Whether this is what the certificates deserve. */
  readonly expected: boolean;
  /** Null before it was agreed on. */
  readonly protocol: ProtocolName | null;
  readonly payment: Payment;
  readonly contract: ContractCase | null;
  /** The contract's; null when it is paid externally. */
  readonly eMAID: string | null;
  /** Whom the transaction is to be billed to. */
  readonly idToken: string;
  readonly transactionId: string | null;
  readonly energyWh: number;
  /** In words. */
  readonly reason: string;
  /** Of the response that refused; null when there was none. */
  readonly ResponseCode: string | null;
  /** From plug-in to the first ChargingStatusReq or CurrentDemandReq; null when there was none. */
  readonly plugInToChargeLoopMs: number | null;
}

/** A response of the EVSE that refused the car. */
interface Refusal {
  readonly message: string;
  readonly ResponseCode: string;
}

function refusalOf(entries: readonly TraceEntry[]): Refusal | undefined {
  for (const { kind, from, title, detail } of entries) {
    const code = detail?.ResponseCode;
    if (kind === "message" && from === "EVSE" && typeof code === "string" && /^failed/i.test(code)) {
      return { message: title, ResponseCode: code };
    }
  }
  return undefined;
}

/** How the session ended, as both sides tell. */
function endingOf(entries: readonly TraceEntry[]): Ending {
  const refusal = refusalOf(entries);
  if (refusal) return { how: "refused", ...refusal };
  for (const { kind, from, title, outcome } of entries) {
    const [, ended] = /^ends the session \((.+?)\):/.exec(title) ?? [];
    const refuses = kind === "decision" && from === "EV" && outcome === "refused";
    if (refuses && ended !== undefined) return { how: "left", ended };
  }
  return { how: "charged" };
}

/** The first decision against the car is the cause; those after it are consequences. */
function causeOf(entries: readonly TraceEntry[]): string | undefined {
  const cause = entries.find(({ kind, outcome }) => kind !== "message" && outcome === "refused");
  return cause && `${cause.from}: ${cause.title}`;
}

function reasonOf(
  problems: readonly string[],
  ending: Ending,
  cause: string | undefined,
  { contract }: Findings,
): string {
  if (problems.length > 0) return [...problems, ...(cause ? [cause] : [])].join("; ");
  if (ending.how === "refused") return cause ?? ending.message;
  if (ending.how === "left") return cause ?? ending.ended;
  return contract === null ? "the driver's app was accepted" : "the contract was accepted";
}

/** A car that is not refused ends its session in good order. */
function brokenEnd(entries: readonly TraceEntry[]): string[] {
  const end = entries.find(({ from, kind, outcome }) => from === "EV" && kind === "decision" && outcome === "refused");
  return end ? [`the car ${end.title}`] : [];
}

/** A paused session is joined by the same car, and its transaction goes on. */
function pauseProblems(entries: readonly TraceEntry[]): string[] {
  const setups = entries.filter(({ title }) => title === "SessionSetupRes").map(({ detail }) => detail?.ResponseCode);
  // In OCPP 1.6 a connector's status tells it.
  const stateOf = ({ title, detail }: TraceEntry) =>
    title === "TransactionEvent.req" ? detail?.chargingState : title === "StatusNotification.req" && detail?.status;
  const states = entries.map(stateOf).filter((state) => typeof state === "string");
  const joined = setups.join() === "OK_NewSessionEstablished,OK_OldSessionJoined";
  const suspended = states.join().includes("Charging,SuspendedEV,Charging");
  return [
    ...(joined ? [] : [`the car did not join its session again, but heard ${setups.join(", ")}`]),
    ...(suspended ? [] : [`the CSMS did not hear of the pause, but of ${states.join(", ")}`]),
  ];
}

/** The station has passed a contract on, and the car has shown one afterwards. */
function isInstalled(entries: readonly TraceEntry[]): boolean {
  const given = entries.findIndex(({ title, outcome }) => title === "CertificateInstallationRes" && outcome === "ok");
  return given >= 0 && entries.slice(given).some(({ title }) => title === "PaymentDetailsReq");
}

function problemsOf(findings: Findings, charged: boolean): string[] {
  const { contract, transactions, failure, pause, entries } = findings;
  const problems = transactions.flatMap((transaction) => transaction.problems);
  if (failure) problems.push(failure);
  if (!charged) return problems;
  problems.push(...brokenEnd(entries));
  if (pause) problems.push(...pauseProblems(entries));
  if (contract === "installed" && !isInstalled(entries)) problems.push("no contract was installed");
  if (transactions.length !== 1) problems.push(`the CSMS holds ${transactions.length} transactions instead of one`);
  for (const { idToken, energyWh, ended } of transactions) {
    if (idToken !== findings.idToken) problems.push(`the transaction is billed to ${idToken ?? "nobody"}`);
    if (energyWh <= 0) problems.push("no energy was delivered");
    if (!ended) problems.push("the transaction did not end");
  }
  return problems;
}

/** Judges a session that is over. */
export function judge(findings: Findings): Verdict {
  const { contract, idToken, pluggedInAt, transactions } = findings;
  const entries = findings.entries.filter(({ time }) => time >= pluggedInAt);
  const endings = deserved({ faults: [], ...findings });
  const ending = endingOf(entries);
  const right = isDeserved(ending, endings);
  // A car that goes without a good reason has not charged as it should.
  const ended = ending.how === "left" && !right ? ({ how: "charged" } as const) : ending;
  const problems = problemsOf(findings, ended.how === "charged");
  const protocol = protocolOf(entries.filter(({ kind }) => kind === "message"));
  if (protocol !== null && protocol !== findings.protocol) problems.push(`the car spoke ${protocol}`);
  const began = ended.how !== "charged" && transactions.length > 0;
  if (began) problems.push("a transaction began although the car was refused");
  const loop = entries.find(({ title }) => title === "ChargingStatusReq" || title === "CurrentDemandReq");
  return {
    verdict: ended.how !== "charged" ? "refused" : problems.length > 0 ? "failed" : "charged",
    expected: right && problems.length === 0,
    protocol,
    payment: contract === null ? "ExternalPayment" : "Contract",
    contract,
    eMAID: contract === null ? null : idToken,
    idToken,
    transactionId: transactions[0]?.transactionId ?? null,
    energyWh: transactions.reduce((sum, { energyWh }) => sum + energyWh, 0),
    reason: reasonOf(problems, ended, causeOf(entries), findings),
    ResponseCode: (ended.how === "refused" && ended.ResponseCode) || null,
    plugInToChargeLoopMs: loop ? loop.time - pluggedInAt : null,
  };
}
