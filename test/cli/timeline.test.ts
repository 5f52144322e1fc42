import { describe, expect, it } from "vitest";
import { TimelinePrinter, timelineLines } from "../../src/cli/timeline.ts";
import type { TraceEntry } from "../../src/util/trace.ts";

const entry: TraceEntry = { time: 2500, step: 2, kind: "message", from: "EV", to: "EVSE", title: "PaymentDetailsReq" };

describe("timeline for people", () => {
  it("shows step, time since start, way and title of a message", () => {
    expect(timelineLines(entry, 1000, false)).toEqual(["2   1.500 s  EV → EVSE         PaymentDetailsReq"]);
  });

  it("shows rule and mend of a refusal", () => {
    const { to: _, ...rest } = entry;
    const refused = { ...rest, kind: "decision", outcome: "refused", title: "no", rule: "C07", fix: "Do it." } as const;
    expect(timelineLines(refused, 2500, false).map((line) => line.trim())).toEqual([
      "2   0.000 s  EV              ✗ no",
      "rule: C07",
      "mend: Do it.",
    ]);
  });

  it("cuts long details", () => {
    const [line] = timelineLines({ ...entry, detail: { certificate: "x".repeat(5000) } }, 0, false);
    expect(line?.length).toBeLessThan(160);
  });

  it("colours a refusal only when asked", () => {
    const refused = { ...entry, kind: "decision", outcome: "refused" } as const;
    expect(timelineLines(refused, 0, true)[0]).toContain("\u001b[31m");
    expect(timelineLines(refused, 0, false)[0]).not.toContain("\u001b");
  });
});

describe("a timeline that is printed as it grows", () => {
  const printed = (titles: readonly string[]) => {
    const lines: string[] = [];
    const printer = new TimelinePrinter((line) => lines.push(line), 0, false);
    for (const [time, title] of titles.entries()) printer.add({ ...entry, time, title });
    printer.end();
    return lines.map((line) => line.slice(31).trim());
  };

  it("shows a charge loop once and says how often it came", () => {
    expect(printed(["Req", "Res", "Req", "Res", "Req", "Res", "Stop"])).toEqual([
      "Req",
      "Res",
      "… and 4 more of these",
      "Stop",
    ]);
  });

  it("says at the end what is left", () => {
    expect(printed(["Req", "Req", "Req"])).toEqual(["Req", "… and 2 more of these"]);
  });

  it("shows again what comes after something else", () => {
    expect(printed(["Req", "Req", "Other", "Req"])).toEqual(["Req", "… and 1 more of these", "Other", "Req"]);
  });
});
