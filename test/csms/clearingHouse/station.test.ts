import { describe, expect, it } from "vitest";
import { type ContractResponse, chainOf } from "../../../src/iso15118/contractMessages.ts";
import { bodyOf, iso2 } from "../../../src/iso15118/iso2/index.ts";
import { fromBase64, toBase64 } from "../../../src/util/bytes.ts";
import { toPem } from "../../../src/x509/index.ts";
import { connectStation, emaid, startTestCsms, withPki } from "../support.ts";
import { garbage, installation, renewal } from "./carRequests.ts";

const schema = "urn:iso:15118:2:2013:MsgDef";
const test = await startTestCsms();
const pki = await withPki(test);
const { call } = await connectStation(test);

const ask = (exi: Uint8Array, action: "Install" | "Update" = "Install", iso15118SchemaVersion = schema) =>
  call("Get15118EVCertificate", { iso15118SchemaVersion, action, exiRequest: toBase64(exi) });

function read(exiResponse: string): ContractResponse {
  const { root, value } = iso2.decode(fromBase64(exiResponse));
  if (root !== "V2G_Message") throw new TypeError(root);
  return bodyOf(value)?.message as ContractResponse;
}

describe("Get15118EVCertificate (M01, M02)", () => {
  it.each([
    ["Install", installation(pki), "M01"],
    ["Update", renewal(pki), "M02"],
  ] as const)("%s: the contract that was made is one that this CSMS accepts", async (action, exi, rule) => {
    const answer = await ask(exi, action);
    expect(answer.status).toBe("Accepted");
    expect(test.decisions.at(-1)).toMatchObject({
      outcome: "ok",
      rule: `OCPP 2.0.1 ${rule}`,
      step: 2,
      station: "CP001",
    });
    const { ResponseCode, ContractSignatureCertChain } = read(answer.exiResponse);
    expect(ResponseCode).toBe("OK");
    const certificate = toPem(...chainOf(ContractSignatureCertChain).map((der) => ({ der })));
    const authorized = await call("Authorize", { idToken: { idToken: emaid, type: "eMAID" }, certificate });
    expect(authorized).toEqual({ idTokenInfo: { status: "Accepted" }, certificateStatus: "Accepted" });
    // Leaf and both sub-CAs are known to the responder.
    expect(test.decisions.filter(({ title }) => title.includes("is good according to OCSP"))).not.toHaveLength(0);
  });

  it("comes in the operator's name while that fault is set", async () => {
    test.csms.faults.set({ fault: "wrong-chain", action: "Get15118EVCertificate", times: 1 });
    const { SAProvisioningCertificateChain } = read((await ask(installation(pki))).exiResponse);
    expect(chainOf(SAProvisioningCertificateChain)[0]).toEqual(pki.members.moSub2.certificate.der);
    const { SAProvisioningCertificateChain: right } = read((await ask(installation(pki))).exiResponse);
    expect(chainOf(right)[0]).toEqual(pki.members.cps.certificate.der);
  });

  it("passes on to the car why it gets none", async () => {
    const answer = await ask(installation(pki, { key: null }));
    expect(answer.status).toBe("Accepted");
    expect(read(answer.exiResponse).ResponseCode).toBe("FAILED_SignatureError");
    expect(test.decisions.at(-1)).toMatchObject({
      outcome: "refused",
      title: "no contract: the message is not signed",
      fix: expect.any(String),
      detail: { ResponseCode: "FAILED_SignatureError" },
    });
  });

  it.each([
    ["garbage", garbage, "Install", schema, "FormatViolation"],
    ["another action than the message's", installation(pki), "Update", schema, "InvalidValue"],
    ["another edition", installation(pki), "Install", "urn:iso:std:iso:15118:-20:CommonMessages", "UnsupportedParam"],
  ] as const)("fails for %s", async (_, exi, action, namespace, reasonCode) => {
    expect(await ask(exi, action, namespace)).toEqual({
      status: "Failed",
      exiResponse: "",
      statusInfo: { reasonCode },
    });
  });

  it("fails where there is no clearing house", async () => {
    const bare = await startTestCsms();
    const station = await connectStation(bare);
    const request = { iso15118SchemaVersion: schema, action: "Install", exiRequest: "gJgC" } as const;
    expect(await station.call("Get15118EVCertificate", request)).toMatchObject({
      status: "Failed",
      statusInfo: { reasonCode: "NotEnabled" },
    });
  });

  it("ends with the account: a contract that is blocked is not renewed, and a car whose contract is blocked gets none", async () => {
    test.csms.setContracts([{ emaid, status: "Blocked" }]);
    expect(read((await ask(renewal(pki), "Update")).exiResponse)).toMatchObject({
      ResponseCode: "FAILED_ContractCanceled",
      RetryCounter: -1,
    });
    expect(read((await ask(installation(pki))).exiResponse).ResponseCode).toBe("FAILED_ContractCanceled");
  });
});
