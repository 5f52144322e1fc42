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
