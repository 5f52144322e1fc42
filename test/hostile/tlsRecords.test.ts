/** A handshake that is broken off at every one of its records, by an end or by a reset (A05). */
import { connect as connectTcp, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openssl, opensslClient, opensslTest } from "../x509/openssl.ts";
import { type RealStation, realStation } from "./station.ts";

let station: RealStation;
const escaped: unknown[] = [];
const note = (reason: unknown) => void escaped.push(reason);
beforeAll(async () => {
  process.on("unhandledRejection", note).on("uncaughtExceptionMonitor", note);
  station = await realStation();
});
afterAll(async () => {
  process.off("unhandledRejection", note).off("uncaughtExceptionMonitor", note);
  await station.close();
});

type End = "end" | "reset" | "half a record, then a reset";

/**
 * A TLS client whose records go out one by one; after `count` of them the connection ends.
 * @returns how many records it wrote until it was done
 */
function handshake(port: number, count: number, end: End): Promise<number> {
  return new Promise((resolve) => {
    const socket: Socket = connectTcp({ host: "::1", port });
    let sent = 0;
    const finish = () => {
      if (socket.destroyed) return;
      if (end === "end") socket.end();
      else socket.resetAndDestroy();
      wire.destroy();
    };
    const wire = new Duplex({
      read() {},
      write(chunk: Uint8Array, _encoding, done) {
        if (sent++ < count) {
          socket.write(chunk, () => done());
          return;
        }
        if (end === "half a record, then a reset") socket.write(chunk.subarray(0, chunk.length >> 1), finish);
        else finish();
        done();
      },
    });
    socket.on("data", (chunk) => wire.push(chunk));
    socket.on("error", () => {});
    socket.once("close", () => {
      wire.destroy();
      tls.destroy();
      resolve(sent);
    });
    const tls = connectTls({ socket: wire, rejectUnauthorized: false });
    tls.on("error", () => {});
    tls.once("secureConnect", () => {
      // A record beyond the handshake, so that every count up to here is reached.
      tls.write(Uint8Array.of(1, 0xfe, 0x80, 1, 0, 0, 0, 4));
      setImmediate(finish);
    });
  });
}

describe("a handshake that is broken off", () => {
  test.each<[End]>([["end"], ["reset"], ["half a record, then a reset"]])("by %s, at each record", async (end) => {
    const whole = await handshake(station.tlsPort, Number.POSITIVE_INFINITY, "end");
    expect(whole).toBeGreaterThanOrEqual(2);
    for (let count = 0; count <= whole; count++) await handshake(station.tlsPort, count, end);
    await station.honest();
    expect(escaped).toEqual([]);
  });

  test("many times leaves one line an event on the timeline", async () => {
    const before = station.timeline.entries.length;
    for (let turn = 0; turn < 20; turn++) await handshake(station.tlsPort, 1, "reset");
    await station.honest();
    const faults = station.timeline.entries.slice(before).filter(({ kind }) => kind === "fault");
    expect(faults.length).toBeLessThanOrEqual(20);
  });

  opensslTest("openssl s_client is served as far as it goes", async () => {
    const text = await opensslClient(["s_client", "-connect", `[::1]:${station.tlsPort}`, "-tls1_2"]);
    expect(text).toContain("ECDHE-ECDSA-AES128-SHA256");
    const other = await opensslClient(["s_client", "-connect", `[::1]:${station.tlsPort}`, "-tls1_3"]);
    expect(other).toMatch(/alert|no peer certificate/i);
    expect(openssl({}, ["version"]).ok).toBe(true);
    await station.honest();
  });
});
