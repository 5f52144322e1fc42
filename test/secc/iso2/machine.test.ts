import { describe, expect, it } from "vitest";
import { react } from "../../../src/fsm/machine.ts";
import type { Outcome, Step } from "../../../src/fsm/state.ts";
import { iso2, messageOf, type RequestName } from "../../../src/iso15118/iso2/index.ts";
import { noDc } from "../../../src/secc/dc/progress.ts";
import { iso2Machine } from "../../../src/secc/iso2/machine.ts";
import type { Iso2, Iso2Session } from "../../../src/secc/iso2/protocol.ts";
import { dcSession, ports, request, requestNames, SESSION_ID, session } from "../fixtures.ts";

/** What each state understands; all else is a sequence error. */
const expected: Readonly<Record<string, readonly RequestName[]>> = {
  SessionSetup: ["SessionSetupReq"],
  ServiceDiscovery: ["ServiceDiscoveryReq", "SessionStopReq"],
  ServiceSelection: ["ServiceDetailReq", "PaymentServiceSelectionReq", "SessionStopReq"],
  ContractSelected: ["PaymentDetailsReq", "CertificateInstallationReq", "CertificateUpdateReq", "SessionStopReq"],
  PaymentDetails: ["PaymentDetailsReq", "SessionStopReq"],
  Authorization: ["AuthorizationReq", "SessionStopReq"],
  ChargeParameterDiscovery: ["ChargeParameterDiscoveryReq", "SessionStopReq"],
  PowerDelivery: ["PowerDeliveryReq", "SessionStopReq"],
  ChargingStarted: ["ChargingStatusReq"],
  Charging: ["ChargingStatusReq", "PowerDeliveryReq"],
  CableCheck: ["CableCheckReq", "SessionStopReq"],
  PreCharge: ["PreChargeReq", "SessionStopReq"],
  PreCharging: ["PreChargeReq", "PowerDeliveryReq", "SessionStopReq"],
  CurrentDemandStarted: ["CurrentDemandReq"],
  CurrentDemand: ["CurrentDemandReq", "PowerDeliveryReq"],
  WeldingDetection: ["WeldingDetectionReq", "SessionStopReq"],
  MeteringReceipt: ["MeteringReceiptReq"],
  SessionStop: ["SessionStopReq"],
  Terminated: [],
};

const dcStates = [
  "CableCheck",
  "PreCharge",
  "PreCharging",
  "CurrentDemandStarted",
  "CurrentDemand",
  "WeldingDetection",
];

/** A session as it may be in a state. */
function sessionIn(state: string, change: Partial<Iso2Session> = {}): Iso2Session {
  return dcStates.includes(state) ? dcSession(change) : session(change);
}

const cases = Object.entries(expected).flatMap(([state, allowed]) =>
  requestNames.map((name) => ({ state, name, allowed: allowed.includes(name) })),
);

/** The outcome, with questions asked. */
async function outcome(state: string, name: RequestName, of: Iso2Session, id = SESSION_ID): Promise<Outcome<Iso2>> {
  const incoming = request(name, { id });
  const found = react<Iso2>(iso2Machine, state, of, incoming);
  if (!("gather" in found)) return found;
  const decide = await found.gather(incoming.message as never, of, ports());
  return decide(of);
}

function codeOf(step: Step<Iso2>): string | undefined {
  return step.reply && "name" in step.reply ? step.reply.message.ResponseCode : undefined;
}

describe("every state with every message", () => {
  it("has a row for every state", () => {
    expect([...iso2Machine.states.keys()].sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(cases.filter(({ allowed }) => allowed))("$state understands $name", async ({ state, name }) => {
    const of = sessionIn(state, { authorization: { status: state === "Authorization" ? "none" : "accepted" } });
    const found = await outcome(state, name, of);
    if ("until" in found) return;
    expect(codeOf(found)).not.toBe("FAILED_SequenceError");
  });

  it.each(cases.filter(({ allowed }) => !allowed))(
    "$state refuses $name without any effect",
    async ({ state, name }) => {
      const of = sessionIn(state);
      const found = await outcome(state, name, of);
      if ("until" in found) throw found;
      expect(codeOf(found)).toBe("FAILED_SequenceError");
      expect(found.next).toBe("Terminated");
      expect(found.effects ?? []).toEqual([]);
      expect(found.session).toBeUndefined();
      if (found.reply && "name" in found.reply) {
        expect(found.reply.name).toBe(name.replace("Req", "Res"));
        const exi = iso2.encode("V2G_Message", messageOf({ SessionID: SESSION_ID }, found.reply));
        expect(iso2.decode(exi).root).toBe("V2G_Message");
      }
    },
  );

  const foreign = [
    ["zero", new Uint8Array(8)],
    ["empty", new Uint8Array(0)],
    ["another", Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1)],
    ["shorter", SESSION_ID.subarray(0, 7)],
  ] as const;
  const guarded = cases.filter(({ allowed, name }) => allowed && name !== "SessionSetupReq");

  it.each(foreign.flatMap(([what, id]) => guarded.map((row) => ({ what, id, ...row }))))(
    "$state refuses $name with the session id $what without any effect",
    async ({ state, name, id }) => {
      const found = await outcome(state, name, sessionIn(state), id);
      if ("until" in found) throw found;
      expect(codeOf(found)).toBe("FAILED_UnknownSession");
      expect(found.effects ?? []).toEqual([]);
    },
  );

  it.each(guarded)("$state refuses $name when the EVSE has shut down", async ({ state, name }) => {
    const of = sessionIn(state);
    const found = await outcome(state, name, { ...of, evse: { ...of.evse, shutdown: true } });
    if ("until" in found) throw found;
    const leaves = !of.powered && ["WeldingDetectionReq", "SessionStopReq"].includes(name);
    expect(codeOf(found)).toBe(leaves ? "OK" : "FAILED");
  });
});

describe("a failure, whatever it is", () => {
  it("ends the session and switches the power off", () => {
    const of = session({ powered: true });
    const incoming = request("SessionSetupReq");
    const step = react<Iso2>(iso2Machine, "Charging", of, incoming) as Step<Iso2>;
    const concluded = iso2Machine.rules.conclude?.(step, incoming, of);
    expect(concluded).toMatchObject({
      next: "Terminated",
      session: { powered: false },
      effects: [{ to: "charger", name: "ac_open_contactor" }],
    });
  });

  it.each([
    ["before current flows", false, ["dc_open_contactor"]],
    ["while current flows", true, ["current_demand_finished", "dc_open_contactor"]],
  ] as const)("switches a DC output off %s", (_, demanding, names) => {
    const of = dcSession({ dc: { ...noDc, cableCheck: "passed", demanding } });
    const incoming = request("SessionSetupReq");
    const step = react<Iso2>(iso2Machine, "CurrentDemand", of, incoming) as Step<Iso2>;
    const concluded = iso2Machine.rules.conclude?.(step, incoming, of);
    expect(concluded?.effects?.map((effect) => "name" in effect && effect.name)).toEqual(names);
    expect(concluded?.session).toMatchObject({ powered: false, dc: { demanding: false } });
  });
});
