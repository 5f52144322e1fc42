import { describe, expect, test } from "vitest";
import { iso2Car } from "../../../src/evcc/iso2/machine.ts";
import type { Iso2 } from "../../../src/evcc/iso2/protocol.ts";
import { mermaid } from "../../../src/fsm/diagram.ts";
import type { Incoming } from "../../../src/fsm/machine.ts";
import { iso2 } from "../../../src/iso15118/iso2/index.ts";
import {
  type AcResponse,
  answers,
  type DcResponse,
  dcAnswers,
  dcResponse,
  dcSession,
  response,
  SessionID,
  schedule,
  session,
} from "../fixtures.ts";
import { ended, outcome, sends, take, variable } from "./support.ts";

const responses = Object.keys(iso2.elements).filter((name) => name.endsWith("Res"));
const states = [...iso2Car.states.keys()];

describe("every state with every response", () => {
  test("there are 18 states and 17 responses", () => {
    expect([states.length, responses.length]).toEqual([18, 17]);
  });

  test.each(states)("%s: a response that it does not await ends the session", (state) => {
    for (const name of responses.filter((name) => name !== `${state}Res`)) {
      const incoming = { name, message: { header: { SessionID }, body: { ResponseCode: "OK" } } } as Incoming<Iso2>;
      const reason = `${name} came while ${state}Res was awaited`;
      expect(outcome(state, session(), incoming)).toEqual(ended({ ended: "protocol error", reason }));
    }
  });

  test.each(Object.keys(answers) as AcResponse[])("%s: FAILED ends the session", (name) => {
    const step = take(name, { ResponseCode: "FAILED_ContactorError" }, { ending: "Terminate" });
    const ResponseCode = "FAILED_ContactorError";
    expect(step).toEqual(
      ended({ ended: "refused", message: name, ResponseCode, reason: `${name} says ${ResponseCode}` }),
    );
  });

  test.each(Object.keys(answers).filter((name) => name !== "SessionSetupRes") as AcResponse[])(
    "%s: another session's id ends the session",
    (name) => {
      const foreign = response(name, {}, Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1));
      const step = outcome(name.slice(0, -3), session({ schedule }), foreign);
      expect(step).toEqual(ended({ ended: "protocol error", reason: expect.stringContaining("another session's id") }));
    },
  );

  test.each(Object.keys(dcAnswers) as DcResponse[])("DC %s: FAILED ends the session", (name) => {
    const ResponseCode = "FAILED";
    const step = outcome(name.slice(0, -3), dcSession({ ending: "Terminate" }), dcResponse(name, { ResponseCode }));
    expect(step).toEqual(ended({ ended: "refused", message: name, ResponseCode, reason: `${name} says FAILED` }));
  });

  test.each(Object.keys(dcAnswers) as DcResponse[])("DC %s: another session's id ends the session", (name) => {
    const foreign = dcResponse(name, {}, Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1));
    const step = outcome(name.slice(0, -3), dcSession(), foreign);
    expect(step).toEqual(ended({ ended: "protocol error", reason: expect.stringContaining("another session's id") }));
  });

  test.each(["ChargeParameterDiscovery", "CableCheck", "PreCharge"] as const)(
    "DC %s: who wants to leave says goodbye, with its contactor open",
    (state) => {
      const step = outcome(state, dcSession({ ending: "Pause" }), dcResponse(`${state}Res`));
      expect(step).toMatchObject({
        next: "SessionStop",
        ...sends("SessionStopReq", { ChargingSession: "Terminate" }),
        effects: [variable("ev_power_ready", false)],
      });
    },
  );

  test.each([
    "ServiceDiscovery",
    "ServiceDetail",
    "PaymentServiceSelection",
    "PaymentDetails",
    "Authorization",
  ] as const)("%s: who wants to leave says goodbye instead of going on", (state) => {
    const step = take(`${state}Res`, {}, { ending: "Pause" });
    expect(step).toMatchObject({ next: "SessionStop", ...sends("SessionStopReq", { ChargingSession: "Terminate" }) });
  });

  test("leaving while a schedule is renegotiated turns power off first", () => {
    const step = take("ChargeParameterDiscoveryRes", {}, { ending: "Terminate", schedule, progress: "Renegotiate" });
    expect(step).toMatchObject({ next: "SessionStop", effects: [variable("ev_power_ready", false)] });
  });
});

test("the diagram has every state, and one end", () => {
  const diagram = mermaid(iso2Car);
  for (const state of states) expect(diagram).toContain(state);
  expect(diagram.match(/--> \[\*\]/g)).toHaveLength(1);
});
