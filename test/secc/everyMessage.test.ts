/**
 * Every state with every message, over a connection and with all that the bus hears (A10): what is out of sequence, or
 * names another session (A08), is refused, and nothing happens but that the power goes off.
 */
import { afterEach, describe, expect, it } from "vitest";
import type { RequestName } from "../../src/iso15118/iso2/index.ts";
import { iso2Machine } from "../../src/secc/iso2/machine.ts";
import { requestNames } from "./fixtures.ts";
import { type StateName, stateNames, walkTo, willing } from "./walks.ts";
import { code, type Station, station, type TestEv } from "./world.ts";

let of: Station;
const opened: Station[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

/** What a broken session leaves to do: power off, and that the data link is broken. */
const powerOff = ["ac_open_contactor", "dc_open_contactor", "current_demand_finished"];
const farewells = [...powerOff, "hlc_session_failed", "dlink_error"];
/** From the cable check on the contactor may be closed. */
const powered: readonly StateName[] = [
  ...(["ChargingStarted", "Charging", "MeteringReceipt"] as const),
  ...(["PreCharge", "PreCharging", "CurrentDemandStarted", "CurrentDemand"] as const),
];

async function refused(state: StateName, ask: (ev: TestEv) => Promise<unknown>, expected: string): Promise<void> {
  of = await station({}, willing);
  opened.push(of);
  const ev = await walkTo(state, of);
  const { evse } = of.secc;
  const before = of.published().length;
  const heard = () => of.published().slice(before);
  expect(await ask(ev)).toBe(expected);
  expect(heard().filter((name) => !powerOff.includes(name))).toEqual([]);
  expect(heard().filter((name) => name.endsWith("_open_contactor"))).toHaveLength(powered.includes(state) ? 1 : 0);
  // Whatever follows is not heard any more [V2G2-539].
  await ev.send(ev.encode("ServiceDiscoveryReq"));
  await of.clock.advance(2000);
  expect(await ev.next()).toBeUndefined();
  expect(heard().filter((name) => !farewells.includes(name))).toEqual([]);
  const { dc } = of.secc.evse;
  expect(of.secc.evse).toEqual({ ...evse, contactorClosed: false, dc: { ...evse.dc, isolation: dc.isolation } });
}

const understood = (state: StateName, name: RequestName) =>
  Object.hasOwn(iso2Machine.states.get(state)?.on ?? {}, name);
// Nothing can be said to who has said goodbye.
const live = stateNames.filter((state) => state !== "Terminated");

describe("a message out of sequence", () => {
  it("has a way into every state", () => {
    expect([...stateNames].sort()).toEqual([...iso2Machine.states.keys()].sort());
  });

  it.each(live)("in %s", async (state) => {
    const wrong = requestNames.filter((name) => !understood(state, name));
    expect(wrong.length).toBeGreaterThan(10);
    for (const name of wrong) {
      await refused(state, async (ev) => code(await ev.ask(name)), "FAILED_SequenceError");
      await of.close();
    }
  });
});

describe("a message of another session", () => {
  const strangers: readonly [string, (own: Uint8Array) => Uint8Array][] = [
    ["zero", () => new Uint8Array(8)],
    ["empty", () => new Uint8Array(0)],
    ["foreign", (own) => own.map((octet) => octet ^ 1)],
    ["the beginning of its own", (own) => own.subarray(0, 7)],
  ];

  it.each(live.filter((state) => state !== "SessionSetup"))("in %s", async (state) => {
    const right = requestNames.filter((name) => understood(state, name));
    for (const name of right) {
      for (const [, change] of strangers) {
        const ask = async (ev: TestEv) => {
          const own = ev.sessionId;
          ev.sessionId = change(own);
          return code(await ev.ask(name));
        };
        await refused(state, ask, "FAILED_UnknownSession");
        await of.close();
      }
    }
  });
});
