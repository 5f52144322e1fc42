import { describe, expect, test } from "vitest";
import { dinCar } from "../../../src/evcc/din70121/machine.ts";
import type { Din } from "../../../src/evcc/din70121/protocol.ts";
import { mermaid } from "../../../src/fsm/diagram.ts";
import type { Incoming } from "../../../src/fsm/machine.ts";
import { din, messageOf, type Named } from "../../../src/iso15118/din70121/index.ts";
import { SessionID } from "../fixtures.ts";
import { ended, sends } from "../iso2/support.ts";
import { answerNames, outcome, response, resumed, session, take } from "./fixtures.ts";

const responses = Object.keys(din.elements).filter((name) => name.endsWith("Res"));
const states = [...dinCar.states.keys()];

describe("every state with every response", () => {
  test("there are 12 states and 17 responses", () => {
    expect([states.length, responses.length]).toEqual([12, 17]);
    expect(states.filter((state) => state !== "Terminated").map((state) => `${state}Res`)).toEqual(answerNames);
  });

  test.each(states)("%s: a response that it does not await ends the session", (state) => {
    for (const name of responses.filter((name) => name !== `${state}Res`)) {
      const incoming = { name, message: { header: { SessionID }, body: { ResponseCode: "OK" } } } as Incoming<Din>;
      const reason = `${name} came while ${state}Res was awaited`;
      expect(outcome(state, session(), incoming)).toEqual(ended({ ended: "protocol error", reason }));
    }
  });

  test.each(answerNames)("%s: what is good leads on, with a request that can be written", (name) => {
    const found = take(name, {}, name === "SessionStopRes" ? { endingReason: "enough" } : {});
    const step = "until" in found ? resumed(found) : found;
    if (name === "SessionStopRes") {
      expect(step).toEqual(ended({ ended: "completed", reason: "enough" }));
    } else {
      expect(din.encode("V2G_Message", messageOf({ SessionID }, step.reply as Named)).length).toBeGreaterThan(10);
    }
  });

  test.each(answerNames)("%s: FAILED ends the session", (name) => {
    const ResponseCode = "FAILED_EVSEPresentVoltageToLow";
    const refused = { ended: "refused", message: name, ResponseCode, reason: `${name} says ${ResponseCode}` };
    expect(take(name, { ResponseCode }, { ending: "Terminate" })).toEqual(ended(refused));
  });

  test.each(answerNames.filter((name) => name !== "SessionSetupRes"))(
    "%s: another session's id ends the session",
    (name) => {
      const foreign = response(name, {}, Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1));
      const step = outcome(name.slice(0, -3), session(), foreign);
      expect(step).toEqual(ended({ ended: "protocol error", reason: expect.stringContaining("another session's id") }));
    },
  );

  test.each([
    "ServiceDiscoveryRes",
    "ServicePaymentSelectionRes",
    "ContractAuthenticationRes",
    "ChargeParameterDiscoveryRes",
    "CableCheckRes",
    "PreChargeRes",
  ] as const)("%s: who wants to leave or to pause says goodbye instead of going on", (name) => {
    const step = take(name, {}, { ending: "Pause", powered: false });
    expect(step).toMatchObject({ next: "SessionStop", ...sends("SessionStopReq", {}) });
    expect(step.effects).not.toContainEqual(expect.objectContaining({ name: "ev_power_ready" }));
  });
});

test("the diagram has every state, and one end", () => {
  const diagram = mermaid(dinCar);
  for (const state of states) expect(diagram).toContain(state);
  expect(diagram.match(/--> \[\*\]/g)).toHaveLength(1);
});
