import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  type ContractResponse,
  certificateChain,
  chainOf,
  contractRefusal,
  encodeDelivery,
  rootCertificateIds,
  verifyContractRequest,
  verifyDelivery,
} from "../../src/iso15118/contractMessages.ts";
import { isEmaid } from "../../src/iso15118/emaid.ts";
import { bodyOf, iso2, type Messages, messageOf, type V2G_Message } from "../../src/iso15118/iso2/index.ts";
import { fromHex } from "../../src/util/bytes.ts";
import { createCertificate } from "../../src/x509/create.ts";

/** Of ../vectors/pnc_session.jsonl: signed by foreign codecs with real keys. */
function recorded(id: string) {
  const line = readFileSync(new URL("../vectors/pnc_session.jsonl", import.meta.url), "utf8")
    .split("\n")
    .find((text) => text.includes(`"${id}"`));
  const { exi, signature } = JSON.parse(line ?? "{}") as { exi: string; signature: { signerPublicKeyPem: string } };
  const { value } = iso2.decode(fromHex(exi)) as { value: V2G_Message };
  return { value, Signature: value.Header.Signature, publicKey: createPublicKey(signature.signerPublicKeyPem) };
}

const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
const SessionID = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

const delivery = {
  provisioningChain: [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)],
  contractChain: [Uint8Array.of(4), Uint8Array.of(5)],
  DHpublickey: new Uint8Array(65).fill(6),
  encryptedPrivateKey: new Uint8Array(48).fill(7),
  eMAID: "DEABCC12345678",
};

function read(exi: Uint8Array) {
  const { value } = iso2.decode(exi) as { value: V2G_Message };
  const found = bodyOf(value);
  return { header: value.Header, name: found?.name, body: found?.message as ContractResponse };
}

function delivered(request: "CertificateInstallationReq" | "CertificateUpdateReq" = "CertificateInstallationReq") {
  return read(encodeDelivery(delivery, { request, SessionID }, keys.privateKey));
}

describe("a car's request", () => {
  const { value, Signature, publicKey } = recorded("session/iso2-dc-pnc/10-CertificateInstallationReq");
  const message = value.Body.CertificateInstallationReq as Messages["CertificateInstallationReq"];
  const name = "CertificateInstallationReq";

  test("of a recorded session is signed by its provisioning certificate", () => {
    expect(verifyContractRequest({ name, message }, Signature, publicKey)).toMatchObject({ ok: true });
  });

  test.each([
    [
      "changed",
      { ...message, OEMProvisioningCert: message.OEMProvisioningCert.with(50, 0) },
      Signature,
      publicKey,
      /digest/,
    ],
    ["not signed", message, undefined, publicKey, /not signed/],
    ["signed by another", message, Signature, keys.publicKey, /signer's key/],
    ["with another Id", { ...message, "@Id": "id2" }, Signature, publicKey, /names no element/],
  ])("is refused when it is %s", (_, changed, signature, by, reason) => {
    expect(verifyContractRequest({ name, message: changed }, signature, by)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(reason),
    });
  });

  test("names roots by RFC 4514 name and serial number, 20 at most", () => {
    const root = createCertificate({
      subject: { C: "DE", O: 'Acme, "Roots" + Co', CN: "V2GRootCA" },
      publicKey: keys.publicKey,
      signingKey: keys.privateKey,
      serialNumber: "f".repeat(39),
      notBefore: 0,
      notAfter: 1e12,
      extensions: [],
    });
    const { RootCertificateID } = rootCertificateIds(Array.from({ length: 21 }, () => root));
    expect(RootCertificateID).toHaveLength(20);
    expect(RootCertificateID[0]).toEqual({
      X509IssuerName: 'CN=V2GRootCA,O=Acme\\, \\"Roots\\" \\+ Co,C=DE',
      X509SerialNumber: 2n ** 156n - 1n,
    });
  });
});

describe("a contract for a car", () => {
  test("of a recorded session has its four elements signed by the provisioning service", () => {
    const { value, Signature, publicKey } = recorded("session/iso2-dc-pnc/11-CertificateInstallationRes");
    const body = value.Body.CertificateInstallationRes as ContractResponse;
    expect(verifyDelivery(body, Signature, publicKey)).toMatchObject({ ok: true });
  });

  test.each(["CertificateInstallationReq", "CertificateUpdateReq"] as const)(
    "answers %s, whole and signed",
    (request) => {
      const { header, name, body } = delivered(request);
      expect(name).toBe(request.replace("Req", "Res"));
      expect(header.SessionID).toEqual(SessionID);
      expect(body.ResponseCode).toBe("OK");
      expect(chainOf(body.SAProvisioningCertificateChain)).toEqual(delivery.provisioningChain);
      expect(chainOf(body.ContractSignatureCertChain)).toEqual(delivery.contractChain);
      expect(body.eMAID["#text"]).toBe(delivery.eMAID);
      expect(header.Signature?.SignedInfo.Reference).toHaveLength(4);
      expect(verifyDelivery(body, header.Signature, keys.publicKey)).toMatchObject({ ok: true });
    },
  );

  const { header, body } = delivered();
  const others = { "#text": Uint8Array.of(8) };

  test.each<[string, Partial<ContractResponse>]>([
    ["ContractSignatureCertChain", { ContractSignatureCertChain: { "@Id": "id1", Certificate: Uint8Array.of(8) } }],
    ["ContractSignatureEncryptedPrivateKey", { ContractSignatureEncryptedPrivateKey: { "@Id": "id2", ...others } }],
    ["DHpublickey", { DHpublickey: { "@Id": "id3", ...others } }],
    ["eMAID", { eMAID: { "@Id": "id4", "#text": "DEABCC12345679" } }],
  ])("is refused when %s was changed, left unsigned, or has lost its Id", (name, change) => {
    const verdictOn = (changed: object, signature = header.Signature) =>
      verifyDelivery({ ...body, ...changed } as ContractResponse, signature, keys.publicKey);
    expect(verdictOn(change)).toMatchObject({ ok: false, reason: expect.stringContaining(`the digest of ${name}`) });
    const fewer = header.Signature && {
      ...header.Signature,
      SignedInfo: {
        ...header.Signature.SignedInfo,
        Reference: header.Signature.SignedInfo.Reference.filter(
          (reference) => reference["@URI"] !== `#${body[name as "eMAID"]["@Id"]}`,
        ),
      },
    };
    expect(verdictOn({}, fewer)).toMatchObject({
      ok: false,
      reason: expect.stringContaining(`no reference to ${name}`),
    });
    const { "@Id": _, ...nameless } = body[name as "eMAID"];
    expect(verdictOn({ [name]: nameless })).toMatchObject({
      ok: false,
      reason: expect.stringContaining(`${name} has no Id`),
    });
  });

  test("is refused when somebody else signed it, or nobody", () => {
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;
    expect(verifyDelivery(body, header.Signature, other)).toMatchObject({ ok: false });
    expect(verifyDelivery(body, undefined, keys.publicKey)).toEqual({ ok: false, reason: "the message is not signed" });
  });

  test("is not trusted by the same Id given twice", () => {
    const twice = { ...body, DHpublickey: { ...body.DHpublickey, "@Id": "id2" } };
    expect(verifyDelivery(twice, header.Signature, keys.publicKey)).toMatchObject({ ok: false });
  });
});

describe("a refusal", () => {
  test.each(["CertificateInstallationReq", "CertificateUpdateReq"] as const)(
    "of %s is complete as the schemas want it",
    (request) => {
      const refusal = contractRefusal(request, "FAILED_NoCertificateAvailable");
      const { name, body } = read(iso2.encode("V2G_Message", messageOf({ SessionID }, refusal)));
      expect(name).toBe(request.replace("Req", "Res"));
      // MsgDataTypes: an eMAID has 14 or 15 characters also where there is none.
      expect(isEmaid(body.eMAID["#text"])).toBe(true);
      const octets = [
        body.SAProvisioningCertificateChain.Certificate,
        body.ContractSignatureCertChain.Certificate,
        body.ContractSignatureEncryptedPrivateKey["#text"],
        body.DHpublickey["#text"],
      ];
      for (const value of octets) expect(value.length).toBeGreaterThan(0);
      expect((body as Messages["CertificateUpdateRes"]).RetryCounter).toBe(
        request === "CertificateUpdateReq" ? 0 : undefined,
      );
    },
  );

  test("chains are taken apart as they were put together", () => {
    expect(certificateChain([Uint8Array.of(1)])).toEqual({ Certificate: Uint8Array.of(1) });
    expect(chainOf(certificateChain([]))).toEqual([new Uint8Array(0)]);
  });
});
