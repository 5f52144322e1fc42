/** However a session ends, the power is off, little is said about it, and the next EV charges (A05, A27, B10, C05). */
import { afterEach, describe, expect, test } from "vitest";
import { memoryNetwork } from "../../src/transport/memory.ts";
import type { ByteStream, Network } from "../../src/transport/ports.ts";
import { StreamError } from "../../src/transport/ports.ts";
import { type Logger, silentLogger } from "../../src/util/log.ts";
import { type StateName, stateNames, walkTo, willing } from "../secc/walks.ts";
import { code, type Station, station, type TestEv } from "../secc/world.ts";

let of: Station;
afterEach(() => of.close());

const live = stateNames.filter((state) => state !== "Terminated");

/** In this state the contactor may be closed. */
const powered: readonly StateName[] = [
  ...(["ChargingStarted", "Charging", "MeteringReceipt"] as const),
  ...(["PreCharge", "PreCharging", "CurrentDemandStarted", "CurrentDemand"] as const),
];

async function next(): Promise<void> {
  const ev = await walkTo("Charging", of);
  expect(of.secc.evse.contactorClosed).toBe(true);
  expect(code(await ev.ask("PowerDeliveryReq", { ChargeProgress: "Stop" }))).toBe("OK");
  expect(code(await ev.ask("SessionStopReq"))).toBe("OK");
  await ev.stream.close();
  await of.clock.advance(1);
}

/** Whoever breaks off, in this way. */
const breaks: Readonly<Record<string, (ev: TestEv) => Promise<unknown> | unknown>> = {
  "breaks the connection off": (ev) => ev.stream.destroy(),
  "ends the connection in good order": (ev) => ev.stream.close(),
  "sends what is no frame": (ev) => ev.stream.write(new Uint8Array(16)).then(() => ev.closed),
  "falls silent": () => of.clock.advance(60_000),
  "asks for what it may not": (ev) => ev.ask("SessionSetupReq").then(() => of.clock.advance(2000)),
};

describe.each(Object.entries(breaks))("an EV that %s", (_how, act) => {
  test("in any state leaves no power, and the next one charges (A27)", async () => {
    const said: string[] = [];
    const log: Logger = {
      ...silentLogger,
      warn: (_facts, text) => void said.push(text),
      error: (_facts, text) => void said.push(text),
    };
    of = await station({ log }, willing);
    for (const state of live.filter((name) => name !== "SessionSetup")) {
      said.length = 0;
      const ev = await walkTo(state, of);
      const before = of.timeline.entries.length;
      await act(ev);
      await of.clock.advance(1);
      expect(of.secc.evse.contactorClosed, state).toBe(false);
      expect(said.length, `log lines in ${state} (B10)`).toBeLessThanOrEqual(20);
      expect(of.timeline.entries.slice(before).filter(({ kind }) => kind === "fault").length).toBeLessThanOrEqual(1);
    }
    await next();
    await of.close();
    expect(of.clock.pending).toBe(0);
  });
});

describe("a data link that is lost (C05)", () => {
  test.each(live)("in %s: the contactor opens at once, and the next EV charges", async (state) => {
    of = await station({}, willing);
    const ev = await walkTo(state, of);
    const before = of.published().length;
    of.secc.dlinkReady(false);
    const heard = of.published().slice(before);
    expect(heard.filter((name) => name.endsWith("_open_contactor"))).toHaveLength(powered.includes(state) ? 1 : 0);
    expect(of.secc.evse.contactorClosed).toBe(false);
    await ev.closed;
    of.secc.dlinkReady(true);
    await next();
  });
});

describe("a connection that breaks while it is written to (A05)", () => {
  /** Fails at the n-th write, as a socket does whose peer has gone. */
  function failing(network: Network, at: number): Network {
    const listen: Network["listen"] = (options) =>
      network.listen({
        ...options,
        onStream(stream: ByteStream) {
          const write = stream.write.bind(stream);
          let left = at;
          const broken = () => Promise.reject(new StreamError("broken", "EPIPE", "the peer has gone"));
          options.onStream(
            Object.assign(stream, { write: (bytes: Uint8Array) => (left-- > 0 ? write(bytes) : broken()) }),
          );
        },
      });
    return { ...network, listen };
  }

  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])("at the answer number %d", async (at) => {
    of = await station({ network: failing(memoryNetwork({ certificates: { chain: [] } }), at) }, willing);
    await walkTo("Charging", of).catch(() => {});
    await of.clock.advance(2000);
    expect(of.published().at(-1)).toBe("dlink_error");
    expect(of.secc.evse.contactorClosed).toBe(false);
    expect(of.timeline.entries.filter(({ rule }) => rule === "InternalError")).toEqual([]);
  });
});
