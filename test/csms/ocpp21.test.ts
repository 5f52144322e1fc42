/** OCPP 2.1 at our CSMS, each message checked against the schemas of 2.1 on both sides. */
import { beforeAll, describe, expect, it } from "vitest";
import { handlers } from "../../src/csms/handlers/v21.ts";
import { type Call, createCall } from "../../src/ocpp/v21/endpoint.ts";
import { validator } from "../../src/ocpp/v21/validator.ts";
import { connectStation, contractPem, emaid, hashDataOf, startTestCsms, type TestCsms, withPki } from "./support.ts";

const timestamp = "2026-01-01T12:00:00Z";
let test: TestCsms;
let call: Call;
let contract: object;

beforeAll(async () => {
  test = await startTestCsms();
  const pki = await withPki(test);
  // The station would take either; what it names first is spoken.
  const { link } = await connectStation(test, {}, { subprotocols: ["ocpp2.1", "ocpp2.0.1"] });
  call = createCall(link);
  contract = { certificate: contractPem(pki), iso15118CertificateHashData: hashDataOf(pki, test.csms.ocspUrl) };
});

describe("a station of OCPP 2.1", () => {
  it("is let in, and known by its version", () => {
    expect(test.csms.stations).toMatchObject([{ protocol: "ocpp2.1", registration: "Accepted" }]);
  });

  it("has contracts and tokens of any type judged", async () => {
    const idToken = { idToken: emaid, type: "eMAID" };
    expect(await call("Authorize", { idToken, ...contract })).toEqual({
      ...{ idTokenInfo: { status: "Accepted" }, certificateStatus: "Accepted" },
    });
    // A type of 2.1's own.
    const direct = { idToken: "PSP-1", type: "DirectPayment" };
    expect(await call("Authorize", { idToken: direct })).toEqual({ idTokenInfo: { status: "Unknown" } });
  });

  it("tells of transactions, with what 2.1 has added", async () => {
    const event = {
      timestamp,
      seqNo: 0,
      transactionInfo: { transactionId: "tx-21", operationMode: "ChargingOnly" },
    } as const;
    await call("TransactionEvent", { eventType: "Started", triggerReason: "CablePluggedIn", ...event });
    expect(test.csms.transactions).toMatchObject([{ transactionId: "tx-21", problems: [] }]);
  });

  it("gets no certificate for ISO 15118-20", async () => {
    const request = { csr: "any", certificateType: "V2G20Certificate" } as const;
    expect(await call("SignCertificate", request)).toMatchObject({ status: "Rejected" });
  });

  it("bad case: a payload against the schema is refused in the spelling of 2.1", async () => {
    const peer = call as (action: string, payload: object) => Promise<unknown>;
    await expect(peer("Authorize", {})).rejects.toThrow("lacks idToken");
    expect(validator.validate("Authorize", "request", {})).toMatchObject({ code: "OccurrenceConstraintViolation" });
  });

  it("knows only actions that 2.1 has", () => {
    for (const action of Object.keys(handlers)) expect(validator.knows(action), action).toBe(true);
  });
});
