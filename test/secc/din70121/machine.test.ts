import { describe, expect, it } from "vitest";
import { react } from "../../../src/fsm/machine.ts";
import type { Step } from "../../../src/fsm/state.ts";
import { din, messageOf, type RequestName } from "../../../src/iso15118/din70121/index.ts";
import { noDc } from "../../../src/secc/dc/progress.ts";
import { dinMachine } from "../../../src/secc/din70121/machine.ts";
import type { Din } from "../../../src/secc/din70121/protocol.ts";
import { SESSION_ID } from "../fixtures.ts";
import { codeOf, dinEvse, outcome, request, requestNames, session, step } from "./fixtures.ts";

/** What each state understands ([V2G-DC-437] to [V2G-DC-469], [V2G-DC-495] to [V2G-DC-499]); all else is a sequence error. */
const expected: Readonly<Record<string, readonly RequestName[]>> = {
  SessionSetup: ["SessionSetupReq"],
  ServiceDiscovery: ["ServiceDiscoveryReq", "SessionStopReq"],
  ServicePaymentSelection: ["ServicePaymentSelectionReq", "SessionStopReq"],
  ContractAuthentication: ["ContractAuthenticationReq", "SessionStopReq"],
  ChargeParameterDiscovery: ["ChargeParameterDiscoveryReq", "SessionStopReq"],
  CableCheck: ["CableCheckReq", "SessionStopReq"],
  PreCharge: ["PreChargeReq", "SessionStopReq"],
  PreCharging: ["PreChargeReq", "PowerDeliveryReq", "SessionStopReq"],
  CurrentDemandStarted: ["CurrentDemandReq"],
  CurrentDemand: ["CurrentDemandReq", "PowerDeliveryReq"],
  WeldingDetection: ["WeldingDetectionReq", "SessionStopReq"],
  SessionStop: ["SessionStopReq"],
  Terminated: [],
};

const cases = Object.entries(expected).flatMap(([state, allowed]) =>
  requestNames.map((name) => ({ state, name, allowed: allowed.includes(name) })),
);
const guarded = cases.filter(({ allowed, name }) => allowed && name !== "SessionSetupReq");

describe("every state with every message", () => {
  it("has a row for every state", () => {
    expect([...dinMachine.states.keys()].sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(cases.filter(({ allowed }) => allowed))("$state understands $name", async ({ state, name }) => {
    const found = await outcome(state, session(), request(name));
    const then = "until" in found ? found.decide(session(found.session)) : found;
    const noEnd = name === "PowerDeliveryReq" && state === "CurrentDemand";
    expect(codeOf(then)).toMatch(noEnd ? /^FAILED$/ : /^OK/);
    expect(then.reply?.name).toBe(name.replace("Req", "Res"));
  });

  it.each(cases.filter(({ allowed }) => !allowed))(
    "$state refuses $name without any effect",
    async ({ state, name }) => {
      const found = await step(state, session(), request(name));
      expect(found).toMatchObject({ next: "Terminated", reply: { name: name.replace("Req", "Res") } });
      expect(codeOf(found)).toBe("FAILED_SequenceError");
      expect(found.effects ?? []).toEqual([]);
      expect(found.session).toBeUndefined();
      if (!found.reply) throw new TypeError("no reply");
      const exi = din.encode("V2G_Message", messageOf({ SessionID: SESSION_ID }, found.reply));
      expect(din.decode(exi).root).toBe("V2G_Message");
    },
  );

  const foreign = [
    ["zero", new Uint8Array(8)],
    ["empty", new Uint8Array(0)],
    ["another", Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1)],
    ["shorter", SESSION_ID.subarray(0, 7)],
  ] as const;

  it.each(foreign.flatMap(([what, id]) => guarded.map((row) => ({ what, id, ...row }))))(
    "$state refuses $name with the session id $what without any effect",
    async ({ state, name, id }) => {
      const found = await step(state, session(), request(name, {}, id));
      expect(codeOf(found)).toBe("FAILED_UnknownSession");
      expect(found.effects ?? []).toEqual([]);
    },
  );

  it.each(guarded)("$state refuses $name when the EVSE has shut down", async ({ state, name }) => {
    const of = session({ evse: { ...dinEvse, shutdown: true } });
    expect(codeOf(await step(state, of, request(name)))).toBe("FAILED");
  });

  it("lets an EV without power say goodbye when the EVSE has shut down", async () => {
    const of = session({ powered: false, evse: { ...dinEvse, shutdown: true } });
    for (const name of ["WeldingDetectionReq", "SessionStopReq"] as const) {
      expect(codeOf(await step("WeldingDetection", of, request(name)))).toBe("OK");
    }
  });
});

describe("a failure, whatever it is", () => {
  it.each([
    ["without power", false, false, []],
    ["before current flows", true, false, ["dc_open_contactor"]],
    ["while current flows", true, true, ["current_demand_finished", "dc_open_contactor"]],
  ] as const)("ends the session with the output off, %s", (_, powered, demanding, names) => {
    const of = session({ powered, dc: { ...noDc, cableCheck: "passed", demanding } });
    const incoming = request("SessionSetupReq");
    const refused = react<Din>(dinMachine, "CurrentDemand", of, incoming) as Step<Din>;
    const concluded = dinMachine.rules.conclude?.(refused, incoming, of);
    expect(concluded?.effects?.map((effect) => "name" in effect && effect.name)).toEqual(names);
    expect(concluded).toMatchObject({ next: "Terminated", session: { powered: false, dc: { demanding: false } } });
  });
});
