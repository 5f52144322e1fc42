/** Payloads are from the field: a Kempower and a Tally Key station in the tests of monta-app/library-ocpp, and EVerest's. */
import { describe, expect, it } from "vitest";
import { isPncAction, pncActions, pncRequest, readPnc, writePnc } from "../../src/ocpp/pnc16.ts";

const hash = {
  hashAlgorithm: "SHA256",
  issuerNameHash: "5D9AA3B240912700F8621901B1FD95C73E2BDBAA00CCE071ADE233CD74A21DDC",
  issuerKeyHash: "41D1DE817DDFA5EDD6D2AC64F98C70D25EC7B3842034D73F5E76A06839D0866A",
  serialNumber: "6CC631AEDA073E6DAA723FF22E2FECC7",
} as const;
const ocspRequestData = { ...hash, responderURL: "http://ocsp-qa.hubject.com:8080" };
const idToken = { idToken: "DEICECMONTAQA5", type: "eMAID" } as const;

const read = (...args: Parameters<typeof readPnc>) => {
  const reading = readPnc(...args);
  return reading.ok ? reading.payload : reading.description;
};

describe("Plug & Charge inside of DataTransfer", () => {
  it.each([
    ["Authorize", "request", { idToken, iso15118CertificateHashData: [ocspRequestData] }],
    ["Authorize", "response", { idTokenInfo: { status: "Accepted" }, certificateStatus: "Accepted" }],
    ["SignCertificate", "request", { csr: "-----BEGIN CERTIFICATE REQUEST-----", certificateType: "V2GCertificate" }],
    ["SignCertificate", "response", { status: "Accepted" }],
    ["GetCertificateStatus", "request", { ocspRequestData }],
    ["GetCertificateStatus", "response", { status: "Accepted", ocspResult: "b2NzcA==" }],
    [
      "Get15118EVCertificate",
      "request",
      { iso15118SchemaVersion: "urn:iso:15118:2:2013:MsgDef", action: "Install", exiRequest: "gJgC" },
    ],
    ["Get15118EVCertificate", "response", { status: "Accepted", exiResponse: "gJgC" }],
    ["CertificateSigned", "request", { certificateChain: "chain", certificateType: "V2GCertificate" }],
    ["CertificateSigned", "response", { status: "Rejected" }],
    ["InstallCertificate", "request", { certificate: "root", certificateType: "OEMRootCertificate" }],
    ["InstallCertificate", "response", { status: "Failed" }],
    ["DeleteCertificate", "request", { certificateHashData: hash }],
    ["DeleteCertificate", "response", { status: "NotFound" }],
    ["GetInstalledCertificateIds", "request", { certificateType: ["V2GCertificateChain", "V2GRootCertificate"] }],
    [
      "GetInstalledCertificateIds",
      "response",
      {
        status: "Accepted",
        certificateHashDataChain: [{ certificateType: "V2GCertificateChain", certificateHashData: hash }],
      },
    ],
    ["TriggerMessage", "request", { requestedMessage: "SignV2GCertificate" }],
    ["TriggerMessage", "response", { status: "Accepted" }],
  ] as const)("carries %s, %s, and reads what it wrote", (action, direction, payload) => {
    const written = writePnc(action, direction, payload as never);
    expect(written).toEqual({ ok: true, data: JSON.stringify(payload) });
    expect(readPnc(action, direction, JSON.stringify(payload))).toEqual({ ok: true, payload });
  });

  it("has nine messages and no others", () => {
    expect(pncActions).toHaveLength(9);
    expect(pncActions.every(isPncAction)).toBe(true);
    expect(["Heartbeat", "constructor", "", undefined].some(isPncAction)).toBe(false);
  });

  it("is addressed by its vendor", () => {
    expect(pncRequest("SignCertificate", "{}")).toEqual({
      vendorId: "org.openchargealliance.iso15118pnc",
      messageId: "SignCertificate",
      data: "{}",
    });
  });

  it("takes Authorize as the application note writes it, too", () => {
    expect(read("Authorize", "request", '{"idToken":"DEICECMONTAQA5"}')).toEqual({ idToken });
    const info = { status: "Blocked", expiryDate: "2026-01-01T00:00:00Z", parentIdTag: "FLEET" };
    expect(read("Authorize", "response", JSON.stringify({ idTokenInfo: info }))).toEqual({
      idTokenInfo: {
        status: "Blocked",
        cacheExpiryDateTime: "2026-01-01T00:00:00Z",
        groupIdToken: { idToken: "FLEET", type: "Central" },
      },
    });
  });

  it("leaves alone what the other end adds, but adds nothing itself", () => {
    const more = '{"status":"Accepted","reason":"none","statusInfo":{"reasonCode":"x","more":1}}';
    expect(readPnc("SignCertificate", "response", more).ok).toBe(true);
    expect(writePnc("SignCertificate", "response", JSON.parse(more)).ok).toBe(false);
  });

  it("carries a CertificateInstallationRes of 7,500 characters and no longer", () => {
    const answer = (length: number) =>
      writePnc("Get15118EVCertificate", "response", {
        status: "Accepted",
        exiResponse: "A".repeat(length),
      });
    expect(answer(7500).ok).toBe(true);
    expect(answer(7501)).toMatchObject({ ok: false, description: expect.stringContaining("7500") });
  });

  it.each([
    ["no data", undefined, "there is no data"],
    ["no JSON", "no JSON", "payload must be of type object"],
    ["JSON that is no object", "[]", "payload must be of type object"],
    ["a message without its status", "{}", "payload lacks status"],
    ["a status that there is not", '{"status":"Maybe"}', "status must be one of Accepted, Rejected"],
    ["a very deep one", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, "payload must be of type object"],
  ])("bad case: %s", (_name, data, description) => {
    expect(read("SignCertificate", "response", data)).toEqual(description);
  });

  it("bad case: a __proto__ key pollutes nothing", () => {
    readPnc("Authorize", "response", '{"idTokenInfo":{"status":"Accepted","__proto__":{"polluted":true}}}');
    expect("polluted" in {}).toBe(false);
  });
});
