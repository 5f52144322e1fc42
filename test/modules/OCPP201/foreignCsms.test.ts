/** Our station at a CSMS that is not ours: ocpp-rpc, which checks every message against the schemas (strict mode). */
import { RPCServer } from "ocpp-rpc";
import { expect, it, onTestFinished, vi } from "vitest";
import { createTestPki } from "../../../src/pki/index.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { nodeFiles } from "../../../src/util/files.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { contractOf, session } from "../ocppCommon/scenes.ts";
import { startTestStation, temporaryFolder } from "./support.ts";

interface ForeignCall {
  readonly method: string;
  readonly params: { eventType?: string; idToken?: { idToken: string } };
}

interface ForeignClient {
  readonly identity: string;
  handle(handler: (call: ForeignCall) => object): void;
  call(method: string, params: object): Promise<unknown>;
  on(event: "strictValidationFailure", listener: (failure: { error: Error }) => void): void;
}

const answers: Readonly<Record<string, object>> = {
  BootNotification: { status: "Accepted", interval: 300, currentTime: "2026-01-01T00:00:00Z" },
  Authorize: { idTokenInfo: { status: "Accepted" }, certificateStatus: "Accepted" },
  Heartbeat: { currentTime: "2026-01-01T00:00:00Z" },
  GetCertificateStatus: { status: "Failed" },
};

it("finds nothing wrong with the messages of a whole session, and nothing with our answers", async () => {
  const folder = temporaryFolder();
  const heard: ForeignCall[] = [];
  const failures: string[] = [];
  let station: ForeignClient | undefined;
  const server = new RPCServer({ protocols: ["ocpp2.0.1"], strictMode: true });
  server.auth((accept) => accept());
  server.on("client", (client: ForeignClient) => {
    station = client;
    client.on("strictValidationFailure", ({ error }) => failures.push(error.message));
    client.handle((call) => {
      heard.push(call);
      return answers[call.method] ?? {};
    });
  });
  const { port } = (await server.listen(0, "127.0.0.1")).address() as { port: number };
  onTestFinished(async () => void (await server.close({ force: true })));
  const pki = await createTestPki({
    clock: systemClock,
    random: cryptoRandom,
    files: nodeFiles,
    dir: folder,
    ocspUrl: "http://ocsp",
  });
  const { hands } = await startTestStation({ folder, csms: { url: `ws://127.0.0.1:${port}` }, pki });
  await hands.booted;
  expect(await hands.validate(contractOf(pki))).toMatchObject({ authorization_status: "Accepted" });
  for (const event of session("foreign", contractOf(pki))) hands.sessionEvent(event);
  const transaction = () =>
    heard.filter(({ method }) => method === "TransactionEvent").map(({ params }) => params.eventType);
  await vi.waitFor(() => expect(transaction()).toEqual(["Started", "Updated", "Ended"]));
  for (const reportBase of ["FullInventory", "ConfigurationInventory", "SummaryInventory"]) {
    expect(await station?.call("GetBaseReport", { requestId: 1, reportBase })).toEqual({ status: "Accepted" });
  }
  await vi.waitFor(() => expect(heard.filter(({ method }) => method === "NotifyReport").length).toBeGreaterThan(2));
  expect(await station?.call("GetInstalledCertificateIds", {})).toMatchObject({ status: "Accepted" });
  expect(await station?.call("RequestStopTransaction", { transactionId: "none" })).toEqual({ status: "Rejected" });
  expect(failures).toEqual([]);
  expect(station?.identity).toBe("cp001");
});
