/**
 * Valid ways through the states of ISO 15118-2 with one mutation each (C06): what found five bugs in an open charger
 * (Chonnam 2025), EVFUZZ and V2G Fuzzer do the same.
 */
import { encodeFrame, HEADER_LENGTH, payloadType } from "../../src/v2gtp/header.ts";
import { contractKey, requestNames } from "../secc/fixtures.ts";
import { evseFor, type Mile, type StateName, walks } from "../secc/walks.ts";
import { code, type Station, TestEv } from "../secc/world.ts";
import type { Dice } from "./random.ts";

/** What happens in the place of a message. `undefined` when the connection is over with it. */
type Mutation = (run: Run, miles: readonly Mile[], at: number) => Promise<unknown>;

/** One sequence under way. */
export interface Run {
  readonly of: Station;
  readonly ev: TestEv;
  readonly dice: Dice;
  /** Whole frames of earlier sequences. */
  readonly recorded: Uint8Array[];
}

const ends: readonly StateName[] = ["SessionStop", "WeldingDetection", "MeteringReceipt", "Charging", "CurrentDemand"];
const goodbye: Mile = { name: "SessionStopReq", body: { ChargingSession: "Terminate" } };

/** The next message as it should be. */
function exiOf({ ev }: Run, { name, body = {} }: Mile): Uint8Array {
  const signed = name === "AuthorizationReq";
  return ev.encode(name, { ...body, ...(signed && { GenChallenge: ev.challenge }) }, signed ? contractKey : undefined);
}

/** Writes octets, and waits for the answer as long as one can come. @returns whether the connection is still there */
async function write(run: Run, bytes: Uint8Array): Promise<boolean> {
  const { of, ev } = run;
  run.recorded.push(bytes);
  run.recorded.splice(0, run.recorded.length - 40);
  let over = false;
  try {
    await ev.stream.write(bytes);
  } catch {
    return false;
  }
  const answered = ev.answer().then(
    (answer) => {
      if (answer?.name === "PaymentDetailsRes") ev.challenge = answer.message.GenChallenge;
      return code(answer);
    },
    () => undefined,
  );
  void answered.finally(() => {
    over = true;
  });
  for (let patience = 0; patience < 6 && !over; patience++) await of.clock.advance(patience === 0 ? 0 : 1000);
  const found = over ? await answered : "silence";
  return found !== undefined && !found.startsWith("FAILED");
}

const send = (run: Run, exi: Uint8Array) => write(run, encodeFrame(payloadType.exi, exi));

/** The message, changed octet by octet. */
const changed =
  (change: (exi: Uint8Array, dice: Dice) => Uint8Array): Mutation =>
  (run, miles, at) =>
    send(run, change(exiOf(run, mileAt(miles, at)), run.dice));

function mileAt(miles: readonly Mile[], at: number): Mile {
  return miles[at] ?? goodbye;
}

export const mutations = {
  "a message left out": async () => true,
  "a message twice": async (run, miles, at) =>
    (await send(run, exiOf(run, mileAt(miles, at)))) && send(run, exiOf(run, mileAt(miles, at))),
  "two messages in the wrong order": async (run, miles, at) =>
    (await send(run, exiOf(run, mileAt(miles, at + 1)))) && send(run, exiOf(run, mileAt(miles, at))),
  "another message": (run) => send(run, run.ev.encode(run.dice.pick(requestNames))),
  "another session": (run, miles, at) => {
    run.ev.sessionId = run.dice.octets(run.dice.below(9));
    return send(run, exiOf(run, mileAt(miles, at)));
  },
  "a bit turned over": changed((exi, dice) => {
    const bit = dice.below(exi.length * 8);
    return exi.map((octet, i) => (i === bit >> 3 ? octet ^ (1 << (bit & 7)) : octet));
  }),
  "an octet changed": changed((exi, dice) => {
    const at = dice.below(exi.length);
    return exi.map((octet, i) => (i === at ? dice.below(256) : octet));
  }),
  "a message cut short": changed((exi, dice) => exi.subarray(0, dice.below(exi.length))),
  "octets behind the message": changed((exi, dice) => Uint8Array.from([...exi, ...dice.octets(1 + dice.below(64))])),
  "octets left out": changed((exi, dice) => {
    const at = dice.below(exi.length);
    return Uint8Array.from([...exi.subarray(0, at), ...exi.subarray(at + 1 + dice.below(8))]);
  }),
  garbage: (run) => send(run, run.dice.octets(run.dice.below(300))),
  "another payload type": (run, miles, at) =>
    write(run, encodeFrame(run.dice.below(0x10000), exiOf(run, mileAt(miles, at)))),
  "another length": (run, miles, at) => {
    const frame = encodeFrame(payloadType.exi, exiOf(run, mileAt(miles, at)));
    frame.set(run.dice.octets(4), HEADER_LENGTH - 4);
    return write(run, frame);
  },
  "another header": (run, miles, at) => {
    const frame = encodeFrame(payloadType.exi, exiOf(run, mileAt(miles, at)));
    frame[run.dice.below(HEADER_LENGTH)] = run.dice.below(256);
    return write(run, frame);
  },
  "two messages in one": (run, miles, at) => {
    const frames = [at, at + 1].map((i) => encodeFrame(payloadType.exi, exiOf(run, mileAt(miles, i))));
    return write(run, Uint8Array.from(frames.flatMap((frame) => [...frame])));
  },
  "a message in pieces": async (run, miles, at) => {
    const frame = encodeFrame(payloadType.exi, exiOf(run, mileAt(miles, at)));
    const cut = run.dice.below(frame.length);
    await run.ev.stream.write(frame.subarray(0, cut)).catch(() => {});
    return write(run, frame.subarray(cut));
  },
  "a message of before": (run) => write(run, run.dice.pick(run.recorded)),
  "an unsigned proof": (run) => send(run, run.ev.encode("AuthorizationReq", { GenChallenge: run.ev.challenge })),
  silence: async (run) => {
    await run.of.clock.advance(61_000);
    return false;
  },
  "no more answers read": async (run, miles, at) => {
    await run.ev.stream.write(encodeFrame(payloadType.exi, exiOf(run, mileAt(miles, at)))).catch(() => {});
    return false;
  },
  "the end of the connection": async (run) => {
    run.ev.stream.destroy();
    return false;
  },
  "the end of the data link": async (run) => {
    run.of.secc.dlinkReady(false);
    await run.of.clock.advance(0);
    run.of.secc.dlinkReady(true);
    return false;
  },
  "a wish to stop": async (run, miles, at) => {
    run.of.secc.stopCharging(true);
    return send(run, exiOf(run, mileAt(miles, at)));
  },
  "a withdrawal": async (run, miles, at) => {
    const refusal = { authorization_status: "Invalid", certificate_status: "Accepted" } as const;
    run.of.secc.apply({ type: "authorization_response", ...refusal });
    return send(run, exiOf(run, mileAt(miles, at)));
  },
} satisfies Record<string, Mutation>;

export type MutationName = keyof typeof mutations;
const mutationNames = Object.keys(mutations) as MutationName[];

/** What was done, for whoever looks for the reason. */
export interface Sequence {
  readonly way: StateName;
  readonly at: number;
  readonly mutation: MutationName;
}

/** One EV, from its connection to its end. */
export async function play(of: Station, dice: Dice, recorded: Uint8Array[]): Promise<Sequence> {
  const way = dice.pick(ends);
  const mutation = dice.pick(mutationNames);
  const miles = walks[way].filter(({ name }) => name !== "CertificateInstallationReq");
  const at = dice.below(miles.length + 1);
  of.secc.update(evseFor(way));
  const run: Run = { of, dice, recorded, ev: await TestEv.connect(of) };
  await run.ev.agree();
  let alive = true;
  for (let i = 0; i <= miles.length && alive; i++) {
    const act: Mutation = i === at ? mutations[mutation] : (r, all, n) => send(r, exiOf(r, mileAt(all, n)));
    alive = (await act(run, miles, i)) === true;
  }
  run.ev.stream.destroy();
  await of.clock.advance(1);
  return { way, at, mutation };
}
