/** Orders from the bus that are larger than any message can carry (A13), and orders before there is a network (A14). */
import { afterEach, describe, expect, test } from "vitest";
import type { EnergyTransferMode, PaymentOption } from "../../src/interfaces/types/iso15118.ts";
import { evseV2G } from "../../src/modules/EvseV2G/index.ts";
import { memoryNetwork } from "../../src/transport/memory.ts";
import { UserError } from "../../src/util/errors.ts";
import { startUnderTest } from "../framework/underTest.ts";
import { walkTo, willing } from "../secc/walks.ts";
import { code, type Station, station, TestEv } from "../secc/world.ts";

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of closing.splice(0)) await each.close();
});

const silent = new Proxy({}, { get: () => () => Promise.reject(new TypeError("nobody asks")) }) as never;

async function module(networkOf = () => memoryNetwork()) {
  const started = await startUnderTest(evseV2G({ networkOf }), {
    config: { device: "lo" },
    mocks: { security: [silent] },
  });
  closing.push({ close: () => started.station.stop() });
  return started;
}

const many = <T>(value: T, count: number) => new Array<T>(count).fill(value);

describe("session_setup and update_energy_transfer_modes with more than there is (A13)", () => {
  test.each([3, 100, 10_000])("%d payment options: the bus refuses them by their schema", async (count) => {
    const { on } = await module();
    const call = on.charger.call("session_setup", {
      payment_options: many<PaymentOption>("Contract", count) as ["Contract"],
      ...{ supported_certificate_service: true, central_contract_validation_allowed: false },
    });
    await expect(call).rejects.toThrow(/payment_options/);
  });

  test.each([19, 10_000])("%d energy transfer modes: the bus refuses them by their schema", async (count) => {
    const { on } = await module();
    const supported_energy_transfer_modes = many<EnergyTransferMode>("AC_three_phase_core", count) as [
      EnergyTransferMode,
    ];
    await expect(on.charger.call("update_energy_transfer_modes", { supported_energy_transfer_modes })).rejects.toThrow(
      /supported_energy_transfer_modes/,
    );
  });

  test.each([3, 10_000])("%d of them on a bus that checks nothing: the EV is offered what there is", async (count) => {
    const of: Station = await station({}, willing);
    closing.push(of);
    of.secc.offer({
      paymentOptions: [...many<PaymentOption>("Contract", count), "ExternalPayment"],
      ...{ certificateService: true, centralContractValidation: false },
    });
    of.secc.update({ energyTransferModes: many<EnergyTransferMode>("AC_three_phase_core", count) });
    const ev = await TestEv.inSession(of);
    expect(await ev.ask("ServiceDiscoveryReq")).toMatchObject({
      message: {
        PaymentOptionList: { PaymentOption: ["Contract", "ExternalPayment"] },
        ChargeService: { SupportedEnergyTransferMode: { EnergyTransferMode: ["AC_three_phase_core"] } },
      },
    });
  });
});

describe("orders while there is no network (A14)", () => {
  test("are kept, the reason is raised, and it is tried again every second", async () => {
    let there = false;
    const network = memoryNetwork();
    const listen: typeof network.listen = (options) =>
      there ? network.listen(options) : Promise.reject(new UserError("no IPv6 link-local address"));
    const { on, heard, clock } = await module(() => ({ ...network, listen }));
    expect(await heard()).toContainEqual(expect.stringContaining("generic/CommunicationFault Active"));
    await on.charger.call("session_setup", {
      payment_options: ["ExternalPayment"],
      ...{ supported_certificate_service: false, central_contract_validation_allowed: false },
    });
    await on.charger.call("update_energy_transfer_modes", { supported_energy_transfer_modes: ["AC_three_phase_core"] });
    await on.charger.call("dlink_ready", { value: true });
    there = true;
    await clock.advance(1000);
    expect(await heard()).toContainEqual(expect.stringContaining("generic/CommunicationFault"));
    const ev = await TestEv.connectTo(network, 61_341, "none");
    await ev.agree();
    expect(code(await ev.ask("SessionSetupReq"))).toBe("OK_NewSessionEstablished");
    expect(await ev.ask("ServiceDiscoveryReq")).toMatchObject({
      message: { PaymentOptionList: { PaymentOption: ["ExternalPayment"] } },
    });
  });
});

test("limits that come while an EV waits for them are heard (A18)", async () => {
  const of = await station({}, willing);
  closing.push(of);
  const ev = await walkTo("ChargeParameterDiscovery", of);
  of.secc.update({ nominalCurrent: undefined, currentLimit: undefined });
  const asked = ev.ask("ChargeParameterDiscoveryReq");
  await of.clock.advance(500);
  of.secc.update({ currentLimit: 10 });
  expect(await asked).toMatchObject({ message: { EVSEProcessing: "Finished" } });
});
