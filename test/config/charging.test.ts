/** Every station of config/ in this process, two at a time: a car charges at each EVSE. */
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freeUdpPort } from "../../src/cli/demo/freePort.ts";
import { moduleShareFolder } from "../../src/cli/demo/installation.ts";
import { loggingTracer } from "../../src/cli/manager/tracer.ts";
import { loadModules } from "../../src/cli/modules.ts";
import { loadConfig } from "../../src/framework/config.ts";
import { startStation } from "../../src/framework/manager.ts";
import { systemClock as clock } from "../../src/util/clock.ts";
import { nodeFiles as files } from "../../src/util/files.ts";
import { type Logger, silentLogger } from "../../src/util/log.ts";
import { cryptoRandom as random } from "../../src/util/random.ts";
import { openSite, Said, type Site } from "./site.ts";

const folder = resolve(import.meta.dirname, "../../config");
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => name.replace(/\.yaml$/, ""));

const dir = mkdtempSync(join(tmpdir(), "plugcharge-config-"));
let site: Site;
beforeAll(async () => {
  site = await openSite(dir, names);
});
afterAll(async () => {
  await site.close();
  rmSync(dir, { recursive: true });
});

const modules = loadModules;

async function station(name: string) {
  const file = join(folder, `${name}.yaml`);
  const plain = await loadConfig({ file, files, modules });
  const config = await loadConfig({ file, files, modules, overrides: await site.overlay(plain, name) });
  // A store of certificates belongs to one station: it mends what it finds unfinished.
  const certsDir = join(dir, name, "certs");
  cpSync(site.certs, certsDir, { recursive: true });
  const said = new Said();
  const errors: string[] = [];
  const log: Logger = {
    ...silentLogger,
    info: (_facts, message) => said.add(message),
    warn: (_facts, message) => said.add(message),
    error: (_facts, message) => void errors.push(message),
    child: () => log,
  };
  const running = await startStation({
    config,
    ports: {
      ...{ clock, random, files, log, trace: loggingTracer(log) },
      simulation: { delayFactor: 0, sdpPort: await freeUdpPort() },
    },
    env: (moduleName) => ({
      ...{ certsDir, shareDir: moduleShareFolder(moduleName), dataDir: join(dir, name) },
    }),
  });
  const publish = running.external.publish;
  return { config, said, errors, publish, stop: () => running.stop() };
}

/** More stations at once than cores would keep cars waiting: for a CurrentDemandRes they have 250 ms. */
const LANES = 2;
const turns: Promise<void>[] = Array.from({ length: LANES }, () => Promise.resolve());

/** Runs `act` when the one before it in its lane is done. */
function inLane(index: number, act: () => Promise<void>): Promise<void> {
  const done = (turns[index % LANES] ?? Promise.resolve()).then(act);
  turns[index % LANES] = done.catch(() => {});
  return done;
}

async function chargeEverywhere(name: string): Promise<void> {
  const { config, stop, errors, ...running } = await station(name);
  try {
    const evses = config.modules.filter(({ moduleName }) => moduleName === "EvseManager").length;
    expect(await site.chargeAll(config, name, running)).toBe(evses);
  } finally {
    await stop();
  }
  expect(errors).toEqual([]);
}

describe("the configurations that ship with the package", () => {
  const turn = names.map((name, index) => [name, index] as const);
  it.concurrent.each(turn)(
    "%s charges a car at every EVSE",
    (name, index) => inLane(index, () => chargeEverywhere(name)),
    120_000,
  );
});
