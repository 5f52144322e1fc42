/** Stations in one process: OCPP 2.0.1 charge points with all that belongs to them, or their connections alone. */
import { ChargePoint } from "../src/chargePoint/v201/chargePoint.ts";
import { coreMigrations } from "../src/chargePoint/v201/schema.ts";
import { createCall } from "../src/ocpp/v201/endpoint.ts";
import { type ConnectFailure, Link } from "../src/rpc/link.ts";
import type { Peer } from "../src/rpc/peer.ts";
import { systemClock } from "../src/util/clock.ts";
import { openDatabase } from "../src/util/database.ts";
import { silentLogger } from "../src/util/log.ts";
import { cryptoRandom } from "../src/util/random.ts";
import { silentTracer } from "../src/util/trace.ts";
import { FakeStation } from "../test/chargePoint/fakeStation.ts";
import { makeModel } from "../test/chargePoint/support.ts";
import { answerAll, memory } from "./part.ts";

export type StationsQuestion =
  /** Connects stations, and waits for them. `whole`: with a charge point each, booted. */
  | { readonly connect: readonly string[]; readonly url: string; readonly password: string; readonly whole: boolean }
  /** How many milliseconds so many Authorize take, one after the other, at the first charge point. */
  | { readonly authorize: number; readonly idToken: string }
  /** Tries so often to connect to where nobody listens. */
  | { readonly fail: number }
  | { readonly look: "memory" };

const points: ChargePoint[] = [];
const links: Link[] = [];
let password = "";

answerAll(async (question: StationsQuestion) => {
  if ("look" in question) return memory();
  if ("fail" in question) return fail(question.fail);
  if ("authorize" in question) return authorize(question.authorize, question.idToken);
  const { connect, url, whole } = question;
  password = question.password;
  const AT_ONCE = 20;
  for (let from = 0; from < connect.length; from += AT_ONCE) {
    const some = connect.slice(from, from + AT_ONCE);
    await Promise.all(some.map((identity) => (whole ? chargePoint(identity, url) : connection(identity, url))));
  }
  return undefined;
});

interface Wishes {
  connected(peer: Peer): void;
  failed?(failure: ConnectFailure): void;
}

function linkTo(url: string, identity: string, wishes: Wishes): Link {
  const link = new Link({
    ...{ clock: systemClock, random: cryptoRandom },
    endpoint: () => ({ url, identity, subprotocols: ["ocpp2.0.1"], security: { profile: 1, password } }),
    backOff: { waitMinimumMs: 0, randomRangeMs: 0, repeatTimes: 0 },
    ...wishes,
  });
  links.push(link);
  return link;
}

function connection(identity: string, url: string): Promise<void> {
  return new Promise((resolve) => {
    const link = linkTo(url, identity, {
      connected: (peer) => {
        const chargingStation = { vendorName: "plugcharge", model: "bench" };
        createCall(peer)("BootNotification", { reason: "PowerUp", chargingStation }).then(() => resolve());
      },
    });
    link.start();
  });
}

/** Asks the CSMS about every token anew. */
const values = { "AuthCtrlr.LocalPreAuthorize": "false", "AuthCacheCtrlr.Enabled": "false" };

function chargePoint(identity: string, url: string): Promise<void> {
  const station = new FakeStation();
  const booted = new Promise<void>((resolve) => {
    Object.assign(station, { publish: (variable: string) => variable === "boot_notification_response" && resolve() });
  });
  const link: Link = linkTo(url, identity, {
    connected: (peer) => {
      peer.onCall(point.answer);
      point.connected();
    },
  });
  const point = new ChargePoint({
    ...{ clock: systemClock, random: cryptoRandom, log: silentLogger, trace: silentTracer },
    ...{ model: makeModel(values), database: openDatabase(":memory:", coreMigrations), station, link },
    bootReason: "PowerUp",
    publishing: { unit: "A", duration: 600, interval: 0, source: "ocpp" },
  });
  points.push(point);
  point.start();
  link.start();
  return booted;
}

async function authorize(count: number, idToken: string): Promise<number> {
  const token = { id_token: { value: idToken, type: "ISO14443" }, authorization_type: "RFID" } as const;
  const begun = systemClock.monotonic();
  for (let i = 0; i < count; i++) {
    const { authorization_status } = (await points[0]?.validateToken(token)) ?? {};
    if (authorization_status !== "Accepted") throw new RangeError(`the token is ${authorization_status}`);
  }
  return systemClock.monotonic() - begun;
}

function fail(count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    const link: Link = linkTo("ws://127.0.0.1:1", "CP", {
      connected: () => {},
      failed: () => {
        if (--left === 0) link.stop().then(resolve);
      },
    });
    link.start();
  });
}
