import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dutyOf } from "../../../src/modules/EvseManager/charger/duty.ts";
import { EnableTable } from "../../../src/modules/EvseManager/enableTable.ts";
import { energyRequest, grantedAmpere, grantedWatt } from "../../../src/modules/EvseManager/energy.ts";
import { manufacturerOf } from "../../../src/modules/EvseManager/evInfo.ts";
import { describeFaults, type Fault, Faults } from "../../../src/modules/EvseManager/faults.ts";
import { judgeAnswer, type PaymentSwitches, sessionSetup, type Waiting } from "../../../src/modules/EvseManager/hlc.ts";
import { dcTransferModes } from "../../../src/modules/EvseManager/hlcSetup.ts";
import { transactionRequest } from "../../../src/modules/EvseManager/meter.ts";
import { RandomDelay } from "../../../src/modules/EvseManager/randomDelay.ts";
import { newSessionId } from "../../../src/modules/EvseManager/session.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { accepted, cardToken, contractToken, revoked } from "./fakeNeighbours.ts";

const all: PaymentSwitches = { eim: true, contract: true, centralValidation: true, certificateInstallation: true };

describe("what ISO 15118 may offer", () => {
  test.each([
    ["open", all, ["ExternalPayment", "Contract"], true, true],
    ["open", { ...all, contract: false }, ["ExternalPayment"], false, false],
    ["open", { ...all, eim: false }, ["Contract"], true, true],
    ["open", { ...all, eim: false, contract: false }, ["ExternalPayment"], false, false],
    ["open", { ...all, certificateInstallation: false }, ["ExternalPayment", "Contract"], false, true],
    ["authorized", all, ["ExternalPayment"], false, true],
    ["authorized", { ...all, eim: false }, ["ExternalPayment"], false, true],
    ["authorizedFirst", { ...all, eim: false }, ["ExternalPayment"], false, false],
  ] as const)("%s with %o: %j", (phase, switches, options, service, central) => {
    expect(sessionSetup(switches, phase)).toEqual({
      payment_options: options,
      supported_certificate_service: service,
      central_contract_validation_allowed: central,
    });
  });
});

describe("what an answer of Auth means", () => {
  const waiting: Waiting = { for: "contract", token: { ...contractToken, connectors: [1] } };

  test("a contract is good only for the car that waits with it", () => {
    expect(judgeAnswer(waiting, contractToken, accepted).verdict).toBe("authorize");
    expect(judgeAnswer({ for: "nothing" }, contractToken, accepted).verdict).toBe("ignore");
    expect(judgeAnswer({ for: "eim" }, contractToken, accepted).verdict).toBe("ignore");
    const other = { ...contractToken, id_token: { value: "FRXYZ", type: "eMAID" } } as const;
    expect(judgeAnswer(waiting, other, accepted).verdict).toBe("ignore");
    expect(judgeAnswer(waiting, { ...contractToken, certificate: "another" }, accepted).verdict).toBe("ignore");
  });

  test("a refused contract is told with the certificate's status, a refused card is not told", () => {
    expect(judgeAnswer(waiting, contractToken, revoked)).toEqual({
      verdict: "refuse",
      answer: { authorization_status: "Invalid", certificate_status: "CertificateRevoked" },
    });
    expect(judgeAnswer({ for: "eim" }, cardToken, revoked).verdict).toBe("ignore");
  });

  test("while a car pays by contract, a card has no effect", () => {
    expect(judgeAnswer(waiting, cardToken, accepted).verdict).toBe("ignore");
    expect(judgeAnswer({ for: "nothing" }, cardToken, accepted)).toEqual({ verdict: "authorize" });
  });
});

describe("duty cycle (IEC 61851-1 Table A.7)", () => {
  test.each([
    [0, 1],
    [5.8, 1],
    [6, 0.1],
    [10, 10 / 60],
    [16, 16 / 60],
    [32, 32 / 60],
    [51, 0.85],
    [52, 0.85],
    [63, 63 / 250 + 0.64],
    [80, 0.96],
    [80.05, 0.97],
    [100, 1],
  ])("%d A is %d", (ampere, duty) => {
    expect(dutyOf(ampere)).toBeCloseTo(duty, 10);
  });

  test("never offers more than is granted", () => {
    const offered = (duty: number) => (duty === 1 ? 0 : duty <= 0.85 ? duty * 60 : (duty - 0.64) * 250);
    fc.assert(
      fc.property(fc.double({ min: 6.1, max: 80, noNaN: true }), (ampere) => {
        expect(offered(dutyOf(ampere))).toBeLessThanOrEqual(ampere + 0.1);
      }),
    );
  });
});

test.each([
  ["UUID", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/],
  ["UUID_BASE64", /^[\w-]{22}$/],
  ["SHORT_BASE64", /^[\w-]{16}$/],
] as const)("session ids of type %s", (type, form) => {
  const ids = Array.from({ length: 100 }, () => newSessionId(type, cryptoRandom));
  expect(new Set(ids).size).toBe(100);
  for (const id of ids) expect(id).toMatch(form);
});

describe("who enables", () => {
  const source = (
    enable_source: "CSMS" | "LocalAPI" | "MobileApp",
    enable_state: "Enable" | "Disable" | "Unassigned",
    enable_priority: number,
  ) => ({ enable_source, enable_state, enable_priority }) as const;

  test.each([
    [[], true],
    [[source("CSMS", "Disable", 5)], false],
    [[source("CSMS", "Disable", 5), source("LocalAPI", "Enable", 1)], true],
    [[source("LocalAPI", "Disable", 42), source("CSMS", "Unassigned", 0)], false],
    [[source("LocalAPI", "Enable", 5), source("CSMS", "Disable", 5)], false],
    [[source("CSMS", "Disable", 5), source("CSMS", "Unassigned", 5)], true],
  ])("%j", (sources, enabled) => {
    const table = new EnableTable();
    for (const each of sources) table.set(each);
    expect(table.enabled).toBe(enabled);
  });
});

describe("faults", () => {
  const fault = (type: string, severity: Fault["severity"], sub_type = ""): Fault => {
    return { type, severity, sub_type, description: "text", vendor_id: "" };
  };

  test("the worst decides; warnings do not count; all causes are named", () => {
    const faults = new Faults();
    faults.set("bsp", fault("evse_board_support/VendorWarning", "High"), true);
    expect(faults.level).toBe("none");
    faults.set("bsp", fault("evse_board_support/DiodeFault", "Medium"), true);
    expect(faults.level).toBe("error");
    faults.set("rcd", fault("ac_rcd/MREC2GroundFailure", "High", "L1"), true);
    expect(faults.level).toBe("emergency");
    expect(describeFaults(faults.fatal)).toBe("DiodeFault, MREC2GroundFailure/L1");
    faults.set("other", fault("evse_board_support/DiodeFault", "Medium"), false);
    expect(faults.fatal, "another source's error is another error").toHaveLength(2);
  });
});

describe("energy", () => {
  const enforced = (limits_root_side: Parameters<typeof grantedAmpere>[0]["limits_root_side"]) => ({
    uuid: "evse",
    valid_for: 10,
    schedule: [],
    limits_root_side,
  });
  const value = (number: number) => ({ value: number, source: "test" });

  test.each([
    [{ ac_max_current_A: value(16) }, 16],
    [{ ac_max_current_A: value(16), total_power_W: value(6900) }, 10],
    [{ ac_max_current_A: value(8), total_power_W: value(6900) }, 8],
    [{ ac_max_current_A: value(-16), total_power_W: value(-6900) }, -10],
    [{}, 0],
  ])("%j grants %d A", (limits, ampere) => {
    expect(grantedAmpere(enforced(limits), 230, 3)).toBeCloseTo(ampere);
  });

  test.each([
    [{ total_power_W: value(22_000) }, 22_000],
    [{ ac_max_current_A: value(16) }, 11_040],
    [{ ac_max_current_A: value(16), total_power_W: value(6900) }, 6900],
    [{ ac_max_current_A: value(10), total_power_W: value(22_000) }, 6900],
    [{ ac_max_current_A: value(-16), total_power_W: value(-6900) }, 0],
    [{}, 0],
  ])("%j grants a DC output %d W", (limits, watt) => {
    expect(grantedWatt(enforced(limits), 230, 3)).toBe(watt);
  });

  const capabilities = {
    max_current_A_import: 32,
    min_current_A_import: 6,
    max_phase_count_import: 3,
    min_phase_count_import: 1,
    max_current_A_export: 0,
    min_current_A_export: 0,
    max_phase_count_export: 1,
    min_phase_count_export: 1,
    supports_changing_phases_during_charging: false,
    supports_cp_state_E: false,
    connector_type: "IEC62196Type2Socket",
  } as const;
  const facts = { uuid: "e", state: "Charging", capabilities, activePhases: 3, now: 0, priority: false } as const;

  test("a DC output asks for watt, and says what its supply loses", () => {
    const request = energyRequest({
      ...{ ...facts, requestZeroPowerInIdle: false, cableAmpere: undefined },
      supply: { watt: 60_000, efficiency: 0.9 },
    });
    expect(request.schedule_import[0]).toMatchObject({
      limits_to_leaves: { total_power_W: { value: 60_000, source: "e/power_supply_DC_caps" } },
      conversion_efficiency: 0.9,
    });
  });

  test("the cable limits what is asked for", () => {
    const request = energyRequest({ ...facts, requestZeroPowerInIdle: false, cableAmpere: 20 });
    expect(request.schedule_import[0]?.limits_to_root.ac_max_current_A).toEqual({ value: 20, source: "e/pp_ampacity" });
  });
});

describe("random delay of the United Kingdom", () => {
  function delay(atAnyChange = true) {
    const clock = new ManualClock();
    const random = { bytes: () => Uint8Array.of(0, 60), uuid: () => "" };
    return { clock, delay: new RandomDelay({ clock, random, enabled: true, maxSeconds: 600, atAnyChange }) };
  }

  test("a change waits, and says for how long", async () => {
    const { clock, delay: uk } = delay();
    uk.apply(16, false, false);
    expect(uk.apply(10, true, false)).toMatchObject({
      limit: 16,
      countdown: { countdown_s: 60, current_limit_after_delay_A: 10, current_limit_during_delay_A: 16 },
    });
    await clock.advance(30_000);
    expect(uk.apply(10, true, false)).toMatchObject({ limit: 16, countdown: { countdown_s: 30 } });
    await clock.advance(30_000);
    expect(uk.apply(10, true, false)).toMatchObject({ limit: 10, countdown: { countdown_s: 0 } });
  });

  test("it can be cancelled and switched off; without a car it does not run", () => {
    const { delay: uk } = delay();
    uk.apply(16, false, false);
    expect(uk.apply(10, true, false).limit).toBe(16);
    uk.cancel();
    expect(uk.apply(10, true, false).limit).toBe(10);
    expect(uk.apply(8, false, false).limit).toBe(8);
    uk.enabled = false;
    expect(uk.apply(6, true, false)).toEqual({ limit: 6 });
  });

  test("only changes from and to zero, when so configured", () => {
    const { delay: uk } = delay(false);
    uk.apply(16, false, false);
    expect(uk.apply(10, true, false).limit).toBe(10);
    expect(uk.apply(0, true, false).limit).toBe(10);
  });

  test("a car that is there when the station starts waits too, once", async () => {
    const { clock, delay: uk } = delay();
    expect(uk.apply(16, true, true).limit).toBe(0);
    await clock.advance(60_000);
    expect(uk.apply(16, true, true).limit).toBe(16);
  });
});

test.each([
  ["cCCS2", false, ["DC_extended"]],
  ["cCCS2", true, ["DC_extended", "DC_BPT"]],
  ["cMCS", true, ["MCS", "MCS_BPT"]],
])("DC energy transfer modes of %s, bidirectional %s", (connector_type, bidirectional, modes) => {
  expect(dcTransferModes({ connector_type }, bidirectional)).toEqual(modes);
});

test("the meter signs who pays (OCMF)", () => {
  const tariff_messages = [{ content: "x".repeat(300) }];
  const request = transactionRequest(
    { token: contractToken, result: { ...accepted, tariff_messages }, plugAndCharge: true },
    "DE*PNX*1",
    "session",
  );
  expect(request).toMatchObject({
    evse_id: "DE*PNX*1",
    transaction_id: "session",
    identification_type: "EMAID",
    identification_flags: ["ISO15118_PNC"],
    identification_data: "DEABCC12345678",
  });
  expect(request.tariff_text).toHaveLength(250);
});

test.each([
  ["00:7D:FA:00:00:01", "VolkswagenGroup"],
  ["DC:44:27:1A:00:01", "Tesla"],
  ["DC:44:27:2A:00:01", "Unknown"],
])("%s was built by %s", (address, maker) => {
  expect(manufacturerOf(address)).toBe(maker);
});
