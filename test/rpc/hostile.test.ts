import { afterEach, describe, expect, it } from "vitest";
import { Cleanup, rawClient, startListener } from "./support.ts";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const station = async (protocol = "ocpp2.0.1", overrides: Parameters<typeof startListener>[1] = {}) => {
  const server = await startListener(cleanup, overrides);
  const raw = await rawClient(cleanup, `${server.url}/CP001`, protocol);
  return { ...server, raw, peer: await server.peers.next() };
};

/** Good text after bad: the connection still works. */
async function stillAnswers(raw: Awaited<ReturnType<typeof rawClient>>) {
  raw.send([2, "probe", "Echo", { alive: true }]);
  expect(await raw.messages.next()).toEqual([3, "probe", { alive: true }]);
}

describe("bad case:", () => {
  it("text that is no message is answered with id -1 on 2.0.1, and the connection stays", async () => {
    const { raw } = await station();
    raw.socket.send("hello");
    expect(await raw.messages.next()).toEqual([4, "-1", "RpcFrameworkError", expect.any(String), {}]);
    raw.send([2, "x".repeat(37), "Echo", {}]);
    expect(await raw.messages.next()).toEqual([4, "-1", "RpcFrameworkError", expect.any(String), {}]);
    raw.send([7, "a", {}]);
    expect(await raw.messages.next()).toEqual([4, "a", "MessageTypeNotSupported", expect.any(String), {}]);
    await stillAnswers(raw);
  });

  it("the same is not answered on 1.6, which has no code for it", async () => {
    const { raw, peerEvents } = await station("ocpp1.6");
    raw.socket.send("hello");
    raw.send([2, "x".repeat(37), "Echo", {}]);
    await stillAnswers(raw);
    expect(peerEvents.all.filter((event) => event.type === "garbage")).toHaveLength(2);
  });

  it("nothing of a long message comes back", async () => {
    const { raw } = await station();
    raw.send([2, "a", "A".repeat(1_000_000), {}]);
    const answer = await raw.messages.next();
    expect(answer).toEqual([4, "a", "RpcFrameworkError", expect.any(String), {}]);
    expect(JSON.stringify(answer).length).toBeLessThan(1_000);
  });

  it("50,000-deep JSON is harmless, also where it is echoed", async () => {
    const { raw } = await station();
    raw.socket.send(`[2,"a","Echo",{"data":${"[".repeat(50_000)}${"]".repeat(50_000)}}]`);
    await raw.messages.next();
    await stillAnswers(raw);
  });

  it("a binary frame closes the connection with 1003", async () => {
    const { raw, peerEvents } = await station();
    raw.socket.send(Buffer.from('[2,"a","Echo",{}]'));
    expect(await raw.closed).toBe(1003);
    expect(raw.messages.all).toEqual([]);
    expect(peerEvents.all).toContainEqual({ type: "garbage", description: "a binary frame" });
  });

  it("a frame over 1 MiB closes the connection with 1009", async () => {
    const { raw } = await station();
    raw.socket.send("x".repeat(2 ** 20 + 1));
    expect(await raw.closed).toBe(1009);
  });

  it("invalid UTF-8 closes the connection with 1007", async () => {
    const { raw } = await station();
    raw.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect(await raw.closed).toBe(1007);
  });

  it("of 1,000 CALLs at once one is handled at a time, and every one is answered", async () => {
    const { raw, peer } = await station();
    let parallel = 0;
    let most = 0;
    peer.onCall(async () => {
      parallel += 1;
      most = Math.max(most, parallel);
      await new Promise((resolve) => setImmediate(resolve));
      parallel -= 1;
      return {};
    });
    for (let i = 0; i < 1_000; i++) raw.send([2, `${i}`, "Echo", {}]);
    const ids = new Set<unknown>();
    while (ids.size < 1_000) ids.add(((await raw.messages.next()) as unknown[])[1]);
    expect(most).toBe(1);
    expect(raw.messages.all.filter((message) => (message as unknown[])[0] === 3).length).toBeGreaterThanOrEqual(65);
  });

  it("answers for somebody who does not read are bounded, then the connection is dropped", async () => {
    const { raw, peer, peerEvents } = await station("ocpp2.0.1", { maxBufferedBytes: 2 ** 20 });
    peer.onCall(async () => ({ blob: "x".repeat(500_000) }));
    raw.socket.pause();
    let sent = 0;
    while (peer.open && sent < 2_000) {
      raw.send([2, `${sent++}`, "Blob", {}]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await peer.closed).toMatchObject({ code: 1006 });
    const dropped = await peerEvents.match((event) => event.type === "notReading");
    expect(dropped).toMatchObject({ bufferedBytes: expect.any(Number) });
    expect((dropped as { bufferedBytes: number }).bufferedBytes).toBeLessThanOrEqual(2 ** 20);
  });

  it("a __proto__ key pollutes nothing", async () => {
    const { raw } = await station();
    raw.socket.send('[2,"a","Echo",{"__proto__":{"polluted":true}}]');
    await raw.messages.next();
    expect("polluted" in {}).toBe(false);
  });
});
