/** Who is let in, and that nobody takes another's place: D01, D02 and the accounts on disk. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { versions } from "../../src/csms/versions.ts";
import { Link } from "../../src/rpc/link.ts";
import type { Peer } from "../../src/rpc/peer.ts";
import { systemClock } from "../../src/util/clock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { upgradeStatus } from "../rpc/support.ts";
import { password, startTestCsms, type TestCsms } from "./support.ts";

const basic = (user: string, secret: string) => `Basic ${Buffer.from(`${user}:${secret}`).toString("base64")}`;

/** A bare upgrade, and the HTTP status it is answered with. */
function knock({ csms }: TestCsms, target: string, protocol: string, Authorization = ""): Promise<number> {
  const { port } = new URL(csms.url);
  return upgradeStatus(Number(port), target, { "Sec-WebSocket-Protocol": protocol, Authorization });
}

interface Connected {
  readonly peer: Peer;
  readonly link: Link;
}

function enter(
  { csms }: TestCsms,
  subprotocol: string,
  security: object = { profile: 1, password },
): Promise<Connected> {
  return new Promise((resolve, reject) => {
    const link: Link = new Link({
      ...{ clock: systemClock, random: cryptoRandom },
      endpoint: () => ({ url: csms.url, identity: "CP001", subprotocols: [subprotocol], security: security as never }),
      backOff: { waitMinimumMs: 1_000_000, randomRangeMs: 0, repeatTimes: 0 },
      connected: (peer) => resolve({ peer, link }),
      failed: ({ message }) => reject(new TypeError(message)),
    });
    onTestFinished(() => link.stop());
    link.start();
  });
}

describe.each(Object.keys(versions))("by %s", (protocol) => {
  it("who does not prove to be the station gets 401 before the upgrade, and leaves no trace at the station", async () => {
    const test = await startTestCsms();
    const wrong = ["", basic("CP001", "a-guess-of-16-by"), basic("CP002", password), "Bearer x", "Basic !!!"];
    for (const header of wrong) expect(await knock(test, "/ocpp/CP001", protocol, header), header).toBe(401);
    expect(await knock(test, "/ocpp/CP002", protocol, basic("CP002", password))).toBe(404);
    expect([test.csms.stations, test.csms.connected]).toEqual([[], []]);
    expect(await knock(test, "/ocpp/CP001", protocol, basic("CP001", password))).toBe(101);
  });

  it("a stranger does not touch the connection there is; the station itself takes its place, and nothing meant for the old goes to the new", async () => {
    const test = await startTestCsms();
    const first = await enter(test, protocol);
    // It never answers.
    first.peer.onCall(() => new Promise(() => {}));
    const pending = expect(test.csms.request("CP001", { action: "ClearCache", payload: {} })).rejects;
    expect(await knock(test, "/ocpp/CP001", protocol, basic("CP001", "a-guess-of-16-by"))).toBe(401);
    expect(first.peer.open).toBe(true);
    const second = await enter(test, protocol);
    const heard: string[] = [];
    second.peer.onCall(async (action) => {
      heard.push(action);
      return { status: "Accepted" };
    });
    await pending.toThrow("the connection ended");
    expect(await first.peer.closed).toMatchObject({ code: 1008 });
    expect(heard).toEqual([]);
    expect(await test.csms.request("CP001", { action: "ClearCache", payload: {} })).toEqual({ status: "Accepted" });
    expect(heard).toEqual(["ClearCache"]);
    expect(test.decisions.map(({ title }) => title)).toContain(
      "station CP001 has connected anew; the connection there was is closed",
    );
  });
});

it("without anything to prove, nobody takes the place of a connection that answers", async () => {
  const test = await startTestCsms({ stations: [{ identity: "CP001", profile: 0 }] });
  const { peer } = await enter(test, "ocpp2.0.1", { profile: 0 });
  await expect(enter(test, "ocpp2.0.1", { profile: 0 })).rejects.toThrow("HTTP 409");
  expect(peer.open).toBe(true);
});

it.each([
  ["/ocpp/CP001", 101],
  ["/CP001", 101],
  ["/steve/websocket/CentralSystemService/CP001", 101],
  ["/elsewhere/CP001", 404],
  ["/ocpp/../CP001", 404],
  ["/%2e%2e", 404],
  ["/", 404],
  [`/${"x".repeat(49)}`, 404],
  ["/CP001/", 404],
  ["/ocpp/%00", 400],
])("finds the station in %s: %d", async (target, status) => {
  const test = await startTestCsms();
  expect(await knock(test, target, "ocpp2.0.1", basic("CP001", password))).toBe(status);
});

it("no version in common is refused before the upgrade too", async () => {
  const test = await startTestCsms();
  for (const protocol of ["ocpp1.5", "soap", ""]) {
    expect(await knock(test, "/ocpp/CP001", protocol, basic("CP001", password)), protocol).toBe(400);
  }
});

it("accounts are on disk: a CSMS that starts again knows its stations, and a new password is the one that counts", async () => {
  const folder = mkdtempSync(join(tmpdir(), "csms-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const database = join(folder, "csms.db");
  const first = await startTestCsms({ database });
  await first.csms.close();
  const second = await startTestCsms({ database, stations: [] });
  const status = (secret: string) => knock(second, "/ocpp/CP001", "ocpp1.6", basic("CP001", secret));
  expect(await status(password)).toBe(101);
  second.csms.setStations([{ identity: "CP001", profile: 1, password: "another-password" }]);
  expect([await status(password), await status("another-password")]).toEqual([401, 101]);
  await second.csms.close();
});
