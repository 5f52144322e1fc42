/** Short scenes at an EVSE, each of which shows what one configuration key does. */
import type { Powermeter } from "../../../../src/interfaces/types/powermeter.ts";
import { EvseManager } from "../../../../src/modules/EvseManager/index.ts";
import { type EvseManagerConfig, manifest } from "../../../../src/modules/EvseManager/manifest.ts";
import { type Files, nodeFiles } from "../../../../src/util/files.ts";
import { startUnderTest } from "../../../framework/underTest.ts";
import { accepted, cardToken, contractToken, type FakeEvse, type FakeOptions, fakeEvse } from "../fakeNeighbours.ts";
import { boardCapabilities, neighbour } from "../neighbours.ts";

export type Config = Readonly<Record<string, unknown>>;

/** An EVSE at which no car has been. */
export async function station(config: Config, options: FakeOptions = {}): Promise<FakeEvse> {
  const evse = fakeEvse({ ...options, config: config as Partial<EvseManagerConfig> });
  await evse.boot();
  evse.board("A");
  evse.news();
  return evse;
}

/** A car of basic charging, whose driver has paid by card. */
export async function paid(config: Config, options: FakeOptions = {}): Promise<FakeEvse> {
  const evse = await station(config, { hlc: false, ...options });
  evse.board("B");
  evse.evse.authorizeResponse(cardToken, accepted);
  await evse.settle();
  return evse;
}

export async function basicCharging(config: Config, options: FakeOptions = {}): Promise<FakeEvse> {
  const evse = await paid(config, options);
  evse.board("C", "PowerOn");
  evse.news();
  return evse;
}

/** A car in the charge loop of ISO 15118, which has paid by its contract. */
export async function contractCharging(config: Config): Promise<FakeEvse> {
  const evse = await station(config);
  evse.board("B");
  await evse.clock.advance(500);
  evse.evse.slacMatching(true);
  evse.evse.requireContract(contractToken);
  evse.evse.authorizeResponse(evse.tokens[0] ?? contractToken, accepted);
  await evse.settle();
  evse.evse.feed({ type: "hlcChargeLoop" });
  evse.evse.feed({ type: "hlcContactor", close: true });
  evse.board("C", "PowerOn");
  evse.news();
  return evse;
}

export const reading = (wh: number, ampere?: number): Powermeter => ({
  timestamp: "2026-01-01T00:00:00.000Z",
  energy_Wh_import: { total: wh },
  ...(ampere === undefined ? {} : { current_A: { L1: ampere, L2: 0, L3: 0 } }),
});

/** How long it takes until `came`; looked at ten times a second. */
export async function waited(evse: FakeEvse, came: () => boolean, mostMs = 60_000): Promise<number | "never"> {
  for (let passed = 0; passed <= mostMs; passed += 100) {
    if (came()) return passed;
    await evse.clock.advance(100);
  }
  return "never";
}

const { requires } = manifest;
type Requirement = keyof typeof requires;
const everything = ["slac", "hlc", "powermeter_grid_side", "connector_lock", "store"] as const;
const ok = { status: "OK" };

/** The module with its neighbours, in which one key is looked at; stops it at the end. */
export async function atModule<T>(
  config: Config,
  look: (module: Awaited<ReturnType<typeof moduleUnderTest>>) => T | Promise<T>,
  connected: readonly Requirement[] = everything,
): Promise<T> {
  const it = await moduleUnderTest(config, connected);
  try {
    return await look(it);
  } finally {
    await it.tested.station.stop();
  }
}

async function moduleUnderTest(config: Config, connected: readonly Requirement[]) {
  const calls: string[] = [];
  const answers = { start_transaction: ok, stop_transaction: ok };
  const mocks = Object.fromEntries(
    (["bsp", ...connected] as const).map((name) => [name, [neighbour(name, requires[name].interface, calls, answers)]]),
  );
  const written: { path: string; content: string }[] = [];
  const files: Files = {
    ...nodeFiles,
    makeFolder: async () => {},
    write: async (path, content) => void written.push({ path, content: String(content) }),
  };
  const tested = await startUnderTest(EvseManager, {
    config: { connector_id: 1, initial_meter_value_timeout_ms: 0, ...config },
    mocks,
    ports: { files },
  });
  const [bsp] = tested.mock.bsp;
  bsp?.publish("capabilities", { ...boardCapabilities, max_current_A_export: 16 });
  bsp?.publish("event", { event: "A" });
  await tested.heard();
  return {
    tested,
    bsp,
    written,
    calls: async () => {
      await tested.heard();
      return calls;
    },
    /** The last call of this name. */
    async last(name: string): Promise<string | undefined> {
      await tested.heard();
      return calls.findLast((call) => call === name || call.startsWith(`${name} `));
    },
    async line(...events: ("A" | "B" | "C" | "PowerOn" | "PowerOff")[]) {
      for (const event of events) bsp?.publish("event", { event });
      await tested.heard();
    },
  };
}
