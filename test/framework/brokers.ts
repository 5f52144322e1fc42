/** Brokers to test with: ours, and Mosquitto where there is one. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBroker } from "../../src/framework/bus/broker.ts";

export interface TestBroker {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Why there is no Mosquitto here; undefined when there is one. */
export const noMosquitto: string | undefined =
  spawnSync("mosquitto", ["-h"]).error === undefined
    ? undefined
    : "mosquitto is not installed (apt-get install mosquitto)";

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === "object" && address ? address.port : 0;
}

/** Mosquitto on the loopback interface; resolves when it listens. It keeps nothing over its end. */
export async function startMosquitto(port: number): Promise<TestBroker> {
  const dir = await mkdtemp(join(tmpdir(), "plugcharge-mosquitto-"));
  const config = join(dir, "mosquitto.conf");
  // Without its small packets wait for each other, 40 ms each time.
  await writeFile(config, `listener ${port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n`);
  const child: ChildProcess = spawn("mosquitto", ["-v", "-c", config], { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(child, "exit");
  await new Promise<void>((resolve, reject) => {
    child.once("exit", () => reject(new Error("mosquitto ended at once")));
    child.stderr?.on("data", (text) => {
      if (/running/.test(String(text))) resolve();
    });
  });
  return {
    host: "127.0.0.1",
    port,
    async close() {
      child.kill("SIGKILL");
      await ended;
      await rm(dir, { recursive: true });
    },
  };
}

export interface BrokerKind {
  readonly name: string;
  /** Why it cannot be used here. */
  readonly absent: string | undefined;
  start(port: number): Promise<TestBroker>;
}

export const brokers: readonly BrokerKind[] = [
  { name: "aedes", absent: undefined, start: startBroker },
  { name: "Mosquitto", absent: noMosquitto, start: startMosquitto },
];
