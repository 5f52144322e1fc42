import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Call, createCall, createHandler } from "../../src/ocpp/v201/endpoint.ts";
import { Link } from "../../src/rpc/link.ts";
import { systemClock } from "../../src/util/clock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { type ForeignPeer, ForeignServer } from "./ocppRpc.ts";

const server = new ForeignServer({ protocols: ["ocpp2.0.1"], strictMode: true });
let link: Link;
let call: Call;
let csms: ForeignPeer & { identity: string };

beforeAll(async () => {
  server.auth((accept, reject, { password }) => (password?.toString() === "0123456789abcdef" ? accept() : reject(401)));
  const arrived = new Promise<typeof csms>((resolve) => server.on("client", resolve));
  const http = await server.listen(0, "127.0.0.1");
  let connected = () => {};
  const up = new Promise<void>((resolve) => {
    connected = resolve;
  });
  link = new Link({
    clock: systemClock,
    random: cryptoRandom,
    endpoint: () => ({
      url: `ws://127.0.0.1:${http.address().port}`,
      identity: "CP001",
      subprotocols: ["ocpp2.0.1"],
      security: { profile: 1, password: "0123456789abcdef" },
    }),
    backOff: { waitMinimumMs: 1_000, randomRangeMs: 0, repeatTimes: 0 },
    pingIntervalMs: 1_000,
    connected: (peer) => {
      const reset = ({ type }: { type: string }) => ({ status: type === "OnIdle" ? "Scheduled" : "Accepted" }) as const;
      peer.onCall(createHandler({ Reset: reset }, undefined));
      connected();
    },
  });
  call = createCall(link);
  link.start();
  csms = await arrived;
  await up;
  csms.handle("BootNotification", () => ({ status: "Accepted", currentTime: "2026-01-01T00:00:00Z", interval: 60 }));
  csms.handle("Authorize", ({ params }) => ({
    idTokenInfo: {
      status: (params as { idToken: { idToken: string } }).idToken.idToken === "GOOD" ? "Accepted" : "Blocked",
    },
  }));
});

afterAll(async () => {
  await link.stop();
  await server.close({});
});

describe("ocpp-rpc, strict, as a CSMS for our link", () => {
  it("lets us in by our password and answers", async () => {
    expect(csms.identity).toBe("CP001");
    const boot = await call("BootNotification", {
      reason: "PowerUp",
      chargingStation: { model: "m", vendorName: "v" },
    });
    expect(boot).toEqual({ status: "Accepted", currentTime: "2026-01-01T00:00:00Z", interval: 60 });
    const ask = async (idToken: string) =>
      (await call("Authorize", { idToken: { idToken, type: "ISO14443" } })).idTokenInfo;
    expect(await ask("GOOD")).toEqual({ status: "Accepted" });
    expect(await ask("BAD")).toEqual({ status: "Blocked" });
  });

  it("gets our answers, and our refusals with their codes", async () => {
    expect(await csms.call("Reset", { type: "OnIdle" })).toEqual({ status: "Scheduled" });
    await expect(csms.call("ClearCache", {})).rejects.toMatchObject({ rpcErrorCode: "NotSupported" });
  });

  it("refuses what it does not know in a way that we can tell", async () => {
    await expect(call("Heartbeat", {})).rejects.toMatchObject({ code: "NotImplemented" });
  });
});
