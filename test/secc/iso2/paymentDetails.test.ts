import { describe, expect, it } from "vitest";
import type { Messages } from "../../../src/iso15118/iso2/index.ts";
import type { ContractFault, ContractVerdict } from "../../../src/secc/iso2/protocol.ts";
import { toHex } from "../../../src/util/bytes.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { toPem } from "../../../src/x509/certificate.ts";
import { certificate, contractCertificate, evse, NOW, paused, ports, request, session } from "../fixtures.ts";
import { bodyOf, codeOf, step, traced } from "./step.ts";

const hash = (serialNumber: string) => ({
  hashAlgorithm: "SHA256" as const,
  issuerNameHash: "aa",
  issuerKeyHash: "bb",
  serialNumber,
  responderURL: "http://ocsp",
});
const valid: ContractVerdict = { result: "Valid", root: "CN=MORootCA", hashData: [hash("1"), hash("2")] };
const fault = (result: ContractFault): ContractVerdict => ({ result, reason: "a reason", fix: "Mend it." });

const pay = (verdict: ContractVerdict, body: Partial<Messages["PaymentDetailsReq"]> = {}, of = session()) =>
  step("ContractSelected", of, request("PaymentDetailsReq", { body }), verdict);
const central = (allowed: boolean) => session({ evse: { ...evse, centralContractValidation: allowed } });

describe("PaymentDetails", () => {
  it("a valid contract gets a challenge, and its token carries chain and hashes", async () => {
    const found = await pay(valid, {}, session({ contract: undefined }));
    expect(bodyOf(found)).toEqual({
      ResponseCode: "OK",
      GenChallenge: new Uint8Array(16).fill(0xc4),
      EVSETimeStamp: NOW / 1000,
    });
    expect(found.session?.contract?.token).toEqual({
      id_token: { value: "UKSWI123456791A", type: "eMAID" },
      authorization_type: "PlugAndCharge",
      certificate: toPem({ der: certificate }),
      iso15118CertificateHashData: [hash("1"), hash("2")],
    });
    expect(found.next).toBe("Authorization");
    expect(found.effects).toContainEqual({ to: "timer", ms: 55_000 });
    expect(traced(found)).toEqual([
      expect.objectContaining({ title: "contract chain checked against CN=MORootCA: ok", outcome: "ok" }),
    ]);
  });

  it("never gives a challenge twice", async () => {
    const random = { ...ports(valid), random: (count: number) => cryptoRandom.bytes(count) };
    const challenges = new Set<string>();
    for (let round = 0; round < 500; round++) {
      const found = await step("ContractSelected", session(), request("PaymentDetailsReq"), valid, random);
      challenges.add(toHex((bodyOf(found) as { GenChallenge: Uint8Array }).GenChallenge));
    }
    expect(challenges.size).toBe(500);
  });

  it("compares the eMAID without dashes and case", async () => {
    const found = await pay(valid, { eMAID: "ukswi123456791a" });
    expect(codeOf(found)).toBe("OK");
  });

  it("a session that goes on is paid by its own contract", async () => {
    expect(codeOf(await pay(valid, {}, session({ joined: true, paused })))).toBe("OK");
  });

  it("bad case: a session that goes on is not paid by another contract", async () => {
    const others = { ...paused, eMAID: "UKSWI000000000X" };
    const found = await pay(valid, {}, session({ joined: true, paused: others }));
    expect(codeOf(found)).toBe("FAILED_CertificateNotAllowedAtThisEVSE");
    expect(found.session).toBeUndefined();
    expect(traced(found)).toEqual([
      expect.objectContaining({ outcome: "refused", title: expect.stringContaining("paid by UKSWI000000000X") }),
    ]);
    expect(codeOf(await pay(valid, {}, session({ joined: false, paused: others })))).toBe("OK");
  });

  it("leaves an unchecked contract to the CSMS, without hashes", async () => {
    const found = await pay({ result: "unchecked" });
    expect(codeOf(found)).toBe("OK");
    expect(found.session?.contract?.token).not.toHaveProperty("iso15118CertificateHashData");
  });

  it("sends no empty list of hashes", async () => {
    const found = await pay({ ...valid, hashData: [] } as ContractVerdict);
    expect(found.session?.contract?.token).not.toHaveProperty("iso15118CertificateHashData");
  });

  it.each([
    ["NoCertificateAvailable", true, "OK"],
    ["CertificateNotAllowed", true, "OK"],
    ["CertificateRevoked", true, "OK"],
    ["CertificateExpired", true, "FAILED_CertificateExpired"],
    ["CertChainError", true, "FAILED_CertChainError"],
    ["NoCertificateAvailable", false, "FAILED_NoCertificateAvailable"],
    ["CertificateNotAllowed", false, "FAILED_CertificateNotAllowedAtThisEVSE"],
    ["CertificateRevoked", false, "FAILED_CertificateRevoked"],
    ["CertificateExpired", false, "FAILED_CertificateExpired"],
    ["CertChainError", false, "FAILED_CertChainError"],
  ] as const)("%s with central validation %s: %s", async (result, allowed, code) => {
    const found = await pay(fault(result), {}, central(allowed));
    expect(codeOf(found)).toBe(code);
    expect(found.next).toBe(code === "OK" ? "Authorization" : "Terminated");
    expect(traced(found)[0]?.title).toContain("a reason");
    if (code !== "OK") {
      expect(found.session).toBeUndefined();
      expect(traced(found)).toEqual([expect.objectContaining({ outcome: "refused", rule: code, fix: "Mend it." })]);
    }
  });

  it.each([
    ["no certificate", { ContractSignatureCertChain: { Certificate: new Uint8Array(0) } }, "there is no contract"],
    ["garbage", { ContractSignatureCertChain: { Certificate: new Uint8Array(64).fill(0x5a) } }, "cannot be read"],
    [
      "a garbage sub-CA",
      {
        ContractSignatureCertChain: { Certificate: certificate, SubCertificates: { Certificate: [new Uint8Array(9)] } },
      },
      "cannot be read",
    ],
    ["another eMAID", { eMAID: "UKSWI123456791B" }, "is not the certificate's common name"],
    [
      "a longer eMAID",
      { ContractSignatureCertChain: { Certificate: contractCertificate("UKSWI123456791AX") } },
      "is not the certificate's common name",
    ],
    [
      "a chain that is too long to be forwarded",
      {
        ContractSignatureCertChain: {
          Certificate: certificate,
          SubCertificates: { Certificate: new Array<Uint8Array>(12).fill(certificate) },
        },
      },
      "too long",
    ],
  ])("bad case: %s", async (_what, body, reason) => {
    const found = await pay(valid, body, central(true));
    expect(bodyOf(found)).toEqual({
      ResponseCode: "FAILED_CertChainError",
      GenChallenge: new Uint8Array(16),
      EVSETimeStamp: NOW / 1000,
    });
    expect(found.session).toBeUndefined();
    expect(traced(found)[0]?.title).toContain(reason);
    expect(traced(found)[0]?.fix).toBeTruthy();
  });
});
