/** A timeline and verdicts on standard output, for people or as JSON lines. */

import type { FaultVerdict } from "../../faults/index.ts";
import { systemClock } from "../../util/clock.ts";
import { Timeline } from "../../util/trace.ts";
import type { Io } from "../io.ts";
import { TimelinePrinter, timelineHeading } from "../timeline.ts";
import type { SessionVerdict } from "./verdict.ts";

export interface Screen {
  readonly timeline: Timeline;
  /** For people who see no timeline. */
  say(line: string): void;
  tell(verdict: SessionVerdict | FaultVerdict): void;
  /** How many of each. */
  sum(verdicts: readonly (SessionVerdict | FaultVerdict)[]): void;
  end(): void;
}

export interface ScreenOptions {
  /** Every entry and verdict is one JSON object on a line. */
  readonly json: boolean;
  /** Without the timeline, a verdict is one line: for many sessions. */
  readonly brief?: boolean;
}

export function openScreen(io: Io, { json, brief = false }: ScreenOptions, title: string): Screen {
  const timeline = new Timeline(systemClock, { keep: 0 });
  const print = (line: string) => void io.stdout.write(`${line}\n`);
  const colour = (io.stdout as { isTTY?: boolean }).isTTY === true && io.env.NO_COLOR === undefined;
  const printer = new TimelinePrinter(print, systemClock.now(), colour);
  if (!json) print(brief ? `${title}\n` : `${title}\n${timelineHeading()}\n`);
  const stop = timeline.subscribe((entry) => {
    if (json) print(JSON.stringify(entry));
    else if (!brief) printer.add(entry);
  });
  return {
    timeline,
    say(line) {
      if (brief && !json) print(line);
    },
    tell(verdict) {
      if (!json) printer.end();
      if (json) print(JSON.stringify(verdict));
      else print(brief ? inBrief(verdict) : `\n${"fault" in verdict ? faultInWords(verdict) : inWords(verdict)}`);
    },
    sum(verdicts) {
      const words = [...new Set(verdicts.map(({ verdict }) => verdict))];
      const counts = words.map((word) => [word, verdicts.filter(({ verdict }) => verdict === word).length] as const);
      if (json) print(JSON.stringify(Object.fromEntries(counts)));
      else print(`\n${counts.map(([word, count]) => `${count} ${word}`).join(", ") || "nothing was tried"}.`);
    },
    end() {
      stop();
      if (!json) printer.end();
    },
  };
}

const paidBy = { Contract: "paid by contract (Plug & Charge)", ExternalPayment: "paid externally (EIM)" } as const;

function inWords({ verdict, reason, protocol, tls, payment, cycles, messages, ms }: SessionVerdict): string {
  if (verdict === "failed") return `Failed: ${reason}.`;
  const how = `by ${protocol}, ${payment ? paidBy[payment] : "without payment"}, ${tls ? "with" : "without"} TLS`;
  return `Charged ${how}: ${cycles} turns of the charge loop, ${messages} messages in ${ms} ms. End: ${reason}.`;
}

function faultInWords({ verdict, fault, got, expected, rule, meaning }: FaultVerdict): string {
  if (verdict === "not reached") return `Not tested: ${fault} had no place in this session: ${got}.`;
  if (verdict === "right") return `Right: after ${fault} the other side ${got} [${rule}].`;
  return `Wrong: after ${fault} the other side ${got}.\nExpected: ${expected} [${rule}].\nThat means: ${meaning}.`;
}

function inBrief(verdict: SessionVerdict | FaultVerdict): string {
  if (!("fault" in verdict)) return inWords(verdict);
  const { verdict: word, fault, got, expected } = verdict;
  return `${word.padEnd("not reached".length)}  ${fault}: ${got}${word === "wrong" ? `; expected: ${expected}` : ""}`;
}
