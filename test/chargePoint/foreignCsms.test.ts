/** Our stations at a CSMS of another maker: ocpp-rpc, which holds every message to the schemas (strict mode). It asks everything once. */
import { RPCServer } from "ocpp-rpc";
import { describe, expect, it, onTestFinished } from "vitest";
import type { AnyChargePoint } from "../../src/chargePoint/chargePoint.ts";
import { Link } from "../../src/rpc/link.ts";
import { systemClock } from "../../src/util/clock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import type { ActionRow } from "./actionTable.ts";
import type { FakeStation } from "./fakeStation.ts";
import { bench as bench201 } from "./support.ts";
import { rows as rows16 } from "./v16/actionRows.ts";
import { bench as bench16 } from "./v16/bench.ts";
import { rows as rows201 } from "./v201/actionRows.ts";

interface ForeignStation {
  handle(handler: (call: { method: string }) => object): void;
  call(method: string, params: object): Promise<unknown>;
  on(event: "strictValidationFailure", listener: (failure: { error: Error }) => void): void;
}

const currentTime = "2026-01-01T00:00:00Z";
const answers: Readonly<Record<string, object>> = {
  BootNotification: { status: "Accepted", interval: 300, currentTime },
  Heartbeat: { currentTime },
  SignCertificate: { status: "Accepted" },
  DataTransfer: { status: "UnknownVendorId" },
  GetCertificateStatus: { status: "Failed" },
};

function prepare(station: FakeStation): void {
  station.withSystem();
  station.withReservation();
}

describe.each([
  { version: "1.6", rows: rows16, make: (link: Link) => bench16({ prepare, options: { link } }).chargePoint },
  { version: "2.0.1", rows: rows201, make: (link: Link) => bench201({ prepare, options: { link } }).chargePoint },
])("ocpp-rpc, strict, as the CSMS of a station of OCPP $version", ({ version, rows, make }) => {
  it("asks everything and finds nothing wrong with any answer", async () => {
    const failures: string[] = [];
    const server = new RPCServer({ protocols: [`ocpp${version}`], strictMode: true });
    server.auth((accept) => accept());
    const stationThere = new Promise<ForeignStation>((resolve) => {
      server.on("client", (client: ForeignStation) => {
        client.on("strictValidationFailure", ({ error }) => failures.push(error.message));
        client.handle(({ method }) => {
          if (method === "BootNotification") setImmediate(() => resolve(client));
          return answers[method] ?? {};
        });
      });
    });
    const { port } = (await server.listen(0, "127.0.0.1")).address() as { port: number };
    onTestFinished(async () => void (await server.close({ force: true })));
    const link: Link = new Link({
      ...{ clock: systemClock, random: cryptoRandom },
      endpoint: () => ({
        ...{ url: `ws://127.0.0.1:${port}`, identity: "CP001", subprotocols: [`ocpp${version}`] },
        security: { profile: 0 },
      }),
      backOff: { waitMinimumMs: 1_000, randomRangeMs: 0, repeatTimes: 0 },
      connected: (peer) => {
        peer.onCall(chargePoint.answer);
        chargePoint.connected();
      },
    });
    const chargePoint: AnyChargePoint = make(link);
    onTestFinished(() => link.stop());
    link.start();
    const station = await stationThere;
    for (const [action, row] of inOrder(rows)) {
      const [request, expected] = row.right;
      const answer = await station
        .call(action, request)
        .catch((error: { rpcErrorCode?: string }) => error.rpcErrorCode);
      if (typeof expected === "string") expect(answer, action).toBe(expected);
      else expect(answer, action).toMatchObject(expected);
    }
    expect(failures).toEqual([]);
  });
});

/** What is set is told of, and then cleared. */
function inOrder(rows: Readonly<Record<string, ActionRow>>): [string, ActionRow][] {
  const rank = (action: string) => (action.startsWith("Clear") ? 2 : Number(/^Get(?!LocalListVersion)/.test(action)));
  return Object.entries(rows).toSorted(([a], [b]) => rank(a) - rank(b));
}
