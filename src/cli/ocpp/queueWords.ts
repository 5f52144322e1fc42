/** Queued messages for people and for programmes, without anything secret. */
import type { QueueEntry, QueueReport } from "../../chargePoint/queueReport.ts";
import { isoTime } from "../../util/clock.ts";

/** Members called so are not shown, whoever put them there. */
const secret = /password|passphrase|secret|authorizationkey|privatekey|simpin|vpnkey|^key$|^pin$/i;
const HIDDEN = "***";

/** One line a message. */
export function jsonLine(file: string, { ocpp }: QueueReport, entry: QueueEntry): string {
  const { queuedAt, givenUpAt, payload, ...rest } = entry;
  const times = { queuedAt: isoTime(queuedAt), ...(givenUpAt === undefined ? {} : { givenUpAt: isoTime(givenUpAt) }) };
  return JSON.stringify({ file, ocpp, ...rest, ...times, payload: withoutSecrets(payload) });
}

export function reportLines(file: string, { ocpp, entries }: QueueReport): string[] {
  const dead = entries.filter(({ state }) => state === "deadLetter");
  const waiting = entries.filter(({ state }) => state === "waiting");
  return [
    `${file} (OCPP ${ocpp})`,
    `  given up: ${dead.length === 0 ? "none" : count(dead.length)}`,
    ...dead.flatMap(deadLines),
    `  waiting: ${waiting.length === 0 ? "none" : `${count(waiting.length)}, sent in this order`}`,
    ...waiting.flatMap(waitingLines),
  ];
}

const count = (size: number) => (size === 1 ? "1 message" : `${size} messages`);

function deadLines(entry: QueueEntry): string[] {
  const when = entry.givenUpAt === undefined ? "" : ` ${isoTime(entry.givenUpAt)}`;
  const tried = entry.attempts === 0 ? "without an attempt" : `after ${attempts(entry.attempts)}`;
  return [headline(entry), `      given up${when} ${tried}: ${entry.lastError ?? "no reason is kept"}`];
}

function waitingLines(entry: QueueEntry): string[] {
  const { attempts: made, lastError } = entry;
  if (made === 0 && lastError === undefined) return [headline(entry)];
  const failed = made === 0 ? "not answered" : `${attempts(made)} failed`;
  return [headline(entry), `      ${failed}, the last time: ${lastError ?? "no reason is kept"}`];
}

const attempts = (made: number) => (made === 1 ? "1 attempt" : `${made} attempts`);

function headline({ position, action, transactionId, payload, queuedAt }: QueueEntry): string {
  const transaction = transactionId === undefined ? "" : ` of transaction ${transactionId}`;
  const facts = factsOf(payload);
  const about = facts === "" ? "" : ` (${facts})`;
  return `    ${position}. ${action}${about}${transaction}, since ${isoTime(queuedAt)}`;
}

const shown = ["eventType", "triggerReason", "seqNo", "idTag", "meterStart", "meterStop", "reason", "status", "type"];

/** What a person wants to know of a message. */
function factsOf(payload: unknown): string {
  const members = typeof payload === "object" && payload !== null ? Object.entries(payload) : [];
  const found = members.filter(([name, value]) => shown.includes(name) && typeof value !== "object");
  return found.map(([name, value]) => `${name} ${String(value).slice(0, 60)}`).join(", ");
}

/** Beyond this depth nothing is shown: no message of OCPP is so deep. */
const DEEPEST = 20;

function withoutSecrets(value: unknown, depth = 0): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth === DEEPEST) return HIDDEN;
  if (Array.isArray(value)) return value.map((one) => withoutSecrets(one, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, secret.test(name) ? HIDDEN : withoutSecrets(one, depth + 1)]),
  );
}
