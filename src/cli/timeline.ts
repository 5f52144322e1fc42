/** The timeline for people: one line an entry, and why something was refused below it. */
import { styleText } from "node:util";
import type { Step, TraceEntry, TraceValue } from "../util/trace.ts";

/** What each step of the guide is about. */
export const stepTitles: Readonly<Record<Step, string>> = {
  0: "provision",
  1: "connect",
  2: "contract chosen",
  3: "token published",
  4: "token validated",
  5: "EVSE authorised",
  6: "car answered, charging",
};

const DETAIL_WIDTH = 100;

/** The caller has decided about colour; `styleText` would look at the process's own stdout. */
const always = { validateStream: false } as const;

function inWords(value: TraceValue): string {
  if (Array.isArray(value)) return `[${value.map(inWords).join(", ")}]`;
  if (value === null || typeof value !== "object") return String(value);
  return Object.entries(value)
    .map(([key, part]) => `${key}=${inWords(part)}`)
    .join(" ");
}

function shortened(text: string): string {
  return text.length <= DETAIL_WIDTH ? text : `${text.slice(0, DETAIL_WIDTH - 1)}…`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3).padStart(7)} s`;
}

function marked(entry: TraceEntry, text: string, colour: boolean): string {
  const style =
    entry.outcome === "refused" || entry.kind === "fault" ? "red" : entry.outcome === "ok" ? "green" : undefined;
  return colour && style ? styleText(style, text, always) : text;
}

/** Where titles begin. */
const INDENT = 31;

const marks = { ok: "✓", refused: "✗" } as const;

/** @param start the moment, in milliseconds since 1970, from which times are counted. */
export function timelineLines(entry: TraceEntry, start: number, colour: boolean): string[] {
  const way = entry.to ? `${entry.from} → ${entry.to}` : entry.from;
  const mark =
    entry.kind === "message" ? " " : entry.outcome ? marks[entry.outcome] : entry.kind === "fault" ? "!" : "·";
  const head = `${entry.step} ${seconds(entry.time - start)}  ${way.padEnd(15)} ${mark} `;
  const indent = " ".repeat(head.length);
  const detail = entry.detail ? `  ${shortened(inWords(entry.detail))}` : "";
  const lines = [
    head + marked(entry, entry.title, colour) + (colour && detail ? styleText("dim", detail, always) : detail),
  ];
  if (entry.rule && entry.outcome === "refused") lines.push(`${indent}rule: ${entry.rule}`);
  if (entry.fix) lines.push(`${indent}mend: ${entry.fix}`);
  return lines;
}

/** The heading that explains the columns. */
export function timelineHeading(): string {
  const steps = Object.entries(stepTitles).map(([step, title]) => `${step} ${title}`);
  return `Steps: ${steps.join(" · ")}`;
}

/**
 * Prints entry after entry, and a message that comes again and again only the first time, with how often it came at the end
 * of its run: a charge loop says the same two things for hours.
 */
export class TimelinePrinter {
  readonly #print: (line: string) => void;
  readonly #start: number;
  readonly #colour: boolean;
  /** The messages of the run that goes on, without their times. */
  readonly #run = new Set<string>();
  #skipped = 0;

  constructor(print: (line: string) => void, start: number, colour: boolean) {
    this.#print = print;
    this.#start = start;
    this.#colour = colour;
  }

  add(entry: TraceEntry): void {
    const key = JSON.stringify({ ...entry, time: 0 });
    if (entry.kind === "message" && this.#run.has(key)) {
      this.#skipped++;
      return;
    }
    if (this.#skipped > 0) this.end();
    if (entry.kind !== "message") this.#run.clear();
    this.#run.add(key);
    for (const line of timelineLines(entry, this.#start, this.#colour)) this.#print(line);
  }

  /** Says what was left out since the last line. */
  end(): void {
    if (this.#skipped > 0) this.#print(`${" ".repeat(INDENT)}… and ${this.#skipped} more of these`);
    this.#skipped = 0;
    this.#run.clear();
  }
}
