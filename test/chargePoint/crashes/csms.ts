/** The CSMS of `npm run crashes`: for any number of stations, each with troubles of its own. It answers when it has a message in its book. */
import { isDeepStrictEqual } from "node:util";
import { RpcError } from "../../../src/rpc/errors.ts";
import { type Listener, listen } from "../../../src/rpc/listener.ts";
import type { Peer } from "../../../src/rpc/peer.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { FakeCsms as FakeCsms201 } from "../support.ts";
import { FakeCsms as FakeCsms16 } from "../v16/bench.ts";
import type { Arrival } from "./judge.ts";
import type { Plan } from "./plan.ts";

/** What stations keep until the CSMS has it. */
const kept: readonly string[] = [
  "TransactionEvent",
  "StartTransaction",
  "StopTransaction",
  "MeterValues",
  "SecurityEventNotification",
];
const DOWN_MS = 80;

/** One station, as the CSMS knows it. */
export class Account {
  readonly arrivals: Arrival[] = [];
  /** Called when a message comes, before it is taken. */
  onMessage: (nth: number) => void = () => {};
  readonly #plan: Plan;
  readonly #answers;
  #messages = 0;
  #downUntil = 0;
  #transactions = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#answers = plan.version === "1.6" ? new FakeCsms16() : new FakeCsms201();
  }

  get down(): boolean {
    return systemClock.monotonic() < this.#downUntil;
  }

  async take(peer: Peer, action: string, payload: object): Promise<unknown> {
    const nth = ++this.#messages;
    this.onMessage(nth);
    const trouble = this.#plan.troubles.find((one) => one.nth === nth)?.what;
    if (trouble === "fails") throw new RpcError("InternalError", "the CSMS has other worries");
    const transactionId = action === "StartTransaction" ? this.#number(payload) : undefined;
    if (kept.includes(action)) {
      this.arrivals.push({ action, payload, ...(transactionId === undefined ? {} : { transactionId }) });
    }
    if (trouble === "down") this.#downUntil = systemClock.monotonic() + DOWN_MS;
    if (trouble) peer.terminate();
    if (transactionId !== undefined) return { transactionId, idTagInfo: { status: "Accepted" } };
    return this.#answers.call(action, payload);
  }

  /** The same start again is the same transaction. */
  #number(payload: object): number {
    const known = this.arrivals.find(
      (one) => one.transactionId !== undefined && isDeepStrictEqual(one.payload, payload),
    );
    return known?.transactionId ?? ++this.#transactions;
  }
}

export class Csms {
  readonly #accounts = new Map<string, Account>();
  #listener: Listener | undefined;

  get url(): string {
    return `ws://127.0.0.1:${this.#listener?.port ?? 0}/ocpp`;
  }

  async open(): Promise<void> {
    this.#listener = await listen({
      ...{ host: "127.0.0.1", port: 0, path: "/ocpp", subprotocols: ["ocpp1.6", "ocpp2.0.1"] },
      ...{ clock: systemClock, random: cryptoRandom },
      authenticate: async ({ identity }) =>
        this.#accounts.has(identity)
          ? { ok: true, authenticated: true }
          : { ok: false, status: 404, reason: "no such station" },
      connected: (peer, { identity }) => {
        const account = this.#accounts.get(identity);
        if (!account || account.down) peer.terminate();
        else peer.onCall((action, payload) => account.take(peer, action, payload as object));
      },
    });
  }

  add(identity: string, plan: Plan): Account {
    const account = new Account(plan);
    this.#accounts.set(identity, account);
    return account;
  }

  async close(): Promise<void> {
    await this.#listener?.close();
  }
}
