/** The timeline as log lines: what decided, and for a refusal what to change. */
import type { Logger } from "../../util/log.ts";
import type { Tracer } from "../../util/trace.ts";

export function loggingTracer(log: Logger): Tracer {
  return {
    add({ kind, title, from, to, outcome, rule, fix, detail }) {
      const facts = { from, ...(to && { to }), ...(rule && { rule }), ...(detail && { detail }) };
      const text = fix ? `${title}. ${fix}` : title;
      if (outcome === "refused" || kind === "fault") log.warn(facts, text);
      else if (kind === "message") log.debug(facts, text);
      else log.info(facts, text);
    },
  };
}
