/** Schedules of the module: from the energy tree, and from an operator's file with its key. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { EnforcedLimits } from "../../../src/interfaces/types/energy.ts";
import { iso2, type SAScheduleTuple } from "../../../src/iso15118/iso2/index.ts";
import { plainValue } from "../../../src/iso15118/physicalValue.ts";
import { verifySignature } from "../../../src/iso15118/signature.ts";
import { grantsOf } from "../../../src/modules/EvseV2G/grants.ts";
import { evseV2G } from "../../../src/modules/EvseV2G/index.ts";
import { readSchedules } from "../../../src/modules/EvseV2G/scheduleFile.ts";
import { createPki } from "../../../src/pki/index.ts";
import { memoryNetwork } from "../../../src/transport/memory.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { UserError } from "../../../src/util/errors.ts";
import { nodeFiles as files } from "../../../src/util/files.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { exportPrivateKey } from "../../../src/x509/index.ts";
import { startUnderTest } from "../../framework/underTest.ts";
import { code, TestEv } from "../../secc/world.ts";

const TCP_PORT = 61341;
const dir = mkdtempSync(join(tmpdir(), "plugcharge-schedules-"));
afterAll(() => rmSync(dir, { recursive: true }));

const file = (content: unknown, name = "schedules.json") => {
  const path = join(dir, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
};
const entry = { from: "00:00", EPriceLevel: 1 };
const tuple = { SAScheduleTupleID: 1, entries: [entry] };

const unused = async () => {
  throw new TypeError("nobody asks");
};
const silent = new Proxy({}, { get: () => unused }) as never;

const stations: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of stations.splice(0)) await each.stop();
});

async function start(config: object = {}) {
  const clock = new ManualClock();
  const network = memoryNetwork();
  const module = await startUnderTest(evseV2G({ networkOf: () => network }), {
    config: { device: "lo", ...config },
    mocks: { security: [silent], evse_manager: [silent] },
    ports: { clock, simulation: { delayFactor: 0 } },
    env: { certsDir: dir, shareDir: dir },
  });
  stations.push(module.station);
  const { charger } = module.on;
  await charger.call("update_energy_transfer_modes", { supported_energy_transfer_modes: ["AC_three_phase_core"] });
  const charge_power = { total: 22_080, L1: 7360, L2: 7360, L3: 7360 };
  await charger.call("update_ac_maximum_limits", { maximum_limits: { charge_power } });
  await charger.call("dlink_ready", { value: true });
  await module.heard();
  return { ...module, network, charger };
}
type Started = Awaited<ReturnType<typeof start>>;

/** By external payment as far as the schedules; gives the whole message. */
async function offeredBy(of: Started) {
  const ev = await TestEv.connectTo(of.network, TCP_PORT, "none");
  await ev.agree();
  await ev.ask("SessionSetupReq");
  const discovery = await ev.ask("ServiceDiscoveryReq");
  await ev.ask("PaymentServiceSelectionReq", { SelectedPaymentOption: "ExternalPayment" });
  const asked = ev.ask("AuthorizationReq", { GenChallenge: undefined as never });
  await of.heard();
  await of.charger.call("authorization_response", {
    authorization_status: "Accepted",
    certificate_status: "NoCertificateAvailable",
  });
  expect(code(await asked)).toBe("OK");
  await ev.send(ev.encode("ChargeParameterDiscoveryReq"));
  const { value } = iso2.decode((await ev.next()) ?? new Uint8Array(0));
  ev.stream.destroy();
  const message = value as Extract<typeof value, { Body: unknown }>;
  const tuples = message.Body.ChargeParameterDiscoveryRes?.SAScheduleList?.SAScheduleTuple ?? [];
  return { tuples, signature: message.Header.Signature, discovery };
}

const watts = ({ PMaxSchedule }: SAScheduleTuple) =>
  PMaxSchedule.PMaxScheduleEntry.map(({ RelativeTimeInterval, PMax }) => [
    RelativeTimeInterval?.start,
    plainValue(PMax),
  ]);

const limits = (change: Partial<EnforcedLimits>): EnforcedLimits => ({
  ...{ uuid: "evse", valid_for: 60, limits_root_side: {}, schedule: [] },
  ...change,
});
const current = (value: number) => ({ ac_max_current_A: { value, source: "grid" } });

describe("what the energy manager grants", () => {
  it("becomes the steps of the schedule", async () => {
    const of = await start();
    const at = (minutes: number) => new Date(of.clock.now() + minutes * 60_000).toISOString();
    of.mock.evse_manager[0]?.publish(
      "enforced_limits",
      limits({
        limits_root_side: current(10),
        schedule: [
          { timestamp: at(-30), limits_to_root: current(32) },
          { timestamp: at(30), limits_to_root: current(20) },
        ],
      }),
    );
    await of.heard();
    const { tuples } = await offeredBy(of);
    expect(tuples.map(watts)).toEqual([
      [
        [0, 6900],
        [1800, 13_800],
      ],
    ]);
  });

  it("is all that the hardware can until it is known", async () => {
    expect((await offeredBy(await start())).tuples.map(watts)).toEqual([[[0, 22_080]]]);
  });

  it("to one phase only is a limit in watt", () => {
    const one = { ...current(16), ac_max_phase_count: { value: 1, source: "grid" } };
    expect(grantsOf(limits({ limits_root_side: one }), 5, 230)).toEqual([{ from: 5, current: 16, power: 3680 }]);
  });
});

describe("an operator's schedules", () => {
  it("are offered with tariffs that the operator's key has signed; the service may be free", async () => {
    const pki = await createPki({ clock: systemClock, random: cryptoRandom });
    const { key, certificate } = pki.members.moSub2;
    file(exportPrivateKey(key, "pkcs8", "secret"), "key.pem");
    const night = { SAScheduleTupleID: 2, SalesTariffDescription: "night", entries: [{ ...entry, PMax: 3000 }] };
    file({ SAScheduleTuple: [tuple, night] });
    const tariffs = { schedules: "schedules.json", sales_tariff_key: "key.pem", sales_tariff_key_password: "secret" };
    const of = await start({ ...tariffs, free_service: true });
    const { tuples, signature, discovery } = await offeredBy(of);
    expect(discovery).toMatchObject({ message: { ChargeService: { FreeService: true } } });
    expect(tuples.map(watts)).toEqual([[[0, 22_080]], [[0, 3000]]]);
    expect(tuples[1]?.SalesTariff).toMatchObject({ SalesTariffID: 2, SalesTariffDescription: "night" });
    const elements = tuples.flatMap(({ SalesTariff: value }) =>
      value ? [{ set: iso2, name: "SalesTariff", id: value["@Id"] ?? "", value }] : [],
    );
    expect(elements).toHaveLength(2);
    if (!signature) throw new TypeError("no signature");
    expect(verifySignature({ signature, elements, publicKey: certificate.publicKey })).toMatchObject({ ok: true });
  });

  it("go out unsigned without a key", async () => {
    file({ SAScheduleTuple: [tuple] });
    const { tuples, signature, discovery } = await offeredBy(await start({ schedules: "schedules.json" }));
    expect(tuples[0]?.SalesTariff).toBeDefined();
    expect(signature).toBeUndefined();
    expect(discovery).toMatchObject({ message: { ChargeService: { FreeService: false } } });
  });

  it("are those of the guide", async () => {
    const guide = readFileSync(new URL("../../../docs/how-to/schedules.md", import.meta.url), "utf8");
    const [, json = ""] = /```json\n([\s\S]*?)```/.exec(guide) ?? [];
    const { offers } = await readSchedules(files, { schedules: file(json), key: "", password: "" });
    expect(offers).toMatchObject([{ id: 1 }, { id: 2, description: "by night" }]);
  });

  it.each<[string, unknown, object]>([
    ["no JSON", "{", { fix: "Mend its syntax." }],
    ["another key", { Tuples: [] }, { expected: expect.stringContaining("array") }],
    ["none", { SAScheduleTuple: [] }, { key: "SAScheduleTuple" }],
    [
      "four",
      { SAScheduleTuple: [1, 2, 3, 4].map((id) => ({ ...tuple, SAScheduleTupleID: id })) },
      { key: "SAScheduleTuple" },
    ],
    [
      "an id of 0",
      { SAScheduleTuple: [{ ...tuple, SAScheduleTupleID: 0 }] },
      { key: "SAScheduleTuple.0.SAScheduleTupleID" },
    ],
    ["an id twice", { SAScheduleTuple: [tuple, tuple] }, { key: "SAScheduleTuple.1", expected: "an id of its own" }],
    [
      "a time that is none",
      { SAScheduleTuple: [{ ...tuple, entries: [{ from: "24:00" }] }] },
      { expected: "a time of day such as 22:00" },
    ],
    [
      "times in disorder",
      { SAScheduleTuple: [{ ...tuple, entries: [{ from: "12:00" }, { from: "06:00" }] }] },
      { expected: "entries in the order of time" },
    ],
    [
      "a price for some",
      { SAScheduleTuple: [{ ...tuple, entries: [entry, { from: "06:00" }] }] },
      { expected: expect.stringContaining("EPriceLevel") },
    ],
    [
      "a negative power",
      { SAScheduleTuple: [{ ...tuple, entries: [{ from: "06:00", PMax: -1 }] }] },
      { key: "SAScheduleTuple.0.entries.0.PMax" },
    ],
  ])("bad case: %s: the file, the key and what was expected are named", async (_what, content, details) => {
    const path = file(content);
    const reading = readSchedules(files, { schedules: path, key: "", password: "" });
    await expect(reading).rejects.toBeInstanceOf(UserError);
    await expect(reading).rejects.toMatchObject({ details: { file: path, ...details } });
  });

  it.each([
    ["there is no such key file", "nowhere.pem", /cannot be read \(ENOENT\)/],
    ["the key file holds no key", "schedules.json", /key/i],
  ])("bad case: %s", async (_what, key, sentence) => {
    const schedules = file({ SAScheduleTuple: [tuple] });
    await expect(readSchedules(files, { schedules, key: join(dir, key), password: "" })).rejects.toThrow(sentence);
  });
});
