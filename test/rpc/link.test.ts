import { connect, createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { CallTimeout, NotConnected } from "../../src/rpc/errors.ts";
import { type ConnectFailure, type Endpoint, Link, type LinkOptions } from "../../src/rpc/link.ts";
import type { Admission, StationRequest } from "../../src/rpc/listener.ts";
import type { Peer } from "../../src/rpc/peer.ts";
import { systemClock } from "../../src/util/clock.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { Cleanup, Inflow, startListener } from "./support.ts";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const noChance = { ...cryptoRandom, bytes: (count: number) => new Uint8Array(count) };
const backOff = { waitMinimumMs: 1_000, randomRangeMs: 0, repeatTimes: 2 };

function startLink(endpoint: Partial<Endpoint> & { url: string }, overrides: Partial<LinkOptions> = {}) {
  const peers = new Inflow<Peer>();
  const failures = new Inflow<{ failure: ConnectFailure; waitMs: number }>();
  const link = new Link({
    clock: systemClock,
    random: noChance,
    endpoint: () => ({ identity: "CP001", subprotocols: ["ocpp2.0.1"], security: { profile: 0 }, ...endpoint }),
    backOff,
    connected: peers.push,
    failed: (failure, waitMs) => failures.push({ failure, waitMs }),
    ...overrides,
  });
  cleanup.add(link, (it) => it.stop());
  link.start();
  return { link, peers, failures };
}

/** A TCP server that does with each connection as told. */
async function tcpServer(
  onConnection: (socket: import("node:net").Socket) => void,
): Promise<{ port: number; server: Server }> {
  const sockets = new Set<import("node:net").Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanup.add(server, () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return { server, port: (server.address() as { port: number }).port };
}

describe("link", () => {
  it("Given a CSMS, then calls go both ways", async () => {
    const server = await startListener(cleanup);
    const { link, peers } = startLink({ url: server.url });
    const ours = await peers.next();
    ours.onCall(async (action) => ({ heard: action }));
    expect(await link.call("BootNotification", { reason: "PowerUp" })).toEqual({ reason: "PowerUp" });
    expect(await (await server.peers.next()).call("Reset", {})).toEqual({ heard: "Reset" });
  });

  it.each(["", "/", "/CP001", "/CP001/"])(
    "Given a URL that ends with '%s', then the identity is in it once",
    async (end) => {
      const server = await startListener(cleanup);
      const { peers } = startLink({ url: `${server.url}${end}` });
      await expect(peers.next()).resolves.toBeDefined();
      await expect(server.peers.next()).resolves.toBeDefined();
    },
  );

  it("Given a CALL right behind an answer, then who waits for the answer has it first", async () => {
    const server = cleanup.add(new WebSocketServer({ host: "127.0.0.1", port: 0 }), (it) => it.close());
    server.on("connection", (socket, { socket: wire }) => {
      socket.once("message", (data) => {
        const [, id] = JSON.parse(String(data));
        // Both in one segment.
        wire.cork();
        socket.send(JSON.stringify([3, id, {}]));
        socket.send(JSON.stringify([2, "behind", "Reset", {}]));
        wire.uncork();
      });
    });
    await new Promise((resolve) => server.on("listening", resolve));
    const { link, peers } = startLink({ url: `ws://127.0.0.1:${(server.address() as { port: number }).port}` });
    const peer = await peers.next();
    const order: string[] = [];
    const handled = new Promise<void>((resolve) => {
      peer.onCall(async (action) => {
        order.push(action);
        resolve();
        return {};
      });
    });
    await link.call("BootNotification", {});
    order.push("answer");
    await handled;
    expect(order).toEqual(["answer", "Reset"]);
  });

  it("Given a profile 1 password of any octets, then the CSMS gets them as they are", async () => {
    const password = Uint8Array.from([0, 0xff, 0x3a, 1]);
    const requests = new Inflow<StationRequest>();
    const authenticate = async (request: StationRequest): Promise<Admission> => {
      requests.push(request);
      return { ok: true, authenticated: true };
    };
    const server = await startListener(cleanup, { authenticate });
    const { peers } = startLink({ url: server.url, security: { profile: 1, password } });
    await peers.next();
    const { credentials } = await requests.next();
    expect(credentials?.user).toBe("CP001");
    expect([...(credentials?.password ?? [])]).toEqual([...password]);
  });

  it("Given the connection is lost, then it comes back after the back-off, which doubles while attempts fail", async () => {
    const clock = new ManualClock();
    let refuse = false;
    const authenticate = async (): Promise<Admission> =>
      refuse ? { ok: false, status: 401, reason: "test" } : { ok: true, authenticated: true };
    const server = await startListener(cleanup, { authenticate });
    const { peers, failures, link } = startLink({ url: server.url }, { clock });
    const first = await peers.next();
    refuse = true;
    (await server.peers.next()).terminate();
    await first.closed;
    await clock.advance(999);
    expect(failures.all).toEqual([]);
    const waits: number[] = [];
    for (const ms of [1, 2_000, 4_000, 4_000]) {
      await clock.advance(ms);
      const { failure, waitMs } = await failures.next();
      expect(failure).toMatchObject({ kind: "refused", status: 401 });
      waits.push(waitMs);
    }
    expect(waits).toEqual([2_000, 4_000, 4_000, 4_000]);
    refuse = false;
    await clock.advance(4_000);
    const second = await peers.next();
    expect(link.peer?.open).toBe(true);
    await server.peers.next().then((peer) => peer.terminate());
    await second.closed;
    await clock.advance(1_000);
    expect((await peers.next()).open).toBe(true);
  });

  it("Given calls while there is no connection, then they fail at once and none is sent later", async () => {
    const clock = new ManualClock();
    const seen: string[] = [];
    const server = await startListener(cleanup, {
      connected: (peer) => {
        peer.onCall(async (action) => {
          seen.push(action);
          return {};
        });
        server.peers.push(peer);
      },
    });
    const { link, peers } = startLink({ url: server.url }, { clock });
    const first = await peers.next();
    (await server.peers.next()).terminate();
    await first.closed;
    for (let i = 0; i < 5; i++) await expect(link.call("Stale", {})).rejects.toBeInstanceOf(NotConnected);
    await clock.advance(1_000);
    await peers.next();
    await link.call("Fresh", {});
    expect(seen).toEqual(["Fresh"]);
  });

  it("Given a black hole, then calls time out, pings find out, and after the reconnect none of them is sent again", async () => {
    const clock = new ManualClock();
    const seen: string[] = [];
    const server = await startListener(cleanup, {
      connected: (peer) => {
        peer.onCall(async (action) => {
          seen.push(action);
          return {};
        });
        server.peers.push(peer);
      },
    });
    const wires: { swallow(): void }[] = [];
    const { port } = await tcpServer((near) => {
      const far = connect(server.listener.port, "127.0.0.1");
      far.on("error", () => {});
      near.pipe(far).pipe(near);
      near.on("close", () => far.destroy());
      // Both ends stay open, and nothing comes through any more.
      wires.push({
        swallow() {
          near.unpipe(far).resume();
          far.unpipe(near).resume();
        },
      });
    });
    const options = { clock, pingIntervalMs: 10_000, callTimeoutMs: 2_000 };
    const { link, peers } = startLink({ url: `ws://127.0.0.1:${port}/ocpp` }, options);
    const first = await peers.next();
    await link.call("Before", {});
    wires[0]?.swallow();
    const calls = Array.from({ length: 5 }, () => link.call("Stale", {}));
    for (const call of calls)
      await Promise.all([expect(call).rejects.toBeInstanceOf(CallTimeout), clock.advance(2_000)]);
    const gone = first.closed;
    await clock.advance(20_000);
    expect(await gone).toMatchObject({ code: 1006 });
    await clock.advance(1_000);
    await peers.next();
    await link.call("After", {});
    expect(seen).toEqual(["Before", "After"]);
  });

  it("Given another endpoint and reconnect, then the next connection is to it, at once", async () => {
    const [one, two] = [await startListener(cleanup), await startListener(cleanup)];
    let url = one.url;
    const { link, peers } = startLink(
      { url },
      {
        clock: new ManualClock(),
        endpoint: () => ({ url, identity: "CP001", subprotocols: ["ocpp2.0.1"], security: { profile: 0 } }),
      },
    );
    await peers.next();
    url = two.url;
    await link.reconnect();
    await peers.next();
    expect([one.listener.peers.size, two.listener.peers.size]).toEqual([0, 1]);
  });

  it("Given stop at any moment, then nothing is left", async () => {
    const clock = new ManualClock();
    const mute = await tcpServer(() => {});
    const dialling = startLink({ url: `ws://127.0.0.1:${mute.port}` }, { clock });
    await dialling.link.stop();
    const server = await startListener(cleanup);
    const connected = startLink({ url: server.url }, { clock });
    await connected.peers.next();
    await connected.link.stop();
    const closed = await tcpServer((socket) => socket.destroy());
    const waiting = startLink({ url: `ws://127.0.0.1:${closed.port}` }, { clock });
    await waiting.failures.next();
    await waiting.link.stop();
    expect(clock.pending).toBe(0);
    expect(server.listener.peers.size).toBe(0);
  });
});

describe("bad case:", () => {
  it("a CSMS that says nothing is given up after the handshake time-out", async () => {
    const clock = new ManualClock();
    const seen = new Inflow<boolean>();
    const { port } = await tcpServer(() => seen.push(true));
    const { failures } = startLink({ url: `ws://127.0.0.1:${port}` }, { clock, handshakeTimeoutMs: 5_000 });
    await seen.next();
    await clock.advance(5_000);
    expect(await failures.next()).toMatchObject({ failure: { kind: "unreachable", code: "ETIMEDOUT" }, waitMs: 1_000 });
  });

  it.each([
    ["an address that refuses", "ws://127.0.0.1:1", { kind: "unreachable", code: "ECONNREFUSED" }],
    ["a URL that is none", "no url", { kind: "configuration" }],
    ["a scheme that does not fit the profile", "wss://127.0.0.1:1", { kind: "configuration" }],
  ])("%s is named", async (_name, url, failure) => {
    const { failures } = startLink({ url });
    expect(await failures.next()).toMatchObject({ failure });
  });

  it("a CSMS that redirects is not followed", async () => {
    const { port } = await tcpServer((socket) => {
      socket.once("data", () =>
        socket.end("HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
      );
    });
    const { failures } = startLink({ url: `ws://127.0.0.1:${port}` });
    expect(await failures.next()).toMatchObject({ failure: { kind: "refused", status: 302 } });
  });

  it("a CSMS that speaks no HTTP, or another subprotocol, is a protocol failure", async () => {
    const { port } = await tcpServer((socket) => socket.end("SSH-2.0-OpenSSH\r\n"));
    const { failures } = startLink({ url: `ws://127.0.0.1:${port}` });
    expect((await failures.next()).failure.kind).not.toBe("refused");
    const server = await startListener(cleanup, { subprotocols: ["ocpp1.6"] });
    const other = startLink({ url: server.url });
    expect(await other.failures.next()).toMatchObject({ failure: { kind: "refused", status: 400 } });
  });

  it("a key that is no PEM is a configuration failure, not a crash", async () => {
    const tls = { ca: ["no pem"], cert: "no pem", key: "no pem" };
    const { failures } = startLink({ url: "wss://127.0.0.1:1", security: { profile: 3, tls } });
    expect(await failures.next()).toMatchObject({ failure: { kind: "configuration" } });
  });

  it("500 failed attempts leave no socket and no timer", async () => {
    const hasty = {
      ...systemClock,
      setTimer: (ms: number, fire: () => void) => systemClock.setTimer(ms > 10_000 ? ms : 0, fire),
    };
    const held = () => process.getActiveResourcesInfo().filter((name) => ["TCPSocketWrap", "Timeout"].includes(name));
    const { port } = await tcpServer((socket) => socket.destroy());
    const before = held().length;
    const { failures, link } = startLink({ url: `ws://127.0.0.1:${port}` }, { clock: hasty });
    for (let i = 0; i < 500; i++) await failures.next();
    await link.stop();
    // The last socket may still be closing.
    expect(held().length).toBeLessThanOrEqual(before + 2);
  });
});
