import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { ContractAnswer } from "../../../src/csms/clearingHouse/answer.ts";
import { ClearingHouse } from "../../../src/csms/clearingHouse/clearingHouse.ts";
import type { Accounts, ContractAuthorities } from "../../../src/csms/clearingHouse/ports.ts";
import { csmsPki } from "../../../src/csms/pki.ts";
import { checkNewContract } from "../../../src/evcc/newContract.ts";
import { judgeRaw } from "../../../src/evseSecurity/verdict.ts";
import { type ContractResponse, chainOf } from "../../../src/iso15118/contractMessages.ts";
import { bodyOf, iso2, type Messages } from "../../../src/iso15118/iso2/index.ts";
import { createPki, type Pki, requireFault } from "../../../src/pki/index.ts";
import { toBase64 } from "../../../src/util/bytes.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { type Certificate, parseCertificate } from "../../../src/x509/index.ts";
import { type Change, garbage, installation, renewal, SessionID } from "./carRequests.ts";

const day = 24 * 3600_000;
const now = Date.UTC(2026, 5, 1);
const clock = new ManualClock(now);
const emaid = "DEABCC1B2C3D4E5";
const PCID = "WMIV1234567890ABC";

function pkiWith(...faults: string[]): Promise<Pki> {
  const ocspUrl = "http://ocsp.example.com:8080/ocsp";
  return createPki({ clock, random: cryptoRandom, eMAID: emaid, ocspUrl, faults: faults.map(requireFault) });
}
const good = await pkiWith();
const otherKey = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

interface World {
  readonly at?: ManualClock;
  readonly pki?: Pki;
  readonly accounts?: Partial<Accounts>;
  readonly authorities?: Partial<ContractAuthorities> | null;
}

function clearingHouse({ at = clock, pki = good, accounts = {}, authorities = {} }: World = {}) {
  const issued: { certificate: Certificate; emaid: string }[] = [];
  const account = { emaid, active: true };
  const house = new ClearingHouse({
    ...{ clock: at, random: cryptoRandom },
    authorities: () => {
      const { contracts } = csmsPki(pki);
      return authorities && contracts ? { ...contracts, ...authorities } : undefined;
    },
    ocspUrl: () => "http://ocsp.example.com:8080/ocsp",
    accounts: {
      ofCar: (pcid) => (pcid === PCID ? account : undefined),
      ofContract: (name) => (name === emaid ? account : undefined),
      isRevoked: () => false,
      issued: (certificate, _, name) => issued.push({ certificate, emaid: name }),
      ...accounts,
    },
  });
  return { house, issued };
}

function read(answer: ContractAnswer) {
  if (answer.status !== "Accepted") throw new TypeError(answer.title);
  const { root, value } = iso2.decode(answer.exi);
  if (root !== "V2G_Message") throw new TypeError(root);
  const found = bodyOf(value);
  return { header: value.Header, name: found?.name, body: found?.message as ContractResponse };
}

describe("a contract for a car", () => {
  it.each([
    ["installed", installation(good), "CertificateInstallationRes", good.members.oem.key],
    ["renewed", renewal(good), "CertificateUpdateRes", good.members.contract.key],
  ] as const)("is %s: the car can take it, and its chain is a contract's", async (_, exi, name, ownKey) => {
    const { house, issued } = clearingHouse();
    const answer = await house.provide({ exi });
    expect(answer).toMatchObject({ status: "Accepted", ResponseCode: "OK", emaid });
    const came = read(answer);
    expect(came.name).toBe(name);
    expect(came.header.SessionID).toEqual(SessionID);
    const verdict = checkNewContract({ ...came, roots: good.trust.v2g, time: now, ownKey, eMAID: emaid });
    expect(verdict).toMatchObject({ ok: true, contract: { eMAID: emaid } });
    const [leaf, ...chain] = chainOf(came.body.ContractSignatureCertChain);
    const anchors = good.trust.mo.map(({ der }) => der);
    expect(judgeRaw({ role: "contract", edition: "iso15118-2", leaf, chain, anchors, time: now })).toMatchObject({
      ok: true,
    });
    expect(leaf).not.toEqual(good.members.contract.certificate.der);
    expect(issued).toEqual([{ certificate: expect.objectContaining({ der: leaf }), emaid }]);
    expect(parseCertificate(leaf).aia?.ocsp).toBe("http://ocsp.example.com:8080/ocsp");
  });

  it("in a wrong name on purpose: no car takes it", async () => {
    const answer = await clearingHouse().house.provide({ exi: installation(good), wrongChain: true });
    const ownKey = good.members.oem.key;
    const verdict = checkNewContract({ ...read(answer), roots: good.trust.v2g, time: now, ownKey, eMAID: emaid });
    expect(verdict).toMatchObject({ ok: false });
  });

  it("fits into what OCPP carries, and every certificate into its message", async () => {
    const answer = await clearingHouse().house.provide({ exi: installation(good) });
    expect(answer).toMatchObject({ status: "Accepted" });
    expect(answer.status === "Accepted" ? toBase64(answer.exi).length : 0).toBeLessThanOrEqual(5600);
  });

  it("has its eMAID as messages carry it, however the account is written", async () => {
    const { house, issued } = clearingHouse({
      accounts: { ofCar: () => ({ emaid: "de-xyz-c12345678-9", active: true }) },
    });
    const answer = await house.provide({ exi: installation(good) });
    expect(answer).toMatchObject({ ResponseCode: "OK", emaid: "DEXYZC123456789" });
    expect(read(answer).body.eMAID["#text"]).toBe("DEXYZC123456789");
    expect(issued[0]?.certificate.subject.CN).toBe("DEXYZC123456789");
  });

  it("is another one each time, under a key of its own", async () => {
    const { house } = clearingHouse();
    const [first, second] = [
      read(await house.provide({ exi: installation(good) })),
      read(await house.provide({ exi: installation(good) })),
    ];
    for (const member of ["DHpublickey", "ContractSignatureEncryptedPrivateKey"] as const) {
      expect(first.body[member]["#text"]).not.toEqual(second.body[member]["#text"]);
    }
    expect(first.body.ContractSignatureCertChain.Certificate).not.toEqual(
      second.body.ContractSignatureCertChain.Certificate,
    );
  });

  it("is valid no longer than who issues it", async () => {
    const later = new ManualClock(good.members.moSub2.certificate.notAfter - 30 * day);
    const pki = await createPki({ clock: later, random: cryptoRandom });
    const mo = { key: good.members.moSub2.key, chain: [good.members.moSub2.certificate] } as const;
    const answered = clearingHouse({ pki, at: later, authorities: { mo } });
    expect(await answered.house.provide({ exi: installation(pki) })).toMatchObject({ ResponseCode: "OK" });
    expect(answered.issued[0]?.certificate.notAfter).toBe(good.members.moSub2.certificate.notAfter);
  });
});

describe("a car gets no contract", () => {
  const none = { ofCar: () => undefined, ofContract: () => undefined };
  const ended = { emaid, active: false };
  const oem = good.members.oem.certificate;
  const contract = good.members.contract.certificate;

  async function refusal(world: World, exi: Uint8Array) {
    const { house, issued } = clearingHouse(world);
    const answer = await house.provide({ exi });
    expect(issued).toEqual([]);
    expect(answer).toMatchObject({
      status: "Accepted",
      title: expect.stringMatching(/^no contract: /),
      fix: expect.any(String),
    });
    const { header, name, body } = read(answer);
    expect(header.SessionID).toEqual(SessionID);
    expect(answer).toMatchObject({ ResponseCode: body.ResponseCode });
    return {
      code: body.ResponseCode,
      title: answer.title,
      name,
      retry: (body as Messages["CertificateUpdateRes"]).RetryCounter,
    };
  }

  it.each<[string, World, Uint8Array, string, RegExp]>([
    [
      "its PCID is unknown",
      { accounts: none },
      installation(good),
      "FAILED_NoCertificateAvailable",
      /PCID WMIV1234567890ABC/,
    ],
    [
      "its contract has ended",
      { accounts: { ofCar: () => ended } },
      installation(good),
      "FAILED_ContractCanceled",
      /has ended/,
    ],
    [
      "its provisioning certificate is revoked",
      { accounts: { isRevoked: (c) => c === oem || c.subject.CN === PCID } },
      installation(good),
      "FAILED_CertificateRevoked",
      /is revoked/,
    ],
    ["it has not signed", {}, installation(good, { key: null }), "FAILED_SignatureError", /not signed/],
    [
      "it has signed with another key",
      {},
      installation(good, { key: otherKey }),
      "FAILED_SignatureError",
      /signer's key/,
    ],
    [
      "the message was changed on its way",
      {},
      installation(good, {
        tamper: {
          ListOfRootCertificateIDs: { RootCertificateID: [{ X509IssuerName: "CN=Other", X509SerialNumber: 1 }] },
        },
      }),
      "FAILED_SignatureError",
      /digest/,
    ],
    [
      "its maker's root is not trusted",
      { authorities: { oem: { roots: good.trust.mo, intermediates: good.chain("oem") } } },
      installation(good),
      "FAILED_CertChainError",
      /unknown issuer/,
    ],
    [
      "its maker's sub-CAs are not known",
      { authorities: { oem: { roots: good.trust.oem, intermediates: [] } } },
      installation(good),
      "FAILED_CertChainError",
      /unknown issuer|incomplete chain/,
    ],
    [
      "it shows a contract instead",
      {},
      installation(good, { message: { OEMProvisioningCert: contract.der }, key: good.members.contract.key }),
      "FAILED_CertChainError",
      /provisioning certificate/,
    ],
    [
      "it shows no certificate",
      {},
      installation(good, { message: { OEMProvisioningCert: new Uint8Array(0) } }),
      "FAILED_CertChainError",
      /cannot be read/,
    ],
    [
      "it shows octets",
      {},
      installation(good, { message: { OEMProvisioningCert: new Uint8Array(300).fill(0x30) } }),
      "FAILED_CertChainError",
      /cannot be read/,
    ],
  ])("when %s", async (_, world, exi, code, title) => {
    expect(await refusal(world, exi)).toEqual({
      code,
      title: expect.stringMatching(title),
      name: "CertificateInstallationRes",
      retry: undefined,
    });
  });

  it.each([
    ["oem:expired", "FAILED_CertificateExpired"],
    ["oem:not-yet-valid", "FAILED_CertChainError"],
    ["oem:wrong-dc", "FAILED_CertChainError"],
    ["oem:impostor", "FAILED_CertChainError"],
    ["oem:wrong-curve", "FAILED_CertChainError"],
    ["oem:is-ca", "FAILED_CertChainError"],
    ["oem:wrong-key", "FAILED_SignatureError"],
    ["oem:unknown-root", "FAILED_CertChainError"],
  ])("when its provisioning certificate is %s", async (fault, code) => {
    const pki = await pkiWith(fault);
    expect((await refusal({ pki }, installation(pki))).code).toBe(code);
  });

  it.each<[string, World, Change & { message?: object }, string, number]>([
    ["its contract is unknown", { accounts: none }, {}, "FAILED_NoCertificateAvailable", 0],
    ["its contract has ended", { accounts: { ofContract: () => ended } }, {}, "FAILED_ContractCanceled", -1],
    [
      "its contract certificate is revoked",
      { accounts: { isRevoked: () => true } },
      {},
      "FAILED_CertificateRevoked",
      -1,
    ],
    ["it has signed with another key", {}, { key: otherKey }, "FAILED_SignatureError", 0],
    ["it names another eMAID", {}, { message: { eMAID: "DEXYZC12345678" } }, "FAILED_CertChainError", 0],
    [
      "it shows its provisioning certificate",
      {},
      { message: { ContractSignatureCertChain: { Certificate: oem.der } }, key: good.members.oem.key },
      "FAILED_CertChainError",
      0,
    ],
  ])("when it asks for a renewal and %s; it hears when to ask again", async (_, world, change, code, retry) => {
    expect(await refusal(world, renewal(good, change))).toMatchObject({ code, retry, name: "CertificateUpdateRes" });
  });

  it("when the contract to renew has expired already", async () => {
    const pki = await pkiWith("contract:expired");
    expect(await refusal({ pki }, renewal(pki))).toMatchObject({ code: "FAILED_CertificateExpired", retry: -1 });
  });
});

describe("nothing can be sent to a car", () => {
  const ask = (question: object, world?: World) =>
    clearingHouse(world).house.provideEncoded({
      schema: "urn:iso:15118:2:2013:MsgDef",
      request: toBase64(installation(good)),
      ...question,
    });

  it.each([
    ["there is no provisioning service", {}, "NotEnabled", { authorities: null }],
    ["the schema is another", { schema: "urn:iso:std:iso:15118:-20:CommonMessages" }, "UnsupportedParam", {}],
    ["the request is no base64", { request: "%%%" }, "FormatViolation", {}],
    ["the request is garbage", { request: toBase64(garbage) }, "FormatViolation", {}],
    ["the request is empty", { request: "" }, "FormatViolation", {}],
    ["the request is another message", { request: "gJgCAAAAAAAAAAAR0BgIAAAAAAQA" }, "FormatViolation", {}],
    ["the action is another", { action: "Update" }, "InvalidValue", {}],
  ] as const)("when %s", async (_, question, reasonCode, world) => {
    expect(await ask(question, world as World)).toMatchObject({
      status: "Failed",
      reasonCode,
      fix: expect.any(String),
    });
  });

  it("when it would be larger than OCPP carries", async () => {
    const { contracts } = csmsPki(good);
    const chain = new Array(4).fill(good.members.cps.certificate);
    const cps = { key: good.members.cps.key, chain: [...(contracts?.cps.chain ?? []), ...chain].slice(0, 5) };
    expect(await ask({}, { authorities: { cps } })).toMatchObject({
      reasonCode: "TooLargeElement",
      title: expect.stringMatching(/has \d+ characters, OCPP carries 5600/),
    });
  });
});
