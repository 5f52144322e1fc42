/** What EvseManager says of a DC output, as the EV reads it. */
import { afterEach, describe, expect, it } from "vitest";
import { evse_security } from "../../../src/interfaces/evse_security.ts";
import type { Messages, Named } from "../../../src/iso15118/iso2/index.ts";
import { physicalValue } from "../../../src/iso15118/physicalValue.ts";
import { evseV2G } from "../../../src/modules/EvseV2G/index.ts";
import { memoryNetwork } from "../../../src/transport/memory.ts";
import { startUnderTest } from "../../framework/underTest.ts";
import { dcParameters } from "../../secc/fixtures.ts";
import { TestEv } from "../../secc/world.ts";
import { neighbour } from "../EvseManager/neighbours.ts";

const TCP_PORT = 61341;
const supply = {
  bidirectional: false,
  current_regulation_tolerance_A: 1,
  peak_current_ripple_A: 2,
  max_export_voltage_V: 1000,
  min_export_voltage_V: 100,
  max_export_current_A: 300,
  min_export_current_A: 1,
  max_export_power_W: 150_000,
} as const;

const dcCar = { ...dcParameters, AC_EVChargeParameter: undefined as never };

let stop = async () => {};
afterEach(() => stop());

/** A DC EVSE without certificates, paid externally. */
async function start() {
  const network = memoryNetwork();
  const security = neighbour("security", evse_security, [], {
    get_all_valid_certificates_info: { status: "NotFound", info: [] },
  });
  const module = await startUnderTest(evseV2G({ networkOf: () => network }), {
    config: { device: "lo" },
    mocks: { security: [security] },
    ports: { simulation: { delayFactor: 0 } },
  });
  stop = () => module.station.stop();
  const { charger } = module.on;
  await charger.call("setup", { evse_id: { evse_id: "DE*PNX*E1" }, sae_j2847_mode: "None", debug_mode: false });
  await charger.call("update_energy_transfer_modes", { supported_energy_transfer_modes: ["DC_extended"] });
  await charger.call("session_setup", {
    payment_options: ["ExternalPayment"],
    supported_certificate_service: false,
    central_contract_validation_allowed: false,
  });
  await charger.call("set_charging_parameters", {
    physical_values: {
      dc_current_regulation_tolerance: 2,
      dc_peak_current_ripple: 3,
      dc_energy_to_be_delivered: 40_000,
    },
  });
  await charger.call("dlink_ready", { value: true });
  return { ...module, charger, network };
}
type Started = Awaited<ReturnType<typeof start>>;

/** An EV for which somebody pays. */
async function authorized({ network, charger, heard }: Started): Promise<TestEv> {
  const ev = await TestEv.connectTo(network, TCP_PORT, "none");
  await ev.agree();
  await ev.ask("SessionSetupReq");
  await ev.ask("ServiceDiscoveryReq");
  await ev.ask("PaymentServiceSelectionReq", { SelectedPaymentOption: "ExternalPayment" });
  const asked = ev.ask("AuthorizationReq", { "@Id": undefined as never, GenChallenge: undefined as never });
  await heard();
  await charger.call("authorization_response", { authorization_status: "Accepted", certificate_status: "Accepted" });
  expect(bodyOf(await asked, "AuthorizationRes").EVSEProcessing).toBe("Finished");
  return ev;
}

function bodyOf<N extends Named["name"]>(answer: Named | undefined, name: N): Messages[N] {
  expect(answer?.name).toBe(name);
  return answer?.message as Messages[N];
}

const present = (evse_present_voltage: number, evse_present_current?: number) => ({
  present_voltage_current: {
    evse_present_voltage,
    ...(evse_present_current === undefined ? {} : { evse_present_current }),
  },
});

const checked = (of: Started, passed: boolean) => async (ev: TestEv) => {
  const asked = ev.ask("CableCheckReq");
  expect(await of.heard()).toContain("charger.start_cable_check null");
  await of.charger.call("update_isolation_status", { isolation_status: passed ? "Valid" : "Fault" });
  await of.charger.call("cable_check_finished", { status: passed });
  return bodyOf(await asked, "CableCheckRes");
};

/** An EV whose limits are agreed on. */
async function agreed(of: Started): Promise<TestEv> {
  await of.charger.call("set_powersupply_capabilities", { capabilities: supply });
  const ev = await authorized(of);
  expect(bodyOf(await ev.ask("ChargeParameterDiscoveryReq", dcCar), "ChargeParameterDiscoveryRes")).toMatchObject({
    EVSEProcessing: "Finished",
  });
  return ev;
}

describe("a DC output, as EvseManager tells of it", () => {
  it("set_powersupply_capabilities, set_charging_parameters: what it can give at all; until then the EV waits", async () => {
    const of = await start();
    const ev = await authorized(of);
    const waiting = ev.ask("ChargeParameterDiscoveryReq", dcCar);
    await of.clock.advance(1000);
    expect(bodyOf(await waiting, "ChargeParameterDiscoveryRes").EVSEProcessing).toBe("Ongoing");
    const asked = ev.ask("ChargeParameterDiscoveryReq", dcCar);
    await of.charger.call("set_powersupply_capabilities", {
      capabilities: { ...supply, nominal_max_export_power_W: 120_000 },
    });
    expect(bodyOf(await asked, "ChargeParameterDiscoveryRes")).toMatchObject({
      EVSEProcessing: "Finished",
      DC_EVSEChargeParameter: {
        EVSEMaximumVoltageLimit: physicalValue(1000, "V"),
        EVSEMinimumVoltageLimit: physicalValue(100, "V"),
        EVSEMaximumCurrentLimit: physicalValue(300, "A"),
        EVSEMinimumCurrentLimit: physicalValue(1, "A"),
        EVSEMaximumPowerLimit: physicalValue(120_000, "W"),
        EVSECurrentRegulationTolerance: physicalValue(2, "A"),
        EVSEPeakCurrentRipple: physicalValue(3, "A"),
        EVSEEnergyToBeDelivered: physicalValue(40_000, "Wh"),
      },
    });
  });

  it("update_dc_minimum_limits: an EV that takes less than the least is none for it", async () => {
    const of = await start();
    await of.charger.call("set_powersupply_capabilities", { capabilities: supply });
    await of.charger.call("update_dc_minimum_limits", {
      minimum_limits: { evse_minimum_current_limit: 260, evse_minimum_power_limit: 0, evse_minimum_voltage_limit: 200 },
    });
    const ev = await authorized(of);
    const answer = await ev.ask("ChargeParameterDiscoveryReq", dcCar);
    expect(bodyOf(answer, "ChargeParameterDiscoveryRes")).toMatchObject({
      ResponseCode: "FAILED_WrongChargeParameter",
      DC_EVSEChargeParameter: {
        EVSEMinimumCurrentLimit: physicalValue(260, "A"),
        EVSEMinimumVoltageLimit: physicalValue(200, "V"),
      },
    });
  });

  it("cable_check_finished, update_isolation_status, update_dc_present_values, update_dc_maximum_limits: the way to current", async () => {
    const of = await start();
    const ev = await agreed(of);
    expect(await checked(of, true)(ev)).toMatchObject({
      ...{ ResponseCode: "OK", EVSEProcessing: "Finished" },
      DC_EVSEStatus: { EVSEIsolationStatus: "Valid", EVSEStatusCode: "EVSE_Ready" },
    });
    await of.charger.call("update_dc_present_values", present(398.5, 1.5));
    const preCharge = bodyOf(await ev.ask("PreChargeReq"), "PreChargeRes");
    expect(preCharge.EVSEPresentVoltage).toEqual(physicalValue(398.5, "V"));
    expect(bodyOf(await ev.ask("PowerDeliveryReq"), "PowerDeliveryRes").ResponseCode).toBe("OK");
    await of.charger.call("update_dc_maximum_limits", {
      maximum_limits: {
        evse_maximum_current_limit: 10,
        evse_maximum_power_limit: 4000,
        evse_maximum_voltage_limit: 500,
      },
    });
    // Without a current, the one before stays.
    await of.charger.call("update_dc_present_values", present(401));
    expect(bodyOf(await ev.ask("CurrentDemandReq"), "CurrentDemandRes")).toMatchObject({
      EVSEPresentVoltage: physicalValue(401, "V"),
      EVSEPresentCurrent: physicalValue(1.5, "A"),
      EVSECurrentLimitAchieved: true,
      EVSEVoltageLimitAchieved: false,
      EVSEPowerLimitAchieved: true,
      EVSEMaximumCurrentLimit: physicalValue(10, "A"),
      EVSEMaximumPowerLimit: physicalValue(4000, "W"),
      EVSEMaximumVoltageLimit: physicalValue(500, "V"),
    });
    expect(await of.heard()).toEqual(
      expect.arrayContaining(["charger.start_pre_charge null", "charger.current_demand_started null"]),
    );
    const off = bodyOf(await ev.ask("PowerDeliveryReq", { ChargeProgress: "Stop" }), "PowerDeliveryRes");
    expect(off.ResponseCode).toBe("OK");
    expect(await of.heard()).toEqual(["charger.current_demand_finished null", "charger.dc_open_contactor null"]);
  });

  it("bad case: limits below zero are none at all", async () => {
    const of = await start();
    const ev = await agreed(of);
    await checked(of, true)(ev);
    await of.charger.call("update_dc_present_values", present(400, 0));
    await ev.ask("PreChargeReq");
    await ev.ask("PowerDeliveryReq");
    await of.charger.call("update_dc_maximum_limits", {
      maximum_limits: { evse_maximum_current_limit: -5, evse_maximum_power_limit: -1, evse_maximum_voltage_limit: 500 },
    });
    expect(bodyOf(await ev.ask("CurrentDemandReq"), "CurrentDemandRes")).toMatchObject({
      EVSEMaximumCurrentLimit: physicalValue(0, "A"),
      EVSEMaximumPowerLimit: physicalValue(0, "W"),
    });
  });

  it("bad case: a cable check that fails ends the session with the output off", async () => {
    const of = await start();
    const ev = await agreed(of);
    expect(await checked(of, false)(ev)).toMatchObject({
      ResponseCode: "FAILED",
      DC_EVSEStatus: { EVSEIsolationStatus: "Fault", EVSEStatusCode: "EVSE_Malfunction" },
    });
    expect(await of.heard()).toContain("charger.dc_open_contactor null");
  });

  it.each([
    ["PauseBeforeCableCheck", 0],
    ["PauseAfterPrecharge", 300],
  ] as const)(
    "no_energy_pause_charging(%s): the EV is asked to stop, within %i s",
    async (mode, NotificationMaxDelay) => {
      const of = await start();
      await of.charger.call("set_powersupply_capabilities", { capabilities: supply });
      await of.charger.call("no_energy_pause_charging", { mode });
      const ev = await authorized(of);
      const answer = await ev.ask("ChargeParameterDiscoveryReq", dcCar);
      expect(bodyOf(answer, "ChargeParameterDiscoveryRes").DC_EVSEChargeParameter?.DC_EVSEStatus).toMatchObject({
        EVSENotification: "StopCharging",
        NotificationMaxDelay,
      });
    },
  );

  it("send_error(Error_EmergencyShutdown): every answer fails from then on, with the output off", async () => {
    const of = await start();
    const ev = await agreed(of);
    await checked(of, true)(ev);
    await of.charger.call("send_error", { error: "Error_EmergencyShutdown" });
    expect(bodyOf(await ev.ask("PreChargeReq"), "PreChargeRes")).toMatchObject({
      ResponseCode: "FAILED",
      DC_EVSEStatus: { EVSEStatusCode: "EVSE_EmergencyShutdown" },
    });
    expect(await of.heard()).toContain("charger.dc_open_contactor null");
  });
});
