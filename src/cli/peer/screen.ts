/** A timeline and verdicts on standard output, for people or as JSON lines. */

import type { FaultVerdict } from "../../faults/index.ts";
import { systemClock } from "../../util/clock.ts";
import { Timeline } from "../../util/trace.ts";
import type { Io } from "../io.ts";
import { TimelinePrinter, timelineHeading } from "../timeline.ts";
import type { SessionVerdict } from "./verdict.ts";

export interface Screen {
  readonly timeline: Timeline;
  tell(verdict: SessionVerdict | FaultVerdict): void;
  end(): void;
}

/** @param json true: every entry and verdict is one JSON object on a line. */
export function openScreen(io: Io, json: boolean, title: string): Screen {
  const timeline = new Timeline(systemClock, { keep: 0 });
  const print = (line: string) => void io.stdout.write(`${line}\n`);
  const colour = (io.stdout as { isTTY?: boolean }).isTTY === true && io.env.NO_COLOR === undefined;
  const printer = new TimelinePrinter(print, systemClock.now(), colour);
  if (!json) print(`${title}\n${timelineHeading()}\n`);
  const stop = timeline.subscribe((entry) => (json ? print(JSON.stringify(entry)) : printer.add(entry)));
  return {
    timeline,
    tell(verdict) {
      if (!json) printer.end();
      print(json ? JSON.stringify(verdict) : `\n${"fault" in verdict ? faultInWords(verdict) : inWords(verdict)}`);
    },
    end() {
      stop();
      if (!json) printer.end();
    },
  };
}

const paidBy = { Contract: "by contract (Plug & Charge)", ExternalPayment: "by external payment (EIM)" } as const;

function inWords({ verdict, reason, tls, payment, cycles, messages, ms }: SessionVerdict): string {
  if (verdict === "failed") return `Failed: ${reason}.`;
  const how = `${payment ? paidBy[payment] : "without payment"}, ${tls ? "with" : "without"} TLS`;
  return `Charged ${how}: ${cycles} turns of the charge loop, ${messages} messages in ${ms} ms. End: ${reason}.`;
}

function faultInWords({ verdict, fault, got, expected, rule, meaning }: FaultVerdict): string {
  if (verdict === "not reached") return `Not tested: ${fault} had no place in this session: ${got}.`;
  if (verdict === "right") return `Right: after ${fault} the other side ${got} [${rule}].`;
  return `Wrong: after ${fault} the other side ${got}.\nExpected: ${expected} [${rule}].\nThat means: ${meaning}.`;
}
