/** Floods: of SDP requests (A03), of connections that say nothing (A04), of datagrams that are none (A02). */
import { createSocket } from "node:dgram";
import { existsSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { nodeNetwork } from "../../src/transport/node.ts";
import type { Network } from "../../src/transport/ports.ts";
import { fromHex } from "../../src/util/bytes.ts";
import { encodeSdpRequest } from "../../src/v2gtp/sdp.ts";
import { openFiles, type RealStation, realStation } from "./station.ts";

let station: RealStation;
afterEach(() => station.close());

const linux = existsSync("/proc/self/fd");

/** Sends datagrams as fast as they go; the system may drop some, as a real one does. */
async function flood(port: number, datagrams: readonly Uint8Array[]): Promise<number> {
  const socket = createSocket("udp6");
  let answers = 0;
  socket.on("message", () => answers++);
  for (const [i, bytes] of datagrams.entries()) {
    await new Promise<void>((resolve) => socket.send(bytes, port, "::1", () => resolve()));
    if (i % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return answers;
}

describe("a flood", () => {
  test.runIf(linux)("of 5000 SDP requests costs no socket, and the honest EV is answered (A03)", async () => {
    station = await realStation();
    await station.honest();
    const before = openFiles();
    const memory = process.memoryUsage().heapUsed;
    await flood(station.sdpPort, new Array(5000).fill(encodeSdpRequest({ security: "tls" })));
    await station.honest();
    expect(Math.abs(openFiles() - before)).toBeLessThanOrEqual(5);
    expect(process.memoryUsage().heapUsed - memory).toBeLessThan(32 * 2 ** 20);
    const told = station.timeline.entries.filter(({ title }) => title === "SECCDiscoveryReq");
    expect(told.length, "an exchange that repeats itself is told once").toBeLessThanOrEqual(4);
  });

  test("of datagrams that announce what they are not is dropped (A02)", async () => {
    station = await realStation();
    const lengths = ["fffffff8", "fffffffe", "ffffffff", "00000000", "00000001", "00000003", "00010000"];
    const bad = lengths.map((length) => fromHex(`01fe9000${length}0000`));
    const others = ["", "01", "01fe9000", "01fe900000000002", "01fe90000000000200", "02fd9000000000020000"].map(
      fromHex,
    );
    const strange = ["01fe9000000000020001", "01fe9000000000025500", "01fe9001000000020000"].map(fromHex);
    const answers = await flood(station.sdpPort, [...bad, ...others, ...strange]);
    expect(answers).toBe(0);
    expect(station.timeline.entries).toEqual([]);
    await station.honest();
  });

  test("TLS alone means that no plain listener is opened (C03)", async () => {
    const listened: boolean[] = [];
    const network: Network = {
      ...nodeNetwork(),
      listen(options) {
        listened.push(options.tls !== undefined);
        return nodeNetwork().listen(options);
      },
    };
    station = await realStation({ network, tlsSecurity: "force" });
    // Twice where the preferred port is taken.
    expect(new Set(listened)).toEqual(new Set([true]));
    expect(station.secc.port("none")).toBeUndefined();
  });

  test.runIf(linux)("of 300 connections without a ClientHello is cut to eight, and leaves nothing (A04)", async () => {
    station = await realStation({ tls: { handshakeMs: 500 } });
    const before = openFiles();
    const gone: Promise<unknown>[] = [];
    const sockets: Socket[] = Array.from({ length: 300 }, () => {
      const socket = connect({ host: "::1", port: station.tlsPort });
      socket.on("error", () => {});
      gone.push(new Promise((resolve) => socket.once("close", resolve)));
      return socket.resume();
    });
    // Those beyond eight at once, the eight when their time for a handshake is over.
    await Promise.all(gone);
    await station.honest();
    for (const socket of sockets) socket.destroy();
    expect(Math.abs(openFiles() - before)).toBeLessThanOrEqual(5);
  });
});
