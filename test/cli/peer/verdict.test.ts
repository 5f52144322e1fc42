import { describe, expect, it } from "vitest";
import { judgeSession } from "../../../src/cli/peer/verdict.ts";
import type { TraceEntry } from "../../../src/util/trace.ts";

let time = 0;
const res = (title: string, ResponseCode = "OK"): TraceEntry => ({
  ...{ time: ++time, step: 6, kind: "message", from: "EVSE", to: "EV", title, detail: { ResponseCode } },
  outcome: ResponseCode.startsWith("FAILED") ? "refused" : "ok",
});
const eim = ["SessionSetupRes", "AuthorizationRes", "ChargingStatusRes", "SessionStopRes"].map((title) => res(title));
const pnc = [res("PaymentDetailsRes"), ...eim];

describe("the verdict on a session with a foreign peer", () => {
  it("is charged when the loop was reached and the session was stopped", () => {
    expect(judgeSession({ entries: pnc, tls: true, payment: "Contract" })).toMatchObject({
      ...{ verdict: "charged", payment: "Contract", cycles: 1, messages: 5 },
    });
  });

  it("tells the protocol by its messages", () => {
    const names = ["SessionSetupRes", "ContractAuthenticationRes", "CurrentDemandRes", "SessionStopRes"];
    const entries = names.map((title) => res(title));
    expect(judgeSession({ entries, tls: false, protocol: "DIN SPEC 70121", payment: "ExternalPayment" })).toMatchObject(
      {
        ...{ verdict: "charged", protocol: "DIN SPEC 70121", payment: "ExternalPayment", cycles: 1 },
      },
    );
    expect(judgeSession({ entries: pnc, tls: true })).toMatchObject({ protocol: "ISO 15118-2" });
    expect(judgeSession({ entries: [], tls: true })).toMatchObject({ protocol: null });
  });

  it.each([
    [
      "another protocol",
      { entries: eim, protocol: "DIN SPEC 70121" as const },
      "spoke ISO 15118-2, not DIN SPEC 70121",
    ],
    ["another payment", { entries: eim, payment: "Contract" as const }, "paid by ExternalPayment, not by Contract"],
    [
      "no charge loop",
      { entries: eim.slice(0, 2), reason: "gone" },
      "no charge loop, the last message is AuthorizationRes: gone",
    ],
    ["no SessionStop", { entries: pnc.slice(0, -1) }, "no SessionStop, the last message is ChargingStatusRes"],
    ["one session of two", { entries: pnc, sessions: 2 }, "no SessionStop, the last message is SessionStopRes"],
    [
      "what the scenario is about did not come",
      { entries: pnc, proof: ["SessionSetupRes OK_OldSessionJoined"] },
      "charged, but without SessionSetupRes OK_OldSessionJoined",
    ],
    [
      "it came once, and had to come twice",
      { entries: pnc, proof: ["SessionSetupRes OK", "SessionSetupRes OK"] },
      "charged, but without SessionSetupRes OK 2 times",
    ],
    ["nothing at all", { entries: [] }, "no charge loop, the last message is none"],
    ["a refusal", { entries: [...eim, res("PowerDeliveryRes", "FAILED")] }, "PowerDeliveryRes FAILED"],
  ])("bad case: %s", (_, findings, reason) => {
    expect(judgeSession({ tls: false, ...findings })).toMatchObject({ verdict: "failed", reason });
  });

  it("bad case: a decision before the refusal is its cause", () => {
    const cause: TraceEntry = {
      time: 0,
      step: 2,
      kind: "decision",
      from: "EVSE",
      title: "expired",
      outcome: "refused",
    };
    const entries = [cause, res("PaymentDetailsRes", "FAILED_CertificateExpired")];
    const { reason } = judgeSession({ entries, tls: true });
    expect(reason).toBe("PaymentDetailsRes FAILED_CertificateExpired: expired");
  });
});
