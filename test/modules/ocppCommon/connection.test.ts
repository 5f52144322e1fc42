/** The way to the CSMS over several profiles, with settings that change while it is in use (OCPP 2.0.1 B09, B10, A05; 1.6 security whitepaper A05). */
import { afterEach, describe, expect, it } from "vitest";
import type { NetworkProfile } from "../../../src/chargePoint/networkProfile.ts";
import type { ConnectionStatus } from "../../../src/interfaces/types/ocpp.ts";
import { Connection, type ConnectionPorts } from "../../../src/modules/ocppCommon/connection.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { silentLogger } from "../../../src/util/log.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { silentTracer } from "../../../src/util/trace.ts";
import { Cleanup, Inflow, startListener, type TestListener } from "../../rpc/support.ts";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

interface Scene {
  readonly connection: Connection;
  readonly statuses: Inflow<ConnectionStatus>;
  readonly securityEvents: Inflow<string>;
  readonly calls: string[];
  /** What the settings say; may be changed. */
  readonly settings: { profiles: readonly NetworkProfile[] | Error };
}

function profile(slot: number, url: string, more: Partial<NetworkProfile> = {}): NetworkProfile {
  return { slot, url, securityProfile: 1, identity: "CP001", password: "old", ...more };
}

async function connected(profiles: readonly NetworkProfile[]): Promise<Scene> {
  const [statuses, securityEvents] = [new Inflow<ConnectionStatus>(), new Inflow<string>()];
  const calls: string[] = [];
  const settings: Scene["settings"] = { profiles };
  const ports: ConnectionPorts = {
    ...{ clock: systemClock, random: cryptoRandom, log: silentLogger, trace: silentTracer },
    settings: {
      version: "2.0.1",
      profiles() {
        if (settings.profiles instanceof Error) throw settings.profiles;
        return settings.profiles;
      },
      attempts: () => 2,
      backOff: { waitMinimumMs: 0, randomRangeMs: 0, repeatTimes: 0 },
      pingIntervalMs: () => 0,
      ping: () => ({}),
    },
    endpointOf: async ({ url, identity, password }) => ({
      ...{ url, identity, subprotocols: ["ocpp2.0.1"] },
      security: { profile: 1, password },
    }),
    answer: () => async () => ({}),
    connected: () => calls.push("connected"),
    disconnected: () => calls.push("disconnected"),
    securityEvent: securityEvents.push,
    publishStatus: statuses.push,
    publishMessage: () => {},
  };
  const connection = new Connection(ports);
  await connection.prepare();
  cleanup.add(connection, (it) => it.stop());
  connection.start();
  return { connection, statuses, securityEvents, calls, settings };
}

const nowhere = "ws://127.0.0.1:1/ocpp";

/** A CSMS that knows one password; it can be changed. */
async function csms(): Promise<TestListener & { right: { password: string } }> {
  const right = { password: "old" };
  const listener = await startListener(cleanup, {
    authenticate: async ({ credentials }) =>
      Buffer.from(credentials?.password ?? []).toString() === right.password
        ? { ok: true, authenticated: true }
        : { ok: false, status: 401, reason: "wrong password" },
  });
  return { ...listener, right };
}

describe("the connection to the CSMS", () => {
  it("tries each profile so often, then the next; and begins with the first again when it is lost", async () => {
    const server = await csms();
    const { statuses, calls } = await connected([profile(1, nowhere), profile(2, server.url)]);
    expect(await statuses.next()).toMatchObject({ connected: true, configuration_slot: 2, ocpp_version: "2.0.1" });
    (await server.peers.next()).terminate();
    expect(await statuses.next()).toMatchObject({ connected: false, configuration_slot: 2 });
    expect(await statuses.next()).toMatchObject({ connected: true, configuration_slot: 2 });
    expect(calls).toEqual(["connected", "disconnected", "connected"]);
  });

  it("shows a new password at once", async () => {
    const server = await csms();
    const { connection, statuses, settings } = await connected([profile(1, server.url)]);
    await statuses.next();
    server.right.password = "new";
    settings.profiles = [profile(1, server.url, { password: "new" })];
    connection.renew();
    expect(await statuses.next()).toMatchObject({ connected: false });
    expect(await statuses.next()).toMatchObject({ connected: true });
  });

  it("falls back to the profile that works when a new one does not", async () => {
    const server = await csms();
    const { connection, statuses, settings } = await connected([profile(1, server.url)]);
    await statuses.next();
    settings.profiles = [profile(2, nowhere), profile(1, server.url)];
    connection.renew();
    expect(await statuses.next()).toMatchObject({ connected: false });
    expect(await statuses.next()).toMatchObject({ connected: true, configuration_slot: 1 });
  });

  it("bad case: a password that is refused is a security event, and it goes on with it until it is right", async () => {
    const server = await csms();
    server.right.password = "other";
    const { statuses, securityEvents } = await connected([profile(1, server.url)]);
    expect(await securityEvents.next()).toBe("FailedToAuthenticateAtCsms");
    server.right.password = "old";
    expect(await statuses.next()).toMatchObject({ connected: true });
  });

  it("bad case: settings that cannot be read leave the connection as it is, and the next one too", async () => {
    const server = await csms();
    const { connection, statuses, settings, calls } = await connected([profile(1, server.url)]);
    await statuses.next();
    settings.profiles = new RangeError("no such slot");
    connection.renew();
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls).toEqual(["connected"]);
    (await server.peers.next()).terminate();
    await statuses.next();
    expect(await statuses.next()).toMatchObject({ connected: true, configuration_slot: 1 });
  });
});
