/** Whether the CSMS has heard all that a station has to say of a session. */
import type { TraceEntry } from "../../util/trace.ts";

/** True when the connector was reported free again, a transaction has its end, and every call has its answer. Pure. */
export function heardOut(entries: readonly TraceEntry[]): boolean {
  const calls = entries.filter(({ kind, from, to }) => kind === "message" && from === "OCPP" && to === "CSMS");
  const named = (title: string) => calls.filter((call) => call.title === title);
  const status = named("StatusNotification.req").at(-1)?.detail;
  // OCPP 1.6 has shorter names for the same.
  const freed = (status?.connectorStatus ?? status?.status) === "Available";
  const events = named("TransactionEvent.req").map(({ detail }) => detail?.eventType);
  const begun = events.length > 0 || named("StartTransaction.req").length > 0;
  const ended = !begun || events.includes("Ended") || named("StopTransaction.req").length > 0;
  const sent = calls.filter(({ title }) => title.endsWith(".req")).length;
  return freed && ended && sent <= answers(entries);
}

/** A call that failed is over as well; the station says so on the timeline. */
function answers(entries: readonly TraceEntry[]): number {
  const answer = ({ kind, from, to, title }: TraceEntry) =>
    (kind === "message" && from === "CSMS" && to === "OCPP" && title.endsWith(".conf")) ||
    (kind === "fault" && from === "OCPP");
  return entries.filter(answer).length;
}
