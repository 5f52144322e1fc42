import { afterEach, describe, expect, it } from "vitest";
import { appProtocol } from "../../../src/iso15118/appProtocol.ts";
import { DIN_NAMESPACE } from "../../../src/iso15118/din70121/index.ts";
import { ISO2_NAMESPACE } from "../../../src/iso15118/iso2/index.ts";
import { type Station, TestEv } from "../world.ts";
import { ask, begin, closeAll, inSession } from "./world.ts";

afterEach(closeAll);

describe("an EV that speaks DIN SPEC 70121", () => {
  it("charges from SessionSetup to SessionStop", async () => {
    const of = await begin();
    const ev = await inSession(of, "CurrentDemandReq");
    for (const [name, change] of [
      ["PowerDeliveryReq", { ReadyToChargeState: false }],
      ["WeldingDetectionReq", {}],
      ["SessionStopReq", {}],
    ] as const) {
      expect(await ask(ev, name, change)).toMatchObject({ message: { ResponseCode: "OK" } });
    }
    await ev.stream.close();
    await of.clock.advance(0);
    expect(of.published()).toEqual([
      "evcc_id",
      "selected_payment_option",
      "require_auth_eim",
      "requested_energy_transfer_mode",
      "dc_ev_energy_capacity",
      "dc_ev_energy_request",
      "dc_full_soc",
      "dc_bulk_soc",
      "dc_ev_maximum_limits",
      "dc_ev_status",
      "charging_needs",
      "start_cable_check",
      "start_pre_charge",
      "dc_ev_target_voltage_current",
      "dc_charging_complete",
      "v2g_setup_finished",
      "current_demand_started",
      "dc_ev_target_voltage_current",
      "current_demand_finished",
      "dc_open_contactor",
      "dlink_terminate",
    ]);
    expect(of.timeline.entries.filter(({ title }) => title === "CurrentDemandRes")).toHaveLength(1);
  });

  it.each([
    ["CableCheckReq", ["dc_open_contactor", "hlc_session_failed", "dlink_error"]],
    ["CurrentDemandReq", ["current_demand_finished", "dc_open_contactor", "hlc_session_failed", "dlink_error"]],
  ] as const)("leaves the output off when the link breaks after %s", async (until, last) => {
    const of = await begin();
    const ev = await inSession(of, until);
    ev.stream.destroy();
    await of.clock.advance(0);
    expect(of.published().slice(-last.length)).toEqual(last);
  });

  it("is cut off after 60 s of silence", async () => {
    const of = await begin();
    const ev = await inSession(of, "CurrentDemandReq");
    await of.clock.advance(59_999);
    expect(of.published()).not.toContain("dc_open_contactor");
    await of.clock.advance(1);
    await ev.closed;
    expect(of.published()).toContain("dc_open_contactor");
  });

  it("bad case: a message of ISO 15118-2 ends the session", async () => {
    const of = await begin();
    const ev = await inSession(of, "ServiceDiscoveryReq");
    await ev.send(ev.encode("PaymentServiceSelectionReq"));
    await ev.closed;
    expect(of.timeline.entries.at(-1)).toMatchObject({ kind: "fault", outcome: "refused" });
  });

  it("bad case: whom nobody pays for is refused in the end", async () => {
    const of = await begin({ settings: { authTimeoutPnc: 55, authTimeoutEim: 3 } }, () => {});
    const ev = await inSession(of, "ServicePaymentSelectionReq");
    const answers: unknown[] = [];
    for (let second = 0; second < 4 && answers.at(-1) !== "FAILED"; second++) {
      const answer = ask(ev, "ContractAuthenticationReq");
      for (let turn = 0; turn < 10; turn++) await of.clock.advance(100);
      const body = await answer;
      answers.push(body?.name === "ContractAuthenticationRes" && body.message.ResponseCode);
    }
    expect(answers).toEqual(["OK", "OK", "FAILED"]);
    expect(of.timeline.entries).toContainEqual(expect.objectContaining({ rule: "auth_timeout_eim" }));
  });
});

describe("the choice of the protocol", () => {
  const protocolOf = (namespace: string, Priority: number) => ({
    ProtocolNamespace: namespace,
    VersionNumberMajor: 2,
    VersionNumberMinor: 0,
    SchemaID: Priority,
    Priority,
  });

  async function agreed(of: Station, security: "tls" | "none", ...namespaces: string[]) {
    const ev = await TestEv.connect(of, security);
    const AppProtocol = namespaces.map((namespace, index) => protocolOf(namespace, index + 1));
    await ev.send(appProtocol.encode("supportedAppProtocolReq", { AppProtocol }));
    const answer = await ev.next();
    return answer && appProtocol.decode(answer).value;
  }

  it.each([
    ["DIN first", [DIN_NAMESPACE, ISO2_NAMESPACE]],
    ["ISO 15118-2 first", [ISO2_NAMESPACE, DIN_NAMESPACE]],
  ])("follows the EV's priority: %s", async (_, wanted) => {
    expect(await agreed(await begin(), "none", ...wanted)).toMatchObject({ SchemaID: 1 });
  });

  it("never is DIN SPEC 70121 over TLS", async () => {
    const of = await begin();
    expect(await agreed(of, "tls", DIN_NAMESPACE, ISO2_NAMESPACE)).toMatchObject({ SchemaID: 2 });
  });

  it("bad case: DIN SPEC 70121 alone over TLS", async () => {
    expect(await agreed(await begin(), "tls", DIN_NAMESPACE)).toEqual({ ResponseCode: "Failed_NoNegotiation" });
  });

  it("bad case: DIN SPEC 70121 at an EVSE for AC", async () => {
    const of = await begin();
    of.secc.update({ energyTransferModes: ["AC_three_phase_core"] });
    expect(await agreed(of, "none", DIN_NAMESPACE)).toEqual({ ResponseCode: "Failed_NoNegotiation" });
  });
});
