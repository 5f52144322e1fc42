import { describe, expect, it } from "vitest";
import type { ContractCase } from "../../../src/cli/demo/contractCases.ts";
import { type BilledTransaction, type Findings, judge } from "../../../src/cli/demo/verdict.ts";
import type { TraceEntry } from "../../../src/util/trace.ts";

const eMAID = "DEABCC1A2B3C4D5";
const billed: BilledTransaction = { transactionId: "t1", idToken: eMAID, energyWh: 9, ended: true, problems: [] };

function findings(contract: ContractCase, change: Partial<Findings> = {}): Findings {
  const protocol = "ISO 15118-2";
  return { contract, idToken: eMAID, protocol, entries: [], pluggedInAt: 1000, transactions: [], ...change };
}

function response(title: string, ResponseCode: string, time = 1500): TraceEntry {
  return {
    time,
    step: 2,
    kind: "message",
    from: "EVSE",
    to: "EV",
    title,
    outcome: "refused",
    detail: { ResponseCode },
  };
}

const loop: TraceEntry = { time: 1900, step: 6, kind: "message", from: "EV", to: "EVSE", title: "ChargingStatusReq" };
const cause: TraceEntry = {
  time: 1400,
  step: 4,
  kind: "decision",
  from: "CSMS",
  title: "certificate revoked",
  outcome: "refused",
};
const revokedEntries = [cause, response("AuthorizationRes", "FAILED_CertificateRevoked")];

describe("verdict of a demo", () => {
  it("charged: one transaction, billed to the contract, with energy and an end", () => {
    const verdict = judge(findings("valid", { entries: [loop], transactions: [billed] }));
    expect(verdict).toMatchObject({ verdict: "charged", expected: true, transactionId: "t1", energyWh: 9 });
    expect(verdict.plugInToChargeLoopMs).toBe(900);
  });

  it.each<[string, readonly BilledTransaction[]]>([
    ["no transaction", []],
    ["two transactions", [billed, { ...billed, transactionId: "t2" }]],
    ["another's bill", [{ ...billed, idToken: "SOMEBODYELSE01" }]],
    ["no energy", [{ ...billed, energyWh: 0 }]],
    ["no end", [{ ...billed, ended: false }]],
    ["a broken rule", [{ ...billed, problems: ["seqNo 3 is missing"] }]],
  ])("bad case: %s", (_, transactions) => {
    expect(judge(findings("valid", { transactions }))).toMatchObject({ verdict: "failed", expected: false });
  });

  it("charged for an app, by the protocol that the car was to speak", () => {
    const app = { contract: null, idToken: "APP1", protocol: "DIN SPEC 70121" } as const;
    const spoken: TraceEntry = { ...loop, title: "ContractAuthenticationReq" };
    const of = findings("valid", { ...app, entries: [spoken], transactions: [{ ...billed, idToken: "APP1" }] });
    expect(judge(of)).toMatchObject({
      ...{ verdict: "charged", expected: true, protocol: "DIN SPEC 70121", payment: "ExternalPayment" },
      ...{ contract: null, eMAID: null, idToken: "APP1", reason: "the driver's app was accepted" },
    });
    expect(judge({ ...of, protocol: "ISO 15118-2" })).toMatchObject({
      ...{ verdict: "failed", expected: false, reason: "the car spoke DIN SPEC 70121" },
    });
  });

  it("bad case: a session that was cut off", () => {
    const failure = "the session did not end";
    expect(judge(findings("valid", { transactions: [billed], failure }))).toMatchObject({ expected: false });
  });

  const setup = (ResponseCode: string) => ({ ...response("SessionSetupRes", ResponseCode), outcome: "ok" as const });
  const told = (chargingState: string): TraceEntry => ({
    ...{ time: 1800, step: 6, kind: "message", from: "OCPP", to: "CSMS", title: "TransactionEvent.req" },
    detail: { chargingState },
  });
  const joined = [setup("OK_NewSessionEstablished"), setup("OK_OldSessionJoined")];
  const states = ["EVConnected", "Charging", "SuspendedEV", "Charging", "Idle"].map(told);

  it("paused and gone on with: one transaction, and the CSMS heard of the pause", () => {
    const entries = [loop, ...joined, ...states];
    const verdict = judge(findings("valid", { entries, transactions: [billed], pause: true }));
    expect(verdict).toMatchObject({ verdict: "charged", expected: true });
  });

  it.each<[string, readonly TraceEntry[], RegExp]>([
    ["the session was not joined", [joined[0] as TraceEntry, joined[0] as TraceEntry, ...states], /did not join/],
    ["the car never came back", [joined[0] as TraceEntry, ...states], /did not join/],
    ["the CSMS heard of no pause", [...joined, told("Charging"), told("Idle")], /did not hear of the pause/],
  ])("bad case: %s", (_, entries, reason) => {
    const verdict = judge(findings("valid", { entries: [loop, ...entries], transactions: [billed], pause: true }));
    expect(verdict).toMatchObject({ verdict: "failed", expected: false, reason: expect.stringMatching(reason) });
  });

  const message = (title: string, outcome?: "ok" | "refused"): TraceEntry => ({
    ...{ time: 1600, step: 2, kind: "message", from: "EVSE", to: "EV", title },
    ...(outcome && { outcome }),
  });
  const given = message("CertificateInstallationRes", "ok");
  const shown = message("PaymentDetailsReq");

  it("charged with a contract that was installed", () => {
    const verdict = judge(findings("installed", { entries: [given, shown, loop], transactions: [billed] }));
    expect(verdict).toMatchObject({ verdict: "charged", expected: true });
  });

  it.each([
    ["none was asked for", [shown, loop]],
    ["it was shown before it was there", [shown, given, loop]],
  ])("bad case: charged without an installation, as %s", (_, entries) => {
    const verdict = judge(findings("installed", { entries, transactions: [billed] }));
    expect(verdict).toMatchObject({ verdict: "failed", reason: expect.stringContaining("no contract was installed") });
  });

  it("refused: the right response for the contract, with the first cause as the reason", () => {
    const verdict = judge(findings("revoked", { entries: revokedEntries }));
    expect(verdict).toMatchObject({
      verdict: "refused",
      expected: true,
      reason: "CSMS: certificate revoked",
      ResponseCode: "FAILED_CertificateRevoked",
      energyWh: 0,
      transactionId: null,
    });
  });

  const leaving = (ended: string): TraceEntry => ({
    ...{ time: 1500, step: 1, kind: "decision", from: "EV", outcome: "refused" },
    title: `ends the session (${ended}): a reason`,
  });

  it.each<[string, ContractCase, string, TraceEntry[]]>([
    [
      "the station refuses the contract",
      "valid",
      "mo:pathlen",
      [response("PaymentDetailsRes", "FAILED_CertChainError")],
    ],
    ["the CSMS does", "valid", "contract:ocsp-unknown", [response("AuthorizationRes", "FAILED")]],
    ["with any code", "valid", "contract:no-ocsp-url", [response("AuthorizationRes", "FAILED_ContractCanceled")]],
    [
      "the clearing house does",
      "installed",
      "oem:expired",
      [response("CertificateInstallationRes", "FAILED_CertificateExpired")],
    ],
    ["the car refuses the charger", "valid", "secc:wrong-dc", [leaving("charger not trusted")]],
    ["the car refuses the new contract", "installed", "cps:expired", [given, leaving("contract not trusted")]],
    ["the message cannot be written", "installed", "oem:too-large", [leaving("car fault")]],
  ])("right, as the catalogue of faults says: %s", (_, contract, fault, entries) => {
    const verdict = judge(findings(contract, { entries, faults: [fault] }));
    expect(verdict).toMatchObject({ verdict: "refused", expected: true });
    // The same without the fault, or in spite of it, is wrong.
    expect(judge(findings(contract, { entries }))).toMatchObject({ expected: false });
    expect(
      judge(findings(contract, { entries: [given, shown, loop], transactions: [billed], faults: [fault] })),
    ).toMatchObject({ expected: false });
  });

  it.each<[string, ContractCase, string]>([
    ["of a contract that the car does not have yet", "installed", "contract:expired"],
    ["of who makes contracts, where none is made", "valid", "oem:expired"],
    ["of a CSMS that is reached without TLS", "valid", "csms:expired"],
    ["that the car cannot hear of: no answer is stapled", "valid", "secc:revoked"],
  ])("right is to charge in spite of a fault %s", (_, contract, fault) => {
    const verdict = judge(
      findings(contract, { entries: [given, shown, loop], transactions: [billed], faults: [fault] }),
    );
    expect(verdict).toMatchObject({ verdict: "charged", expected: true });
  });

  it("with several faults, the one that is met first counts", () => {
    const faults = ["secc:wrong-dc", "contract:expired"];
    const left = judge(findings("valid", { entries: [leaving("charger not trusted")], faults }));
    expect(left).toMatchObject({ verdict: "refused", expected: true, ResponseCode: null });
    const entries = [response("PaymentDetailsRes", "FAILED_CertificateExpired")];
    expect(judge(findings("valid", { entries, faults }))).toMatchObject({ expected: true });
    expect(judge(findings("valid", { entries: [leaving("timeout")], faults }))).toMatchObject({ expected: false });
  });

  it("bad case: the wrong refusal", () => {
    const entries = [response("PaymentDetailsRes", "FAILED_CertChainError")];
    expect(judge(findings("revoked", { entries }))).toMatchObject({ verdict: "refused", expected: false });
  });

  it("bad case: a valid contract is refused", () => {
    expect(judge(findings("valid", { entries: revokedEntries }))).toMatchObject({
      verdict: "refused",
      expected: false,
    });
  });

  it("bad case: a revoked contract charges", () => {
    expect(judge(findings("revoked", { transactions: [billed] }))).toMatchObject({ expected: false });
  });

  it("bad case: refused, and yet a transaction", () => {
    const verdict = judge(findings("revoked", { entries: revokedEntries, transactions: [billed] }));
    expect(verdict).toMatchObject({ verdict: "refused", expected: false });
  });

  it("does not take what happened before the car came for a refusal", () => {
    const entries = [response("PaymentDetailsRes", "FAILED", 900), loop];
    expect(judge(findings("valid", { entries, transactions: [billed] }))).toMatchObject({ expected: true });
  });
});
