import type { KeyObject } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contractAccount, csmsPki } from "../../src/csms/pki.ts";
import type { CertificateSignedRequest, TransactionEventRequest } from "../../src/ocpp/v201/messages.generated.ts";
import { createPki } from "../../src/pki/index.ts";
import { NotConnected } from "../../src/rpc/errors.ts";
import { Link } from "../../src/rpc/link.ts";
import { fromBase64, toBase64 } from "../../src/util/bytes.ts";
import { systemClock } from "../../src/util/clock.ts";
import { UserError } from "../../src/util/errors.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { Timeline } from "../../src/util/trace.ts";
import {
  checkOcspResponse,
  createCertificateSigningRequest,
  createOcspRequest,
  generateKey,
  ocspCertId,
  parseOcspResponse,
  parsePemChain,
  toPem,
  validatePath,
} from "../../src/x509/index.ts";
import { connectStation, hashDataOf, password, startTestCsms, type TestCsms, withPki } from "./support.ts";

const event = (seqNo: number, more: Partial<TransactionEventRequest> = {}): TransactionEventRequest => ({
  eventType: seqNo === 0 ? "Started" : "Updated",
  seqNo,
  timestamp: new Date(Date.UTC(2026, 0, 1, 12, 0, seqNo)).toISOString(),
  triggerReason: "Authorized",
  transactionInfo: { transactionId: "tx-1" },
  ...more,
});
const reading = (value: number) => [{ timestamp: "2026-01-01T12:00:00Z", sampledValue: [{ value }] }];

/** Why a station is not let in, or "in". */
async function connecting(test: TestCsms, endpoint: Partial<Parameters<typeof connectStation>[2]>): Promise<string> {
  return connectStation(test, {}, endpoint).then(
    ({ link }) => link.stop().then(() => "in"),
    (error) => (error as Error).message,
  );
}

describe("stations", () => {
  it("Given the right password, then a station is in; given none, a wrong one or another's name, it is not", async () => {
    const test = await startTestCsms();
    expect(await connecting(test, {})).toBe("in");
    expect(await connecting(test, { security: { profile: 0 } })).toContain("HTTP 401");
    expect(await connecting(test, { security: { profile: 1, password: "a-secret-of-20-bytez" } })).toContain(
      "HTTP 401",
    );
    expect(await connecting(test, { identity: "CP002" })).toContain("HTTP 404");
    const refusals = test.decisions.filter(({ outcome }) => outcome === "refused").map(({ title }) => title);
    expect(refusals).toEqual([
      "connection to /ocpp/CP001 refused with HTTP 401: no password was sent",
      "connection to /ocpp/CP001 refused with HTTP 401: wrong user name or password",
      "connection to /ocpp/CP002 refused with HTTP 404: there is no station CP002",
    ]);
    expect(JSON.stringify(test.decisions)).not.toContain(password);
  });

  it("bad case: guessing a password is held back after 20 failures, and fills no timeline", async () => {
    const test = await startTestCsms();
    const guess = { security: { profile: 1, password: "a-guess-of-16-by" } } as const;
    for (let i = 0; i < 20; i++) expect(await connecting(test, guess)).toContain("HTTP 401");
    for (let i = 0; i < 5; i++) expect(await connecting(test, guess)).toContain("HTTP 429");
    expect(test.decisions).toHaveLength(20);
  });

  it("Given TLS, then profile 2 needs the password and profile 3 the station's own certificate", async () => {
    const pki = await createPki({ clock: systemClock, random: cryptoRandom, chargePointId: "CP003" });
    const pem = (key: KeyObject) => key.export({ format: "pem", type: "pkcs8" }).toString();
    const { csmsClient, csmsRoot, csmsServer } = pki.members;
    const test = await startTestCsms({
      host: "localhost",
      tls: { key: pem(csmsServer.key), cert: toPem(csmsServer.certificate), ca: [toPem(csmsRoot.certificate)] },
      stations: [
        { identity: "CP002", profile: 2, password },
        { identity: "CP003", profile: 3 },
        { identity: "CP004", profile: 3 },
      ],
    });
    const ca = [toPem(csmsRoot.certificate)];
    const own = { ca, cert: toPem(csmsClient.certificate), key: pem(csmsClient.key) };
    expect(await connecting(test, { identity: "CP002", security: { profile: 2, password, tls: { ca } } })).toBe("in");
    expect(await connecting(test, { identity: "CP002", security: { profile: 3, tls: own } })).toContain("HTTP 401");
    expect(await connecting(test, { identity: "CP003", security: { profile: 3, tls: own } })).toBe("in");
    expect(await connecting(test, { identity: "CP004", security: { profile: 3, tls: own } })).toContain("HTTP 401");
    const foreign = await generateKey("P-256");
    const strange = { ca: [toPem(pki.members.v2gRoot.certificate)], cert: own.cert, key: own.key };
    expect(await connecting(test, { identity: "CP003", security: { profile: 3, tls: strange } })).toContain("root");
    const wrongKey = { ...own, key: pem(foreign.privateKey) };
    expect(await connecting(test, { identity: "CP003", security: { profile: 3, tls: wrongKey } })).toContain("key");
    expect(test.decisions.map(({ title }) => title)).toContain(
      "connection to /ocpp/CP004 refused with HTTP 401: the client certificate is another station's",
    );
  });

  it("Given no BootNotification yet, then everything else is a SecurityError; accepted once, it stays so", async () => {
    const folder = mkdtempSync(join(tmpdir(), "csms-"));
    const database = join(folder, "csms.db");
    const test = await startTestCsms({ database });
    const link = new Link({
      clock: systemClock,
      random: cryptoRandom,
      endpoint: () => ({
        url: test.csms.url,
        identity: "CP001",
        subprotocols: ["ocpp2.0.1"],
        security: { profile: 1, password },
      }),
      backOff: { waitMinimumMs: 100_000, randomRangeMs: 0, repeatTimes: 0 },
      connected: (peer) => void refused(peer.call("Heartbeat", {})),
    });
    const seen: unknown[] = [];
    const refused = (call: Promise<unknown>) => call.catch((error) => seen.push(error)).finally(() => link.stop());
    link.start();
    await expect.poll(() => seen.length).toBe(1);
    expect(seen[0]).toMatchObject({ code: "SecurityError" });
    const { call } = await connectStation(test);
    expect(await call("Heartbeat", {})).toMatchObject({ currentTime: expect.stringMatching(/Z$/) });
    await test.csms.close();
    const again = await startTestCsms({ database });
    expect(again.csms.stations).toMatchObject([{ identity: "CP001", registration: "Accepted", vendor: "plugcharge" }]);
    await again.csms.close();
    rmSync(folder, { recursive: true });
  });

  it("answers what it was asked, and asks what it is told to", async () => {
    const test = await startTestCsms();
    const { call } = await connectStation(test, {
      Reset: ({ type }) => ({ status: type === "Immediate" ? "Accepted" : "Scheduled" }),
    });
    expect(await test.csms.call("CP001", "Reset", { type: "OnIdle" })).toEqual({ status: "Scheduled" });
    await expect(test.csms.call("CP001", "ClearCache", {})).rejects.toMatchObject({ code: "NotSupported" });
    await expect(test.csms.call("CP009", "ClearCache", {})).rejects.toBeInstanceOf(NotConnected);
    const status = {
      timestamp: "2026-01-01T00:00:00Z",
      connectorStatus: "Occupied",
      evseId: 1,
      connectorId: 1,
    } as const;
    expect(await call("StatusNotification", status)).toEqual({});
    await expect(call("NotifyDisplayMessages", { requestId: 1 })).rejects.toMatchObject({ code: "NotSupported" });
  });

  it("bad case: a request against the schema is refused by its place, not by its content", async () => {
    const test = await startTestCsms();
    const { link } = await connectStation(test);
    const request = { idToken: { idToken: "s3cret".repeat(10), type: "eMAID" } };
    const refused = expect(link.call("Authorize", request)).rejects;
    await refused.toMatchObject({
      code: "FormatViolation",
      description: "idToken.idToken is longer than 36 characters",
    });
  });

  it("bad case: a port in use names it, and nothing keeps running", async () => {
    const test = await startTestCsms();
    const port = Number(new URL(test.csms.url).port);
    await expect(startTestCsms({ port })).rejects.toBeInstanceOf(UserError);
    await expect(startTestCsms({ port })).rejects.toThrow(`port ${port}`);
  });
});

describe("transactions", () => {
  it("Given events in order, then the transaction is complete, with its energy", async () => {
    const test = await startTestCsms({ tokens: [{ idToken: "CAFE", type: "ISO14443" }] });
    const { call } = await connectStation(test);
    const idToken = { idToken: "CAFE", type: "ISO14443" } as const;
    const started = await call(
      "TransactionEvent",
      event(0, { idToken, evse: { id: 1, connectorId: 1 }, meterValue: reading(1_000.1) }),
    );
    expect(started).toEqual({ idTokenInfo: { status: "Accepted" } });
    expect(await call("TransactionEvent", event(1, { meterValue: reading(1_500) }))).toEqual({});
    const info = { transactionId: "tx-1", stoppedReason: "EVDisconnected" } as const;
    await call(
      "TransactionEvent",
      event(2, { eventType: "Ended", transactionInfo: info, meterValue: reading(3_250.3) }),
    );
    expect(test.csms.transactions).toMatchObject([
      {
        identity: "CP001",
        transactionId: "tx-1",
        evseId: 1,
        idToken,
        meterStartWh: 1_000.1,
        meterEndWh: 3_250.3,
        problems: [],
      },
    ]);
    expect(test.decisions.at(-1)).toMatchObject({
      step: 6,
      outcome: "ok",
      title: "transaction tx-1 ended: 2250.2 Wh in 3 events, complete and in order",
    });
  });

  it("Given an event again because the answer was lost, then it counts once", async () => {
    const test = await startTestCsms();
    const { call } = await connectStation(test);
    await call("TransactionEvent", event(0));
    await call("TransactionEvent", event(0, { offline: true }));
    expect(test.csms.transactions).toMatchObject([{ events: 1, problems: [] }]);
    await call("TransactionEvent", event(0, { triggerReason: "CablePluggedIn" }));
    expect(test.csms.transactions[0]?.problems).toEqual(["seqNo 0 came twice with different content"]);
  });

  it.each([
    ["no beginning", [event(1)], "begins with Updated, seqNo 1"],
    ["a gap", [event(0), event(2)], "seqNo 2 follows 0"],
    ["a late event", [event(0), event(2), event(1)], "seqNo 1 follows 2"],
    ["a second beginning", [event(0), event(1, { eventType: "Started" })], "Started twice"],
    ["something after the end", [event(0), event(1, { eventType: "Ended" }), event(2)], "Updated after Ended"],
    [
      "time running backwards",
      [event(0), event(1, { timestamp: "2025-12-31T00:00:00Z" })],
      "2025-12-31T00:00:00Z follows",
    ],
    [
      "a meter running backwards",
      [event(0, { meterValue: reading(5) }), event(1, { meterValue: reading(4) })],
      "4 Wh after 5 Wh",
    ],
    [
      "energy for nobody",
      [event(0, { meterValue: reading(0) }), event(1, { eventType: "Ended", meterValue: reading(9) })],
      "energy was delivered to nobody",
    ],
  ])("bad case: %s is told", async (_name, events, words) => {
    const test = await startTestCsms();
    const { call } = await connectStation(test);
    for (const request of events) await call("TransactionEvent", request);
    expect(test.csms.transactions[0]?.problems.join()).toContain(words);
    expect(test.decisions.map(({ title }) => title).join()).toContain(words);
  });

  it("reads the import register in its units, and nothing else", async () => {
    const test = await startTestCsms();
    const { call } = await connectStation(test);
    const sampledValue = [
      { value: 99, measurand: "Power.Active.Import" },
      { value: 7, measurand: "Energy.Active.Import.Register", phase: "L1" },
      { value: 1.5, measurand: "Energy.Active.Import.Register", unitOfMeasure: { unit: "kWh" } },
      { value: 16, unitOfMeasure: { unit: "Wh", multiplier: 2 } },
    ] as const;
    await call(
      "TransactionEvent",
      event(0, { meterValue: [{ timestamp: "2026-01-01T12:00:00Z", sampledValue: [...sampledValue] }] }),
    );
    expect(test.csms.transactions).toMatchObject([{ meterStartWh: 1_500, meterEndWh: 1_600 }]);
  });
});

describe("certificates", () => {
  it("Given a CSR, then the CPO's CA signs it and the station gets it afterwards", async () => {
    const test = await startTestCsms();
    const pki = await withPki(test);
    let deliver: (request: CertificateSignedRequest) => void = () => {};
    const delivered = new Promise<CertificateSignedRequest>((resolve) => {
      deliver = resolve;
    });
    const { call } = await connectStation(test, {
      CertificateSigned: (request) => {
        deliver(request);
        return { status: "Accepted" };
      },
    });
    const { privateKey } = await generateKey("P-256");
    const csr = createCertificateSigningRequest({
      subject: { CN: "SECC1", O: "Acme", C: "DE" },
      privateKey,
      extensions: [],
    });
    expect(await call("SignCertificate", { csr, certificateType: "V2GCertificate" })).toEqual({ status: "Accepted" });
    const [leaf, ...intermediates] = parsePemChain((await delivered).certificateChain);
    if (!leaf) throw new TypeError("no certificate");
    expect(leaf.subject.toString()).toContain("CN=SECC1, O=Acme, C=DE, DC=CPO");
    const anchors = [pki.members.v2gRoot.certificate];
    expect(validatePath({ leaf, intermediates, anchors, time: Date.now() })).toMatchObject({ ok: true });
    await expect.poll(() => test.decisions.at(-1)?.title).toBe("the station's answer to its certificate: Accepted");
    const certId = ocspCertId(leaf, pki.members.cpoSub2.certificate);
    const answer = await call("GetCertificateStatus", {
      ocspRequestData: { ...certId, hashAlgorithm: "SHA256", responderURL: test.csms.ocspUrl },
    });
    const response = fromBase64(answer.ocspResult ?? "");
    const issuer = pki.members.cpoSub2.certificate;
    expect(checkOcspResponse({ response, certId, issuer, time: Date.now() })).toMatchObject({ outcome: "good" });
  });

  it.each([
    ["no request", () => "hello"],
    ["a client certificate for another station", async () => csrFor("CP002")],
    ["a request that its key has not signed", async () => tampered(await csrFor("CP001"))],
  ])("bad case: %s is rejected", async (_name, makeCsr) => {
    const test = await startTestCsms();
    await withPki(test);
    const { call } = await connectStation(test);
    expect(await call("SignCertificate", { csr: await makeCsr() })).toMatchObject({ status: "Rejected" });
  });

  it("Given no CA, then nothing is signed; given no clearing house, no contract is installed", async () => {
    const test = await startTestCsms();
    const { call } = await connectStation(test);
    expect(await call("SignCertificate", { csr: await csrFor("CP001") })).toMatchObject({ status: "Rejected" });
    const request = {
      iso15118SchemaVersion: "urn:iso:15118:2:2013:MsgDef",
      action: "Install",
      exiRequest: "gA==",
    } as const;
    expect(await call("Get15118EVCertificate", request)).toMatchObject({ status: "Failed", exiResponse: "" });
  });
});

/** A PEM block whose last octet, which is of the signature, is another one. */
function tampered(pem: string): string {
  const [begin = "", ...lines] = pem.trim().split("\n");
  const der = fromBase64(lines.slice(0, -1).join(""));
  der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
  return [begin, toBase64(der), lines.at(-1), ""].join("\n");
}

async function csrFor(CN: string): Promise<string> {
  const { privateKey } = await generateKey("P-256");
  return createCertificateSigningRequest({ subject: { CN }, privateKey, extensions: [] });
}

describe("the OCSP responder", () => {
  it("answers POST and GET by HTTP, signed by the issuer's delegate, with the nonce", async () => {
    const test = await startTestCsms();
    const pki = await withPki(test, "contract:revoked");
    const certificate = pki.members.contract.certificate;
    const issuer = pki.members.moSub2.certificate;
    const nonce = cryptoRandom.bytes(16);
    for (const algorithm of ["SHA1", "SHA256", "SHA512"] as const) {
      const certId = ocspCertId(certificate, issuer, algorithm);
      const request = createOcspRequest([certId], nonce);
      const posted = await fetch(test.csms.ocspUrl, { method: "POST", body: new Uint8Array(request) });
      expect(posted.headers.get("content-type")).toBe("application/ocsp-response");
      const got = await fetch(`${test.csms.ocspUrl}/${encodeURIComponent(toBase64(request))}`);
      for (const answer of [posted, got]) {
        const response = new Uint8Array(await answer.arrayBuffer());
        const verdict = checkOcspResponse({ response, certId, issuer, nonce, time: Date.now() });
        expect(verdict).toMatchObject({ outcome: "revoked" });
        expect(parseOcspResponse(response)).toMatchObject({ nonce });
      }
    }
  });

  it.each([
    ["garbage", new Uint8Array([1, 2, 3]), 200],
    ["nothing", new Uint8Array(), 200],
    ["a megabyte", new Uint8Array(2 ** 20), 413],
  ])("bad case: %s is answered and harms nobody", async (_name, body, status) => {
    const test = await startTestCsms();
    expect((await fetch(`${test.csms.ocspUrl}/%zz`)).status).toBe(400);
    expect((await fetch(new URL("/", test.csms.ocspUrl))).status).toBe(404);
    const answer = await fetch(test.csms.ocspUrl, { method: "POST", body });
    expect(answer.status).toBe(status);
  });

  it("Given a responder that cannot be reached, then the last good answer stands in until it is too old", async () => {
    const clock = new ManualClock(Date.now());
    const responder = await startTestCsms({ clock });
    const test = await startTestCsms({ clock });
    const pki = await createPki({
      clock,
      random: cryptoRandom,
      ocspUrl: responder.csms.ocspUrl,
    });
    responder.csms.usePki(csmsPki(pki));
    // Who has the responder's key answers itself.
    test.csms.usePki({ ...csmsPki(pki), ocspSigners: [] });
    const account = contractAccount(pki);
    test.csms.setContracts([account]);
    const { call } = await connectStation(test);
    const ask = async () => {
      const idToken = { idToken: account.emaid, type: "eMAID" } as const;
      return call("Authorize", { idToken, iso15118CertificateHashData: hashDataOf(pki, responder.csms.ocspUrl) });
    };
    expect(await ask()).toMatchObject({ certificateStatus: "Accepted" });
    await responder.csms.close();
    expect(await ask()).toMatchObject({ certificateStatus: "Accepted" });
    await clock.advance(3_600_001);
    expect(await ask()).toMatchObject({ idTokenInfo: { status: "Invalid" }, certificateStatus: "CertChainError" });
    expect(test.decisions.at(-1)?.title).toContain("ECONNREFUSED");
  });
});

describe("the timeline", () => {
  it("has every decision of the CSMS with its rule and, for a refusal, what to do", async () => {
    const trace = new Timeline(systemClock);
    const test = await startTestCsms({ trace });
    const { call } = await connectStation(test);
    await call("Authorize", { idToken: { idToken: "NOBODY", type: "ISO14443" } });
    expect(trace.entries).toMatchObject([
      { step: 0, kind: "decision", from: "CSMS", outcome: "ok", title: expect.stringContaining("station CP001") },
      { step: 4, from: "CSMS", outcome: "refused", rule: "OCPP 2.0.1 C01", fix: "Add the token to the CSMS." },
    ]);
  });
});
