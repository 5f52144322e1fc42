import { createServer } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { writeBasicAuth } from "../../src/rpc/basicAuth.ts";
import { NotConnected } from "../../src/rpc/errors.ts";
import type { Admission, StationRequest } from "../../src/rpc/listener.ts";
import { UserError } from "../../src/util/errors.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { Cleanup, rawClient, rawRequest, startListener, upgradeStatus } from "./support.ts";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

/** CP001 with the password "secret"; nobody else is known. */
async function onlyCp001({ identity, credentials }: StationRequest): Promise<Admission> {
  if (identity !== "CP001") return { ok: false, status: 404, reason: "unknown station" };
  const good = credentials?.user === identity && Buffer.from(credentials.password).toString() === "secret";
  return good ? { ok: true, authenticated: true } : { ok: false, status: 401, reason: "wrong password" };
}
const secret = { Authorization: writeBasicAuth("CP001", "secret") };

describe("before the upgrade", () => {
  it.each([
    ["/ocpp/%zz", 400],
    ["/ocpp/%E0%A4%A", 400],
    ["/ocpp/%00", 400],
    [`/ocpp/${"x".repeat(49)}`, 400],
    ["/ocpp/../x", 404],
    ["/ocpp/CP001/", 404],
    ["/elsewhere/CP001", 404],
  ])("bad case: %s is answered %i and the listener lives", async (target, status) => {
    const { listener, url } = await startListener(cleanup);
    expect(await upgradeStatus(listener.port, target)).toBe(status);
    await rawClient(cleanup, `${url}/CP001`);
  });

  it.each([
    ["no subprotocol", { "Sec-WebSocket-Protocol": "" }],
    ["no common subprotocol", { "Sec-WebSocket-Protocol": "mqtt, ocpp9" }],
    ["no WebSocket key", { "Sec-WebSocket-Key": "" }],
  ])("bad case: %s is answered 400", async (_name, headers) => {
    const { listener } = await startListener(cleanup);
    expect(await upgradeStatus(listener.port, "/ocpp/CP001", headers)).toBe(400);
    expect(listener.peers.size).toBe(0);
  });

  it.each([
    ["no password", {}],
    ["a wrong password", { Authorization: writeBasicAuth("CP001", "guess") }],
    ["another user's name", { Authorization: writeBasicAuth("CP002", "secret") }],
  ])("bad case: %s is answered 401, asking for a password", async (_name, headers) => {
    const { listener, events } = await startListener(cleanup, { authenticate: onlyCp001 });
    const reply = await rawRequest(listener.port, "/ocpp/CP001", headers);
    expect(reply).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n[\s\S]*WWW-Authenticate: Basic/);
    expect(events.all).toMatchObject([{ type: "refused", status: 401, reason: "wrong password" }]);
  });

  it("Given the right password, then the station is connected with the subprotocol that it prefers", async () => {
    const { listener, events } = await startListener(cleanup, { authenticate: onlyCp001 });
    const headers = { ...secret, "Sec-WebSocket-Protocol": "ocpp2.1, ocpp1.6, ocpp2.0.1" };
    const reply = await rawRequest(listener.port, "/ocpp/CP001", headers);
    expect(reply).toMatch(/^HTTP\/1\.1 101 [\s\S]*Sec-WebSocket-Protocol: ocpp1\.6\r\n/);
    expect(events.all).toMatchObject([{ type: "accepted", identity: "CP001", protocol: "ocpp1.6" }]);
  });

  it("bad case: guessing passwords is throttled for that station and source, others still get in", async () => {
    const clock = new ManualClock();
    let asked = 0;
    const authenticate = (request: StationRequest) => {
      asked += 1;
      return request.identity === "CP002"
        ? Promise.resolve<Admission>({ ok: true, authenticated: true })
        : onlyCp001(request);
    };
    const { listener, url } = await startListener(cleanup, { clock, authenticate });
    const statuses: number[] = [];
    for (let i = 0; i < 25; i++) statuses.push(await upgradeStatus(listener.port, "/ocpp/CP001"));
    expect(statuses).toEqual([...Array(20).fill(401), ...Array(5).fill(429)]);
    expect(asked).toBe(20);
    expect(await rawRequest(listener.port, "/ocpp/CP001", secret)).toMatch(
      /^HTTP\/1\.1 429 [\s\S]*Retry-After: 60\r\n/,
    );
    await rawClient(cleanup, `${url}/CP002`);
    await clock.advance(60_000);
    expect(await upgradeStatus(listener.port, "/ocpp/CP001", secret)).toBe(101);
  });

  it("bad case: an authentication that fails by our fault is answered 500 and reported", async () => {
    const { listener, events } = await startListener(cleanup, {
      authenticate: () => Promise.reject(new TypeError("database gone")),
    });
    expect(await upgradeStatus(listener.port, "/ocpp/CP001")).toBe(500);
    expect(events.all).toMatchObject([{ type: "failed", error: expect.any(TypeError) }]);
  });

  it("bad case: a client that leaves while it is checked is nobody's problem", async () => {
    let entered = () => {};
    const checking = new Promise<void>((resolve) => {
      entered = resolve;
    });
    let decide: (admission: Admission) => void = () => {};
    const decision = new Promise<Admission>((resolve) => {
      decide = resolve;
    });
    const authenticate = ({ identity }: StationRequest): Promise<Admission> => {
      entered();
      return identity === "CP001" ? decision : Promise.resolve({ ok: true, authenticated: true });
    };
    const { listener, url } = await startListener(cleanup, { authenticate });
    const socket = connect(listener.port, "127.0.0.1");
    const lines = ["GET /ocpp/CP001 HTTP/1.1", "Host: x", "Connection: Upgrade", "Upgrade: websocket"];
    const more = ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="];
    socket.write([...lines, ...more, "Sec-WebSocket-Protocol: ocpp1.6", "", ""].join("\r\n"));
    await checking;
    socket.resetAndDestroy();
    decide({ ok: true, authenticated: true });
    await rawClient(cleanup, `${url}/CP002`);
  });
});

describe("a second connection with a live identity", () => {
  it("Given it is authenticated, then the newest wins: the old one is closed, its calls fail, none reaches the new one", async () => {
    const { listener, url, peers, events } = await startListener(cleanup);
    const old = await rawClient(cleanup, `${url}/CP001`);
    const oldPeer = await peers.next();
    const pending = oldPeer.call("Reset", {}, { id: "old" });
    const failed = expect(pending).rejects.toBeInstanceOf(NotConnected);
    await old.messages.next();
    const fresh = await rawClient(cleanup, `${url}/CP001`);
    const freshPeer = await peers.next();
    expect(await old.closed).toBe(1008);
    await failed;
    expect(listener.peers.get("CP001")).toBe(freshPeer);
    expect(events.all).toContainEqual({ type: "replaced", identity: "CP001" });
    fresh.send([3, "old", {}]);
    fresh.send([2, "a", "Echo", {}]);
    expect(await fresh.messages.next()).toEqual([3, "a", {}]);
  });

  it("Given nothing was proven and the first one answers, then the second is refused with 409", async () => {
    const authenticate = async () => ({ ok: true, authenticated: false }) as const;
    const { listener, url } = await startListener(cleanup, { authenticate });
    const first = await rawClient(cleanup, `${url}/CP001`);
    expect(await upgradeStatus(listener.port, "/ocpp/CP001")).toBe(409);
    first.send([2, "a", "Echo", {}]);
    expect(await first.messages.next()).toEqual([3, "a", {}]);
  });

  it("Given nothing was proven and the first one is dead, then the second takes its place", async () => {
    const clock = new ManualClock();
    const authenticate = async () => ({ ok: true, authenticated: false }) as const;
    const { listener, url, peers } = await startListener(cleanup, { authenticate, clock });
    const dead = await rawClient(cleanup, `${url}/CP001`);
    const deadPeer = await peers.next();
    dead.socket.pause();
    const second = rawClient(cleanup, `${url}/CP001`);
    while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(2_000);
    await second;
    expect(listener.peers.get("CP001")).toBe(await peers.next());
    expect(deadPeer.open).toBe(false);
  });

  it("bad case: wrong credentials change nothing for the first", async () => {
    const { listener, url } = await startListener(cleanup, { authenticate: onlyCp001 });
    const wrong = upgradeStatus(listener.port, "/ocpp/CP001");
    expect(await wrong).toBe(401);
    expect(await upgradeStatus(listener.port, "/ocpp/CP001", secret)).toBe(101);
    expect(url).toContain("ocpp");
  });
});

describe("the listener", () => {
  it("answers plain HTTP with 426, or with what it is given", async () => {
    const plain = await startListener(cleanup);
    expect((await fetch(`http://127.0.0.1:${plain.listener.port}/x`)).status).toBe(426);
    const own = await startListener(cleanup, { http: (_request, response) => response.end("hello") });
    expect(await (await fetch(`http://127.0.0.1:${own.listener.port}/x`)).text()).toBe("hello");
  });

  it("Given it closes, then calls under way are finished, stations see 1001 and no one else gets in", async () => {
    const { listener, url, peers } = await startListener(cleanup);
    const raw = await rawClient(cleanup, `${url}/CP001`);
    const peer = await peers.next();
    const call = peer.call("Reset", {}, { id: "a" });
    await raw.messages.next();
    const closing = listener.close({ drainMs: 5_000 });
    raw.send([3, "a", { done: true }]);
    expect(await call).toEqual({ done: true });
    await closing;
    expect(await raw.closed).toBe(1001);
    await expect(fetch(`http://127.0.0.1:${url.split(":")[2]?.split("/")[0]}/`)).rejects.toThrow();
  });

  it("bad case: a port in use is a UserError that says which", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    cleanup.add(other, (it) => it.close());
    const { port } = other.address() as { port: number };
    const failure = startListener(new Cleanup(), { port });
    await expect(failure).rejects.toBeInstanceOf(UserError);
    await expect(failure).rejects.toThrow(`port ${port} on 127.0.0.1 is in use`);
  });
});
