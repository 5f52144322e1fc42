import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { checkConfig } from "../../../src/framework/config.ts";
import type { InterfaceDefinition } from "../../../src/framework/interface.ts";
import { type Station, startStation } from "../../../src/framework/manager.ts";
import { defineManifest } from "../../../src/framework/manifest.ts";
import { defineModule, type ModuleContext } from "../../../src/framework/module.ts";
import { auth } from "../../../src/interfaces/auth.ts";
import { auth_token_provider } from "../../../src/interfaces/auth_token_provider.ts";
import { auth_token_validator } from "../../../src/interfaces/auth_token_validator.ts";
import { energy } from "../../../src/interfaces/energy.ts";
import { evse_board_support } from "../../../src/interfaces/evse_board_support.ts";
import { evse_manager } from "../../../src/interfaces/evse_manager.ts";
import { ISO15118_charger } from "../../../src/interfaces/ISO15118_charger.ts";
import { slac } from "../../../src/interfaces/slac.ts";
import type { ValidationResult } from "../../../src/interfaces/types/authorization.ts";
import { Auth } from "../../../src/modules/Auth/index.ts";
import { EvseManager } from "../../../src/modules/EvseManager/index.ts";
import { nodeFiles } from "../../../src/util/files.ts";
import { silentLogger } from "../../../src/util/log.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { Timeline } from "../../../src/util/trace.ts";
import { accepted, cardToken, contractToken, revoked } from "./fakeNeighbours.ts";

const world = defineManifest({
  description: "everything around two EVSEs and Auth",
  provides: {
    bsp1: { interface: evse_board_support },
    bsp2: { interface: evse_board_support },
    slac: { interface: slac },
    hlc: { interface: ISO15118_charger },
    cards: { interface: auth_token_provider },
    csms: { interface: auth_token_validator },
  },
  requires: {
    auth: { interface: auth },
    evse: { interface: evse_manager, min: 2, max: 2 },
    grid: { interface: energy, min: 2, max: 2 },
  },
});

const capabilities = {
  max_current_A_import: 32,
  min_current_A_import: 6,
  max_phase_count_import: 3,
  min_phase_count_import: 1,
  max_current_A_export: 0,
  min_current_A_export: 0,
  max_phase_count_export: 3,
  min_phase_count_export: 1,
  supports_changing_phases_during_charging: false,
  supports_cp_state_E: false,
  connector_type: "IEC62196Type2Cable",
} as const;

let station: Station | undefined;
afterEach(() => station?.stop());

/** Answers every command with null, except those of `answers`. */
function deaf(definition: InterfaceDefinition, answers: object = {}) {
  const nothing = Object.fromEntries(Object.keys(definition.cmds).map((name) => [name, () => null]));
  return { ...nothing, ...answers } as never;
}

async function start(config: object = {}) {
  const clock = new ManualClock();
  const trace = new Timeline(clock);
  const power = [false, false];
  const hlcAnswers: string[] = [];
  const questions: ((result: ValidationResult) => void)[] = [];
  const events: string[] = [];
  let context: ModuleContext<typeof world> | undefined;
  const board = (index: number) =>
    deaf(evse_board_support, {
      allow_power_on: ({ value }: { value: { allow_power_on: boolean } }) => {
        const { allow_power_on } = value;
        const before = power[index];
        power[index] = allow_power_on;
        const provided = index === 0 ? context?.provides.bsp1 : context?.provides.bsp2;
        if (before !== allow_power_on) provided?.publish("event", { event: allow_power_on ? "PowerOn" : "PowerOff" });
        return null;
      },
    });
  const World = defineModule(world, (ctx) => {
    context = ctx;
    ctx.requires.evse.forEach((evse, index) => {
      evse.subscribe("session_event", ({ event }) => void events.push(`${index + 1} ${event}`));
    });
    return {
      provides: {
        bsp1: board(0),
        bsp2: board(1),
        slac: deaf(slac),
        hlc: deaf(ISO15118_charger, {
          authorization_response: (answer: object) => {
            hlcAnswers.push(Object.values(answer).join(" "));
            return null;
          },
        }),
        cards: {},
        csms: { validate_token: () => new Promise<ValidationResult>((resolve) => questions.push(resolve)) },
      },
    };
  });
  const to = (module_id: string, implementation_id: string) => ({ module_id, implementation_id });
  const evse = (connector_id: number, connections: object) => ({
    module: "EvseManager",
    config_module: { connector_id, ac_hlc_enabled: connector_id === 1 },
    connections: { bsp: [to("world", `bsp${connector_id}`)], ...connections },
  });
  const active_modules = {
    world: {
      module: "World",
      connections: {
        auth: [to("auth", "main")],
        evse: [to("evse1", "evse"), to("evse2", "evse")],
        grid: [to("evse1", "energy_grid"), to("evse2", "energy_grid")],
      },
    },
    evse1: evse(1, { slac: [to("world", "slac")], hlc: [to("world", "hlc")] }),
    evse2: evse(2, {}),
    auth: {
      module: "Auth",
      config_module: { connection_timeout: 60, selection_algorithm: "PlugEvents", ...config },
      connections: {
        token_provider: [to("world", "cards"), to("evse1", "token_provider"), to("evse2", "token_provider")],
        token_validator: [to("world", "csms")],
        evse_manager: [to("evse1", "evse"), to("evse2", "evse")],
      },
    },
  };
  station = await startStation({
    config: checkConfig({
      sources: [{ file: "test.yaml", text: "" }],
      overrides: { active_modules, settings: { validate_schema: true } },
      modules: { World, EvseManager, Auth },
    }),
    ports: { clock, trace, random: cryptoRandom, files: nodeFiles, simulation: { delayFactor: 0 }, log: silentLogger },
    env: () => ({ certsDir: "/nowhere", shareDir: "/nowhere" }),
  });
  const { provides, requires } = context ?? expect.unreachable("no world");
  const [authority] = requires.auth;
  const boards = [provides.bsp1, provides.bsp2];
  const line = (index: number, event: "A" | "B" | "C") => boards[index]?.publish("event", { event });
  for (const index of [0, 1]) {
    boards[index]?.publish("capabilities", capabilities);
    line(index, "A");
  }
  await clock.advance(0);
  for (const [index, node] of requires.grid.entries()) {
    const limits_root_side = { ac_max_current_A: { value: 16, source: "test" } };
    await node.call("enforce_limits", {
      value: { uuid: `evse${index + 1}`, valid_for: 100_000, limits_root_side, schedule: [] },
    });
  }
  events.splice(0);
  return {
    clock,
    trace,
    power,
    questions,
    line,
    hlcAnswers,
    hlc: provides.hlc,
    settle: () => clock.advance(0),
    card: () => provides.cards.publish("provided_token", cardToken),
    contract: () => provides.hlc.publish("require_auth_pnc", contractToken),
    async answer(result: ValidationResult) {
      questions.shift()?.(result);
      await clock.advance(0);
    },
    withdrawAll: () => authority?.call("withdraw_authorization", { request: {} }),
    /** The car enters the charge loop of ISO 15118. */
    loop() {
      provides.hlc.publish("v2g_setup_finished", null);
      provides.hlc.publish("ac_close_contactor", null);
    },
    events: () => events.splice(0),
  };
}

describe("Auth and EvseManager together", () => {
  test("a contract: published, validated, authorized, answered", async () => {
    const { line, contract, answer, settle, hlcAnswers, events, trace } = await start();
    line(0, "B");
    await settle();
    contract();
    await settle();
    await answer(accepted);
    expect(hlcAnswers).toEqual(["Accepted Accepted"]);
    expect(events()).toEqual(["1 SessionStarted", "1 AuthRequired", "1 Authorized", "1 TransactionStarted"]);
    expect(trace.entries.map(({ step }) => step)).toEqual([1, 3, 5, 5]);
  });

  test("a revoked contract: the car hears it at once; a card may pay then", async () => {
    const { line, contract, card, answer, settle, hlcAnswers, events } = await start();
    line(0, "B");
    await settle();
    contract();
    await settle();
    await answer(revoked);
    expect(hlcAnswers).toEqual(["Invalid CertificateRevoked"]);
    card();
    await settle();
    await answer(accepted);
    expect(events()).toContain("1 TransactionStarted");
  });

  test("a card starts at one EVSE and stops there when it is shown again", async () => {
    const { line, card, answer, settle, events } = await start();
    line(1, "B");
    await settle();
    card();
    await settle();
    await answer(accepted);
    expect(events()).toContain("2 PrepareCharging");
    card();
    await settle();
    expect(events()).toEqual(["2 StoppingCharging", "2 ChargingFinished", "2 TransactionFinished"]);
  });

  test("an answer after the car left is dropped by both (CVE-2026-33014)", async () => {
    const { line, contract, answer, settle, hlcAnswers, events } = await start();
    line(0, "B");
    await settle();
    contract();
    await settle();
    line(0, "A");
    await settle();
    line(0, "B");
    await settle();
    events();
    await answer(accepted);
    expect(hlcAnswers).toEqual([]);
    expect(events()).toEqual([]);
  });

  test("plug_in_timeout_enabled: the car that nobody authorizes is told", async () => {
    const { line, clock, settle, hlcAnswers, events } = await start({ plug_in_timeout_enabled: true });
    line(0, "B");
    await settle();
    events();
    await clock.advance(60_000);
    expect(events()).toEqual(["1 Deauthorized", "1 PluginTimeout"]);
    expect(hlcAnswers).toEqual(["Unknown NoCertificateAvailable"]);
  });
});

describe("withdrawal in any interleaving (CVE-2026-29044)", () => {
  const act = fc.tuple(
    fc.constantFrom(
      "plug",
      "unplug",
      "C",
      "card",
      "contract",
      "loop",
      "accept",
      "refuse",
      "withdraw",
      "step",
      "steps",
      "settle",
    ),
    fc.constantFrom(0, 1),
  );

  test("after everything was withdrawn, nobody gets energy 20 s later, and every session ends once", async () => {
    /** The way to power at the first EVSE, of which a part is left out. */
    const ordinary = (["plug", "settle", "contract", "settle", "accept", "settle", "loop", "C", "settle"] as const).map(
      (name) => [name, 0] as const,
    );
    let charged = false;
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 9 }), fc.array(act, { maxLength: 30 }), async (skipped, acts) => {
        const { clock, line, card, contract, loop, questions, withdrawAll, power, settle, events } = await start();
        const perform: Record<string, (evse: number) => unknown> = {
          plug: (evse) => line(evse, "B"),
          unplug: (evse) => line(evse, "A"),
          C: (evse) => line(evse, "C"),
          card: () => card(),
          contract: () => contract(),
          loop: () => loop(),
          accept: () => questions.shift()?.(accepted),
          refuse: () => questions.shift()?.(revoked),
          withdraw: () => void withdrawAll(),
          step: () => Promise.resolve(),
          steps: async () => {
            for (let i = 0; i < 7; i++) await undefined;
          },
          settle: () => settle(),
        };
        for (const [name, evse] of [...ordinary, ...acts].slice(skipped)) await perform[name]?.(evse);
        await settle();
        charged ||= power.includes(true);
        await withdrawAll();
        for (const answer of questions.splice(0)) answer(accepted);
        await clock.advance(20_001);
        expect(power).toEqual([false, false]);
        line(0, "A");
        line(1, "A");
        await settle();
        const told = events();
        for (const evse of [1, 2]) {
          const count = (name: string) => told.filter((event) => event === `${evse} ${name}`).length;
          expect(count("SessionFinished"), "sessions").toBe(count("SessionStarted"));
          expect(count("TransactionFinished"), "transactions").toBe(count("TransactionStarted"));
        }
        await station?.stop();
      }),
      { numRuns: 100 },
    );
    expect(charged, "some charged before").toBe(true);
  });
});
