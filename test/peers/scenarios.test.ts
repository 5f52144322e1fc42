import { describe, expect, it } from "vitest";
import { findingsOf } from "./mobilityhouse/session.ts";
import { judgeRun, type Run, report, scenarios } from "./scenarios.ts";

const [scenario] = scenarios;
const protocol = "ISO 15118-2";
const charged = { verdict: "charged", reason: "", protocol, tls: true, payment: "Contract", ms: 900 };
const line = (change: object = {}) => [JSON.stringify({ ...charged, ...change })];
const peer = { lines: ["READY", "PASS ac-pnc role=secc"], exitCode: 0 };

function run(change: Partial<Run> = {}): Run {
  if (!scenario) throw new TypeError("there is no scenario");
  return { scenario, ours: { lines: line(), exitCode: 0 }, peer, seconds: 12, ...change };
}

describe("runs with a foreign peer", () => {
  it("pass when both sides say so", () => {
    expect(judgeRun(run())).toEqual({ passed: true, seconds: 12, ms: 900 });
  });

  it.each([
    [
      "ours failed",
      { ours: { lines: line({ verdict: "failed", reason: "no charge loop" }), exitCode: 1 } },
      /no charge loop/,
    ],
    ["ours said nothing", { ours: { lines: [], exitCode: null } }, /killed after its time limit.*said nothing/],
    ["no TLS", { ours: { lines: line({ tls: false }), exitCode: 0 } }, /without TLS/],
    [
      "another protocol",
      { ours: { lines: line({ protocol: "DIN SPEC 70121" }), exitCode: 0 } },
      /charged, but by DIN SPEC 70121/,
    ],
    [
      "another payment",
      { ours: { lines: line({ payment: "ExternalPayment" }), exitCode: 0 } },
      /paid by ExternalPayment/,
    ],
    ["the peer failed", { peer: { lines: ["FAIL ac-pnc why"], exitCode: 1 } }, /FAIL ac-pnc why/],
    ["the peer hung", { peer: { lines: [], exitCode: null } }, /killed/],
    ["ours did not end well", { ours: { lines: line(), exitCode: null } }, /did not end well/],
  ])("bad case: %s", (_, change, reason) => {
    expect(judgeRun(run(change))).toMatchObject({ passed: false, reason: expect.stringMatching(reason) });
  });

  it("are reported as a table with reasons and a count", () => {
    const secc = judgeRun(run());
    const ev = judgeRun(run({ ours: { lines: line({ tls: false }), exitCode: 0 } }));
    expect(report([{ scenario: "ac-pnc", secc, ev }]).split("\n")).toEqual([
      "scenario  ours as SECC    ours as EV",
      "ac-pnc    passed (0.9 s)  FAILED",
      "FAILED ac-pnc, ours as EV, after 12 s: charged, but without TLS",
      "1 passed, 1 failed",
    ]);
  });

  it("are reported with those at a foreign CSMS, message by message", () => {
    const findings = findingsOf({
      lines: ["READY 1", "PASS Authorize", "FAIL transaction: events []", "FAIL SignCertificate"],
    });
    expect(report([], [{ scenario: "mobilityhouse-ocpp1.6", findings }]).split("\n")).toEqual([
      "mobilityhouse-ocpp1.6  1/3",
      "FAILED mobilityhouse-ocpp1.6, transaction: events []",
      "FAILED mobilityhouse-ocpp1.6, SignCertificate: no reason was given",
      "1 passed, 2 failed",
    ]);
  });

  it("bad case: a CSMS that says nothing of any message has failed", () => {
    expect(findingsOf({ lines: ["ModuleNotFoundError"] })).toEqual([
      { message: "the peer", reason: "ModuleNotFoundError" },
    ]);
    expect(findingsOf({ lines: [] })).toEqual([{ message: "the peer", reason: "said nothing" }]);
  });
});
