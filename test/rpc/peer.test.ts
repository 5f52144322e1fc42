import { afterEach, describe, expect, it } from "vitest";
import { CallTimeout, NotConnected, Overloaded, RpcError } from "../../src/rpc/errors.ts";
import type { ListenerOptions } from "../../src/rpc/listener.ts";
import type { Peer } from "../../src/rpc/peer.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { Cleanup, rawClient, startListener } from "./support.ts";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

/** Our Peer on one end, a bare WebSocket on the other. */
async function connected({ protocol, ...overrides }: Partial<ListenerOptions> & { protocol?: string } = {}) {
  const server = await startListener(cleanup, overrides);
  const raw = await rawClient(cleanup, `${server.url}/CP001`, protocol);
  const peer: Peer = await server.peers.next();
  return { ...server, raw, peer };
}

describe("our CALLs", () => {
  it("Given an answer, then the call gives its payload", async () => {
    const { peer, raw } = await connected();
    const answer = peer.call("Reset", { type: "Immediate" }, { id: "a" });
    expect(await raw.messages.next()).toEqual([2, "a", "Reset", { type: "Immediate" }]);
    raw.send([3, "a", { status: "Accepted" }]);
    expect(await answer).toEqual({ status: "Accepted" });
  });

  it("Given a CALLERROR, then the call rejects with its code, text and details", async () => {
    const { peer, raw } = await connected();
    const answer = peer.call("Reset", {}, { id: "a" });
    raw.send([4, "a", "NotSupported", "no", { why: 1 }]);
    await expect(answer).rejects.toMatchObject({ code: "NotSupported", description: "no", details: { why: 1 } });
  });

  it("Given three calls, then one is in flight at a time, in order", async () => {
    const { peer, raw } = await connected();
    const answers = ["a", "b", "c"].map((id) => peer.call("Reset", {}, { id }));
    for (const id of ["a", "b", "c"]) {
      expect(await raw.messages.next()).toEqual([2, id, "Reset", {}]);
      expect(raw.messages.all.at(-1)).toEqual([2, id, "Reset", {}]);
      raw.send([3, id, { id }]);
    }
    expect(await Promise.all(answers)).toEqual([{ id: "a" }, { id: "b" }, { id: "c" }]);
  });

  it("Given no answer, then the call times out, the next one goes out, and the late answer is ignored", async () => {
    const clock = new ManualClock();
    const { peer, raw, peerEvents } = await connected({ clock });
    const first = peer.call("Reset", {}, { id: "a", timeoutMs: 5_000 });
    const second = peer.call("Reset", {}, { id: "b", timeoutMs: 5_000 });
    await raw.messages.next();
    await Promise.all([expect(first).rejects.toBeInstanceOf(CallTimeout), clock.advance(5_000)]);
    expect(await raw.messages.next()).toEqual([2, "b", "Reset", {}]);
    raw.send([3, "a", { late: true }]);
    raw.send([3, "b", { good: true }]);
    expect(await second).toEqual({ good: true });
    raw.send([3, "b", { twice: true }]);
    raw.send([3, "foreign", {}]);
    for (const id of ["a", "b", "foreign"]) {
      expect(await peerEvents.match((event) => event.type === "stray")).toEqual({ type: "stray", id });
    }
    expect(peer.open).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it("Given the connection ends, then every call fails and none is sent later", async () => {
    const { peer, raw } = await connected();
    const calls = [1, 2, 3].map(() => peer.call("Reset", {}));
    await raw.messages.next();
    raw.socket.terminate();
    for (const call of calls) await expect(call).rejects.toBeInstanceOf(NotConnected);
    await expect(peer.call("Reset", {})).rejects.toBeInstanceOf(NotConnected);
  });

  it("bad case: more waiting calls than allowed are refused, not stored", async () => {
    const { peer } = await connected({ maxWaiting: 2 });
    const calls = [1, 2, 3, 4].map(() => peer.call("Reset", {}));
    await expect(calls[3]).rejects.toBeInstanceOf(Overloaded);
    peer.terminate();
    await expect(Promise.all(calls.slice(0, 3))).rejects.toBeInstanceOf(NotConnected);
    await Promise.allSettled(calls);
  });
});

describe("the other end's CALLs", () => {
  it("Given a handler that throws RpcError, then that is the CALLERROR; another error's text stays here", async () => {
    const { peer, raw, peerEvents } = await connected();
    peer.onCall(async (action) => {
      if (action === "Known") throw new RpcError("SecurityError", "not you");
      throw new TypeError("secret detail");
    });
    raw.send([2, "a", "Known", {}]);
    raw.send([2, "b", "Unknown", {}]);
    expect(await raw.messages.next()).toEqual([4, "a", "SecurityError", "not you", {}]);
    expect(await raw.messages.next()).toEqual([4, "b", "InternalError", "", {}]);
    const failed = await peerEvents.match((event) => event.type === "handlerFailed");
    expect(failed).toMatchObject({ action: "Unknown", error: expect.any(TypeError) });
  });

  it("Given a handler that throws at once, or an answer that is no JSON, then it is an InternalError like any other", async () => {
    const { peer, raw } = await connected();
    peer.onCall((action) => {
      if (action === "Throw") throw new TypeError("not even a promise");
      return Promise.resolve({ big: 1n });
    });
    raw.send([2, "a", "Throw", {}]);
    raw.send([2, "b", "BigInt", {}]);
    expect(await raw.messages.next()).toEqual([4, "a", "InternalError", "", {}]);
    expect(await raw.messages.next()).toEqual([4, "b", "InternalError", "", {}]);
  });

  it("Given calls before there is a handler, then they wait for it", async () => {
    const server = await startListener(cleanup, { connected: (peer) => server.peers.push(peer) });
    const raw = await rawClient(cleanup, `${server.url}/CP001`);
    const peer = await server.peers.next();
    raw.send([2, "a", "Echo", { early: true }]);
    await server.peerEvents.next();
    peer.onCall(async (_action, payload) => payload);
    expect(await raw.messages.next()).toEqual([3, "a", { early: true }]);
  });

  it("Given the id of a call that is being handled again, then one answer serves both", async () => {
    const { peer, raw, peerEvents } = await connected();
    let finish = () => {};
    const gate = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let handled = 0;
    peer.onCall(async () => {
      handled += 1;
      await gate;
      return { handled };
    });
    raw.send([2, "a", "Slow", {}]);
    raw.send([2, "a", "Slow", {}]);
    await peerEvents.match((event) => event.type === "stray");
    finish();
    expect(await raw.messages.next()).toEqual([3, "a", { handled: 1 }]);
    raw.send([2, "b", "Slow", {}]);
    expect(await raw.messages.next()).toEqual([3, "b", { handled: 2 }]);
  });

  it("Given work for afterwards, then it starts when the answer has gone out, and its failure harms nobody", async () => {
    const { peer, raw, peerEvents } = await connected();
    peer.onCall(async (_action, _payload, afterwards) => {
      afterwards(() => {
        throw new TypeError("failed afterwards");
      });
      afterwards(() => void peer.call("Follow", {}, { id: "follow" }).catch(() => {}));
      return {};
    });
    raw.send([2, "a", "Lead", {}]);
    expect(await raw.messages.next()).toEqual([3, "a", {}]);
    expect(await raw.messages.next()).toEqual([2, "follow", "Follow", {}]);
    await peerEvents.match((event) => event.type === "handlerFailed");
  });

  it("Given a CALL while ours waits for its answer, then it is answered", async () => {
    const { peer, raw } = await connected();
    const ours = peer.call("Reset", {}, { id: "ours" });
    raw.send([2, "theirs", "Echo", {}]);
    expect(await raw.messages.next()).toEqual([2, "ours", "Reset", {}]);
    expect(await raw.messages.next()).toEqual([3, "theirs", {}]);
    raw.send([3, "ours", {}]);
    await ours;
  });
});

describe("messages in one packet", () => {
  it("are dealt with one after the other: what follows from an answer is done before the next CALL is looked at", async () => {
    const { peer, raw } = await connected();
    const order: string[] = [];
    peer.onCall(async (action) => {
      order.push(action);
      return {};
    });
    const boot = async () => {
      await peer.call("BootNotification", {}, { id: "a" });
      for (let i = 0; i < 20; i++) await undefined;
      order.push("accepted");
    };
    const booted = boot();
    await raw.messages.next();
    raw.send([3, "a", {}]);
    raw.send([2, "b", "Reset", {}]);
    await booted;
    await raw.messages.next();
    expect(order).toEqual(["accepted", "Reset"]);
  });
});

describe("keeping and ending the connection", () => {
  it("Given pongs, then it stays; given none, then it is dropped at the next ping", async () => {
    const clock = new ManualClock();
    const { peer, raw } = await connected({ clock, pingIntervalMs: 10_000 });
    for (let i = 0; i < 3; i++) {
      const ping = new Promise((resolve) => raw.socket.once("ping", resolve));
      await clock.advance(10_000);
      await ping;
      expect(await peer.ping(1_000)).toBe(true);
    }
    raw.socket.pause();
    await clock.advance(20_000);
    expect(await peer.closed).toMatchObject({ code: 1006 });
    expect(clock.pending).toBe(0);
  });

  it("Given a time for pongs, then it is dropped when one is late, and pings carry what they shall", async () => {
    const clock = new ManualClock();
    const { peer, raw } = await connected({ clock });
    peer.setPingInterval(10_000, { pongTimeoutMs: 2_000, payload: "hello there".repeat(20) });
    const ping = new Promise((resolve) => raw.socket.once("ping", (data) => resolve(String(data))));
    await clock.advance(10_000);
    expect(await ping).toBe("hello there".repeat(20).slice(0, 125));
    expect(await peer.ping(1_000)).toBe(true);
    await clock.advance(2_000);
    expect(peer.open).toBe(true);
    raw.socket.pause();
    await clock.advance(10_000);
    expect(peer.open).toBe(true);
    await clock.advance(1);
    expect(await peer.closed).toMatchObject({ code: 1006 });
    expect(clock.pending).toBe(0);
  });

  it("Given a ping interval of 0, then no ping is sent", async () => {
    const clock = new ManualClock();
    const { peer } = await connected({ clock, pingIntervalMs: 10_000 });
    peer.setPingInterval(0);
    expect(clock.pending).toBe(0);
  });

  it("Given a drain, then what is under way is finished and what was not sent is refused", async () => {
    const { peer, raw } = await connected();
    const sent = peer.call("Reset", {}, { id: "sent" });
    const waiting = peer.call("Reset", {}, { id: "waiting" });
    await raw.messages.next();
    const closing = peer.close({ code: 1001, reason: "bye", drainMs: 5_000 });
    await expect(waiting).rejects.toBeInstanceOf(NotConnected);
    await expect(peer.call("Reset", {})).rejects.toBeInstanceOf(NotConnected);
    raw.send([3, "sent", { ok: true }]);
    expect(await sent).toEqual({ ok: true });
    await closing;
    expect(await raw.closed).toBe(1001);
  });

  it("Given an other end that takes no part in closing, then the time-out ends it", async () => {
    const clock = new ManualClock();
    const { peer, raw } = await connected({ clock, closeTimeoutMs: 700 });
    raw.socket.pause();
    const closing = peer.close();
    await clock.advance(700);
    await closing;
    expect(peer.open).toBe(false);
  });
});
