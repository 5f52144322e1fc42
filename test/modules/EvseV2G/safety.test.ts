/**
 * The station's EVSEs, their SECCs and Auth together, with cars that speak ISO 15118-2 in whole messages: whatever comes
 * late, twice, or while somebody unplugs, nobody gets energy that nobody has paid for (A16, A17, A18, C02, C05).
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { checkConfig } from "../../../src/framework/config.ts";
import type { InterfaceDefinition } from "../../../src/framework/interface.ts";
import { type Station, startStation } from "../../../src/framework/manager.ts";
import { defineManifest } from "../../../src/framework/manifest.ts";
import { defineModule, type ModuleContext } from "../../../src/framework/module.ts";
import { auth } from "../../../src/interfaces/auth.ts";
import { auth_token_validator } from "../../../src/interfaces/auth_token_validator.ts";
import { energy } from "../../../src/interfaces/energy.ts";
import { evse_board_support } from "../../../src/interfaces/evse_board_support.ts";
import { evse_manager } from "../../../src/interfaces/evse_manager.ts";
import { evse_security } from "../../../src/interfaces/evse_security.ts";
import { slac } from "../../../src/interfaces/slac.ts";
import type { ProvidedIdToken, ValidationResult } from "../../../src/interfaces/types/authorization.ts";
import type { Named, RequestName } from "../../../src/iso15118/iso2/index.ts";
import { Auth } from "../../../src/modules/Auth/index.ts";
import { EvseManager } from "../../../src/modules/EvseManager/index.ts";
import { evseV2G } from "../../../src/modules/EvseV2G/index.ts";
import { createPki } from "../../../src/pki/index.ts";
import { memoryNetwork } from "../../../src/transport/memory.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { nodeFiles } from "../../../src/util/files.ts";
import { silentLogger } from "../../../src/util/log.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { silentTracer } from "../../../src/util/trace.ts";
import { exportPrivateKey, toPem } from "../../../src/x509/index.ts";
import { contractKey } from "../../secc/fixtures.ts";
import { code, TestEv } from "../../secc/world.ts";

const TLS_PORT = 64109;
const EVSES = [0, 1] as const;
const accepted: ValidationResult = { authorization_status: "Accepted", tariff_messages: [] };
const invalid: ValidationResult = { authorization_status: "Invalid", tariff_messages: [] };

const dir = mkdtempSync(join(tmpdir(), "plugcharge-safety-"));
afterAll(() => rmSync(dir, { recursive: true }));
const pki = await createPki({ clock: systemClock, random: cryptoRandom });
const { secc } = pki.members;
const [chainFile, keyFile] = [join(dir, "chain.pem"), join(dir, "key.pem")];
writeFileSync(chainFile, toPem(secc.certificate, ...pki.chain("secc")));
writeFileSync(keyFile, exportPrivateKey(secc.key, "pkcs8"));

const world = defineManifest({
  description: "everything around two EVSEs, their SECCs and Auth",
  provides: {
    bsp1: { interface: evse_board_support },
    bsp2: { interface: evse_board_support },
    slac1: { interface: slac },
    slac2: { interface: slac },
    csms: { interface: auth_token_validator },
    security: { interface: evse_security },
  },
  requires: {
    auth: { interface: auth },
    evse: { interface: evse_manager, min: 2, max: 2 },
    grid: { interface: energy, min: 2, max: 2 },
  },
});

const capabilities = {
  ...{ max_current_A_import: 32, min_current_A_import: 6, max_phase_count_import: 3, min_phase_count_import: 1 },
  ...{ max_current_A_export: 0, min_current_A_export: 0, max_phase_count_export: 3, min_phase_count_export: 1 },
  ...{ supports_changing_phases_during_charging: false, supports_cp_state_E: false },
  connector_type: "IEC62196Type2Cable",
} as const;

/** Answers every command with null, except those of `answers`. */
function deaf(definition: InterfaceDefinition, answers: object = {}) {
  const nothing = Object.fromEntries(Object.keys(definition.cmds).map((name) => [name, () => null]));
  return { ...nothing, ...answers } as never;
}

const leafInfo = {
  status: "Accepted",
  info: [{ key: keyFile, certificate: chainFile, certificate_count: 3 }],
} as const;

/** The good way of a car with a contract; signed where it must be. */
const way: readonly (RequestName | "stop")[] = [
  ...(["SessionSetupReq", "ServiceDiscoveryReq", "PaymentServiceSelectionReq", "PaymentDetailsReq"] as const),
  ...(["AuthorizationReq", "ChargeParameterDiscoveryReq", "PowerDeliveryReq", "ChargingStatusReq"] as const),
  ...(["ChargingStatusReq", "stop", "SessionStopReq"] as const),
];

/** A car that sends its next message when it is told to, whether it has been answered or not. */
class Car {
  ev: TestEv | undefined;
  /** Names and codes of all responses. */
  readonly heard: string[] = [];
  #at = 0;
  #challenge: Uint8Array = new Uint8Array(16);

  async connect(network: ReturnType<typeof memoryNetwork>): Promise<void> {
    this.leave();
    try {
      this.ev = await TestEv.connectTo(network, TLS_PORT);
      void this.#quietly(this.ev.agree());
    } catch {
      // Without a data link or a slot there is no connection.
    }
  }

  leave(): void {
    this.ev?.stream.destroy();
    this.ev = undefined;
    this.#at = 0;
  }

  step(): void {
    const next = way[Math.min(this.#at++, way.length - 1)] ?? "ChargingStatusReq";
    if (next === "stop") this.say("PowerDeliveryReq", { ChargeProgress: "Stop" });
    else this.say(next);
  }

  say(name: RequestName, body: object = {}): void {
    const { ev } = this;
    if (!ev) return;
    const signed = name === "AuthorizationReq" || name === "MeteringReceiptReq";
    const change = name === "AuthorizationReq" ? { GenChallenge: this.#challenge } : body;
    void this.#quietly(ev.ask(name, change, signed ? contractKey : undefined).then((answer) => this.#hear(answer)));
  }

  #hear(answer: Named | undefined): void {
    if (answer) this.heard.push(`${answer.name} ${code(answer)}`);
    if (answer?.name === "PaymentDetailsRes") this.#challenge = answer.message.GenChallenge;
    // Who is told to wait asks again.
    const waits = answer && "EVSEProcessing" in answer.message && answer.message.EVSEProcessing !== "Finished";
    if (waits) this.#at--;
  }

  /** A connection that breaks is part of the game. */
  async #quietly(work: Promise<unknown>): Promise<void> {
    await work.catch(() => {});
  }
}

/** A question of Auth to the CSMS, with the plug-in in which it was asked. */
interface Question {
  readonly evse: number;
  readonly plugIn: number;
  readonly answer: (result: ValidationResult) => void;
}

/** An EVSE as a bystander sees it. */
interface Seen {
  line: "A" | "B" | "C";
  plugIn: number;
  /** Somebody was accepted in this plug-in, and nothing has taken it back. */
  paid: boolean;
  /** Somebody was accepted in this plug-in. */
  everPaid: boolean;
  unpaidSince: number;
  linkLostAt: number | undefined;
  /** A duty cycle of 5 %: power is for cars that speak ISO 15118. */
  digital: boolean;
  power: boolean;
}

let station: Station | undefined;
afterEach(() => station?.stop());

async function start() {
  const clock = new ManualClock();
  const networks = [memoryNetwork(), memoryNetwork()] as const;
  const seen: Seen[] = EVSES.map(() => ({
    ...{
      line: "A",
      plugIn: 0,
      paid: false,
      everPaid: false,
      unpaidSince: 0,
      linkLostAt: undefined,
      digital: false,
      power: false,
    },
  }));
  const questions: Question[] = [];
  let context: ModuleContext<typeof world> | undefined;
  const of = (index: number) => seen[index] ?? expect.unreachable("no such EVSE");
  const board = (index: number) =>
    deaf(evse_board_support, {
      pwm_on({ value }: { value: number }) {
        of(index).digital = value < 7;
        return null;
      },
      allow_power_on({ value: { allow_power_on: allow } }: { value: { allow_power_on: boolean } }) {
        const evse = of(index);
        if (evse.power !== allow) {
          evse.power = allow;
          const bsp = index === 0 ? context?.provides.bsp1 : context?.provides.bsp2;
          bsp?.publish("event", { event: allow ? "PowerOn" : "PowerOff" });
        }
        return null;
      },
    });
  const ask = ({ provided_token: { connectors = [] } }: { provided_token: ProvidedIdToken }) =>
    new Promise<ValidationResult>((answer) => {
      const evse = (connectors[0] ?? 1) - 1;
      questions.push({ evse, plugIn: of(evse).plugIn, answer });
    });
  const World = defineModule(world, (ctx) => {
    context = ctx;
    return {
      provides: {
        bsp1: board(0),
        bsp2: board(1),
        slac1: deaf(slac),
        slac2: deaf(slac),
        csms: { validate_token: ask },
        security: deaf(evse_security, { get_all_valid_certificates_info: () => leafInfo, get_verify_file: () => "" }),
      },
    };
  });
  const to = (module_id: string, implementation_id: string) => ({ module_id, implementation_id });
  const evse = (id: number) => ({
    module: "EvseManager",
    config_module: { connector_id: id, ac_hlc_enabled: true, initial_meter_value_timeout_ms: 0 },
    connections: {
      bsp: [to("world", `bsp${id}`)],
      slac: [to("world", `slac${id}`)],
      hlc: [to(`v2g${id}`, "charger")],
    },
  });
  const v2g = (id: number) => ({
    module: `V2G${id}`,
    config_module: { device: "lo", enable_sdp_server: false },
    connections: { security: [to("world", "security")] },
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
    ...{ evse1: evse(1), evse2: evse(2), v2g1: v2g(1), v2g2: v2g(2) },
    auth: {
      module: "Auth",
      config_module: { connection_timeout: 60, selection_algorithm: "PlugEvents" },
      connections: {
        token_provider: [to("evse1", "token_provider"), to("evse2", "token_provider")],
        token_validator: [to("world", "csms")],
        evse_manager: [to("evse1", "evse"), to("evse2", "evse")],
      },
    },
  };
  station = await startStation({
    config: checkConfig({
      sources: [{ file: "test.yaml", text: "" }],
      overrides: { active_modules },
      modules: {
        ...{ World, EvseManager, Auth },
        V2G1: evseV2G({ networkOf: () => networks[0] }),
        V2G2: evseV2G({ networkOf: () => networks[1] }),
      },
    }),
    ports: {
      ...{ clock, trace: silentTracer, random: cryptoRandom, files: nodeFiles, log: silentLogger },
      simulation: { delayFactor: 0 },
    },
    env: () => ({ certsDir: dir, shareDir: dir }),
  });
  const { provides, requires } = context ?? expect.unreachable("no world");
  const boards = [provides.bsp1, provides.bsp2];
  const links = [provides.slac1, provides.slac2];
  for (const bsp of boards) {
    bsp.publish("capabilities", capabilities);
    bsp.publish("event", { event: "A" });
  }
  await clock.advance(0);
  for (const [index, node] of requires.grid.entries()) {
    const limits_root_side = { ac_max_current_A: { value: 16, source: "test" } };
    const value = { uuid: `evse${index + 1}`, valid_for: 100_000, limits_root_side, schedule: [] };
    await node.call("enforce_limits", { value });
  }
  const cars = [new Car(), new Car()] as const;
  const lose = (evse: Seen) => {
    if (evse.paid) evse.unpaidSince = clock.monotonic();
    evse.paid = false;
  };
  return {
    ...{ clock, seen, questions, cars, networks, requires },
    line(index: number, line: Seen["line"]) {
      const evse = of(index);
      if (line === "A" && evse.line !== "A") {
        lose(evse);
        cars[index]?.leave();
      }
      if (line !== "A" && evse.line === "A") Object.assign(evse, { plugIn: evse.plugIn + 1, everPaid: false });
      evse.line = line;
      boards[index]?.publish("event", { event: line });
    },
    link(index: number, ready: boolean) {
      const evse = of(index);
      evse.linkLostAt = ready ? undefined : (evse.linkLostAt ?? clock.monotonic());
      links[index]?.publish("state", ready ? "MATCHED" : "UNMATCHED");
      links[index]?.publish("dlink_ready", ready);
    },
    answer(result: ValidationResult) {
      const question = questions.shift();
      if (!question) return;
      const evse = of(question.evse);
      const counts = evse.plugIn === question.plugIn && evse.line !== "A";
      if (counts && result === accepted) Object.assign(evse, { paid: true, everPaid: true });
      question.answer(result);
    },
    async withdrawAll() {
      for (const evse of seen) lose(evse);
      await requires.auth[0]?.call("withdraw_authorization", { request: {} });
    },
    /** Refused where no transaction runs. */
    async stop(index: number) {
      const stopped = await requires.evse[index]?.call("stop_transaction", { request: { reason: "Remote" } });
      if (stopped) lose(of(index));
    },
    /** What must hold whenever everybody has heard everything. */
    look() {
      for (const [index, evse] of seen.entries()) {
        const now = clock.monotonic();
        if (!evse.power) continue;
        expect(evse.line, `power in state ${evse.line} at EVSE ${index + 1}`).toBe("C");
        expect(evse.everPaid, "power for nobody").toBe(true);
        const unpaid = evse.paid ? 0 : now - evse.unpaidSince;
        expect(unpaid, "energy that nobody pays for").toBeLessThanOrEqual(20_000);
        const lost = evse.linkLostAt === undefined || !evse.digital ? 0 : now - evse.linkLostAt;
        expect(lost, "power without a data link").toBeLessThanOrEqual(500);
      }
    },
  };
}
type Started = Awaited<ReturnType<typeof start>>;

const names = [
  ...(["plug", "unplug", "C", "B", "linkUp", "linkDown", "connect", "leave", "step", "step", "step", "step"] as const),
  ...(["accept", "accept", "refuse", "withdraw", "stop", "tick", "settle", "settle", "100ms", "1s", "21s"] as const),
  ...(["PowerDeliveryReq", "AuthorizationReq", "SessionSetupReq", "ChargeParameterDiscoveryReq"] as const),
] as const;
type Act = (typeof names)[number];

function perform(of: Started, name: Act, evse: 0 | 1): unknown {
  const car = of.cars[evse];
  const acts: Readonly<Record<Act, () => unknown>> = {
    plug: () => of.seen[evse]?.line === "A" && of.line(evse, "B"),
    unplug: () => of.line(evse, "A"),
    C: () => of.seen[evse]?.line !== "A" && of.line(evse, "C"),
    B: () => of.seen[evse]?.line !== "A" && of.line(evse, "B"),
    linkUp: () => of.seen[evse]?.line !== "A" && of.link(evse, true),
    linkDown: () => of.link(evse, false),
    connect: () => of.seen[evse]?.line !== "A" && car.connect(of.networks[evse]),
    leave: () => car.leave(),
    step: () => car.step(),
    accept: () => of.answer(accepted),
    refuse: () => of.answer(invalid),
    withdraw: () => void of.withdrawAll(),
    stop: () => void of.stop(evse),
    tick: () => Promise.resolve(),
    settle: () => of.clock.advance(0),
    "100ms": () => of.clock.advance(100),
    "1s": () => of.clock.advance(1000),
    "21s": () => of.clock.advance(21_000),
    PowerDeliveryReq: () => car.say("PowerDeliveryReq"),
    AuthorizationReq: () => car.say("AuthorizationReq"),
    SessionSetupReq: () => car.say("SessionSetupReq"),
    ChargeParameterDiscoveryReq: () => car.say("ChargeParameterDiscoveryReq"),
  };
  return acts[name]();
}

/** Acts after which everybody has heard everything. */
const settling: readonly Act[] = ["settle", "100ms", "1s", "21s"];

const steps = (count: number) => Array.from({ length: count }, () => ["step", "settle"] as const).flat();
const connected: readonly Act[] = ["plug", "settle", "1s", "linkUp", "settle", "connect", "settle"];
/** Up to the question whether the contract is good. */
const asked: readonly Act[] = [...connected, ...steps(5)];
/** From a good contract to the charge loop. */
const onwards: readonly Act[] = ["settle", ...steps(1), "C", ...steps(1), "settle", ...steps(1)];
const toPower: readonly Act[] = [...asked, "accept", ...onwards];

/** Ordinary ways, and those on which something has gone wrong before; disturbed at any point by anything. */
const ways: readonly (readonly Act[])[] = [
  toPower,
  // The answer for a car comes when another is plugged in, before that one asks and after.
  [...asked, "unplug", "settle", ...connected, "accept", "settle", ...steps(5), ...onwards],
  [...asked, "unplug", "settle", ...asked, "accept", ...onwards],
  // Two cars at one EVSE, of which the first never asked.
  [...connected, ...steps(4), "leave", "settle", "connect", "settle", ...steps(5), "accept", ...onwards],
  // Withdrawn before the transaction, and while it runs.
  [...asked, "withdraw", "accept", ...onwards],
  [...toPower, "withdraw", "settle", "step", "21s"],
  [...toPower, "stop", "settle", "unplug", "settle", ...asked, ...onwards],
];

const act = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...EVSES));
const disturbances = fc.array(fc.tuple(fc.nat({ max: 50 }), act), { maxLength: 5 });

type Happening = readonly [Act, 0 | 1];

interface Story {
  readonly way: readonly Act[];
  readonly at: readonly (readonly [number, Happening])[];
  readonly wild: readonly Happening[];
  readonly end: keyof typeof ends;
}

/** After each of these nobody has power. */
const ends = {
  /** Everything is taken back, and everybody who was asked says yes too late. */
  async withdrawn(of: Started) {
    await of.withdrawAll();
    for (const { answer } of of.questions.splice(0)) answer(accepted);
    await of.clock.advance(21_000);
  },
  async unplugged(of: Started) {
    for (const evse of EVSES) of.line(evse, "A");
    for (const { answer } of of.questions.splice(0)) answer(accepted);
    await of.clock.advance(0);
  },
  /** C05. Who charges with nominal PWM needs no data link, and is unplugged. */
  async "link lost"(of: Started) {
    for (const [index, { digital }] of of.seen.entries()) if (!digital) of.line(index, "A");
    for (const evse of EVSES) of.link(evse, false);
    await of.clock.advance(500);
  },
};

/** PLUGCHARGE_RUNS for a longer search. */
const numRuns = Number(process.env.PLUGCHARGE_RUNS ?? 80);

describe("no energy that nobody has paid for", () => {
  test("the undisturbed way leads to power, so that the property below means something", async () => {
    const of = await start();
    for (const name of toPower) await perform(of, name, 0);
    expect(of.seen.map(({ power }) => power)).toEqual([true, false]);
    of.look();
  });

  test("a car with the contract of another one that charges gets nothing, and does not disturb it (C02)", async () => {
    const of = await start();
    for (const name of toPower) await perform(of, name, 0);
    for (const name of toPower) await perform(of, name, 1);
    expect(of.seen.map(({ power }) => power)).toEqual([true, false]);
    expect(of.cars[1].heard).toContain("AuthorizationRes FAILED");
    // Once the first has gone, the second may charge.
    for (const name of ["unplug", "settle"] as const) await perform(of, name, 0);
    for (const name of ["unplug", "settle", ...toPower] as const) await perform(of, name, 1);
    expect(of.seen.map(({ power }) => power)).toEqual([false, true]);
    of.look();
  });

  test("whatever happens in between, in whatever order", { timeout: 300_000 }, async () => {
    let powered = 0;
    const run = async ({ way, at, wild, end }: Story) => {
      const of = await start();
      const whole = way.map((name) => [name, 0] as const satisfies Happening);
      for (const [index, each] of at) whole.splice(Math.min(index, whole.length), 0, each as (typeof whole)[number]);
      for (const [name, evse] of [...whole, ...wild]) {
        await perform(of, name, evse);
        if (settling.includes(name)) of.look();
      }
      await of.clock.advance(0);
      of.look();
      if (of.seen.some(({ power }) => power)) powered++;
      await ends[end](of);
      of.look();
      expect(of.seen.map(({ power }) => power)).toEqual([false, false]);
      for (const evse of EVSES) of.line(evse, "A");
      await station?.stop();
      expect(of.clock.pending, "timers left").toBe(0);
    };
    const story = fc.record<Story>({
      way: fc.constantFrom(...ways),
      at: disturbances,
      wild: fc.array(act, { maxLength: 20 }),
      end: fc.constantFrom("withdrawn", "unplugged", "link lost"),
    });
    await fc.assert(fc.asyncProperty(story, run), { numRuns, seed: 15_118 });
    expect(powered, "some had power to the end").toBeGreaterThan(numRuns / 10);
  });
});
