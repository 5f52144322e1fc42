import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { csmsPki } from "../../src/csms/pki.ts";
import type { AuthorizeRequest } from "../../src/ocpp/v201/messages.generated.ts";
import { createPki } from "../../src/pki/index.ts";
import { systemClock } from "../../src/util/clock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { toPem } from "../../src/x509/index.ts";
import { connectStation, contractPem, emaid, hashDataOf, startTestCsms, withPki } from "./support.ts";

const idToken = { idToken: emaid, type: "eMAID" } as const;

type World = Awaited<ReturnType<typeof createWorld>>;
const worlds = new Map<string, Promise<World>>();

/** A world for tests that change nothing in it; making certificates takes its time. */
async function world(...faults: string[]): Promise<World> {
  const key = faults.join();
  const known = worlds.get(key) ?? createWorld(...faults);
  worlds.set(key, known);
  (await known).decisions.length = 0;
  return known;
}

async function createWorld(...faults: string[]) {
  const test = await startTestCsms();
  const pki = await withPki(test, ...faults);
  const { call } = await connectStation(test);
  const authorize = async (request: Omit<AuthorizeRequest, "idToken"> & { idToken?: AuthorizeRequest["idToken"] }) => {
    const answer = await call("Authorize", { idToken, ...request });
    return [answer.idTokenInfo.status, answer.certificateStatus];
  };
  return { ...test, pki, call, authorize, last: () => test.decisions.at(-1) };
}

describe("a contract (C07)", () => {
  it("Given a good chain, then it is accepted, and every check is told", async () => {
    const { authorize, decisions, pki, csms } = await world();
    expect(await authorize({ certificate: contractPem(pki) })).toEqual(["Accepted", "Accepted"]);
    expect(decisions.filter(({ step }) => step === 4).map(({ title }) => title)).toEqual([
      expect.stringMatching(/^contract chain of CN=DEABCC1B2C3D4E5.* leads to root CN=MORootCA/),
      expect.stringMatching(/^CN=DEABCC1B2C3D4E5.* is good according to OCSP responder http/),
      expect.stringMatching(/^CN=MOSubCA2.* is good/),
      expect.stringMatching(/^CN=MOSubCA1.* is good/),
      `contract ${emaid} is Accepted`,
    ]);
    expect(csms.ocspUrl).toContain("/ocsp");
  });

  it("Given certificates that name a responder where none is, then the CSMS that speaks for their CAs answers itself", async () => {
    const test = await startTestCsms();
    const nowhere = "http://127.0.0.1:1/ocsp";
    const pki = await createPki({ clock: systemClock, random: cryptoRandom, eMAID: emaid, ocspUrl: nowhere });
    test.csms.usePki(csmsPki(pki));
    test.csms.setContracts([{ emaid }]);
    const { call } = await connectStation(test);
    const answer = await call("Authorize", { idToken, iso15118CertificateHashData: hashDataOf(pki, nowhere) });
    expect([answer.idTokenInfo.status, answer.certificateStatus]).toEqual(["Accepted", "Accepted"]);
  });

  it("Given good hash data, then it is accepted, whatever the case of hashes, eMAID and hyphens", async () => {
    const { authorize, pki, csms } = await world();
    const hashData = hashDataOf(pki, csms.ocspUrl);
    expect(await authorize({ iso15118CertificateHashData: hashData })).toEqual(["Accepted", "Accepted"]);
    const shouted = hashData.map((data) => ({
      ...data,
      issuerNameHash: data.issuerNameHash.toUpperCase(),
      issuerKeyHash: data.issuerKeyHash.toUpperCase(),
      serialNumber: `00${data.serialNumber}`.toUpperCase(),
      responderURL: data.responderURL.toUpperCase(),
    }));
    const hyphenated = { idToken: "de-abc-c1b2c3d4e-5", type: "eMAID" } as const;
    expect(await authorize({ iso15118CertificateHashData: shouted, idToken: hyphenated })).toEqual([
      "Accepted",
      "Accepted",
    ]);
  });

  it("Given chain and hash data together, then both are checked", async () => {
    const { authorize, pki, csms, last } = await world();
    const iso15118CertificateHashData = hashDataOf(pki, csms.ocspUrl);
    const certificate = contractPem(pki);
    expect(await authorize({ certificate, iso15118CertificateHashData })).toEqual(["Accepted", "Accepted"]);
    const foreign = hashDataOf(pki, csms.ocspUrl, "secc");
    expect(await authorize({ certificate, iso15118CertificateHashData: foreign })).toEqual([
      "Invalid",
      "CertChainError",
    ]);
    expect(last()?.title).toContain("not of the certificates");
  });

  it.each([
    ["contract:revoked", "Invalid", "CertificateRevoked", "is revoked according to OCSP responder"],
    ["contract:expired", "Expired", "CertificateExpired", "expired"],
    ["contract:unknown-root", "Invalid", "CertChainError", "no trust anchor|incomplete|unknown issuer|no root"],
    ["contract:bad-signature", "Invalid", "CertChainError", "signature"],
    ["contract:impostor", "Invalid", "CertChainError", "signature"],
    ["contract:not-yet-valid", "Invalid", "CertChainError", "not yet valid"],
    ["contract:key-usage", "Invalid", "CertChainError", "key usage"],
    ["contract:wrong-curve", "Invalid", "CertChainError", "wrong curve"],
    ["contract:wrong-dc", "Invalid", "CertChainError", "wrong role"],
    ["contract:ocsp-unknown", "Invalid", "CertChainError", "is not known to OCSP responder"],
    ["contract:two-cn", "Invalid", "CertChainError", "emaid ambiguous"],
    ["mo:expired", "Expired", "CertificateExpired", "expired"],
    ["mo:pathlen", "Invalid", "CertChainError", "pathlen"],
    ["mo:not-ca", "Invalid", "CertChainError", "not a ca"],
  ])("bad case: chain with %s is answered %s, %s", async (fault, status, certificateStatus, words) => {
    const { authorize, pki, last } = await world(fault);
    expect(await authorize({ certificate: contractPem(pki) })).toEqual([status, certificateStatus]);
    expect(last()).toMatchObject({ outcome: "refused", title: expect.stringMatching(words) });
    expect(last()?.fix).toMatch(/^[A-Z].*\.$/);
  });

  it.each([
    ["contract:revoked", "Invalid", "CertificateRevoked"],
    ["contract:ocsp-unknown", "Invalid", "CertChainError"],
    ["contract:unknown-root", "Invalid", "CertChainError"],
    ["contract:expired", "Expired", "CertificateExpired"],
  ])("bad case: hash data with %s are answered %s, %s", async (fault, status, certificateStatus) => {
    const { authorize, pki, csms } = await world(fault);
    const iso15118CertificateHashData = hashDataOf(pki, csms.ocspUrl);
    expect(await authorize({ iso15118CertificateHashData })).toEqual([status, certificateStatus]);
  });

  it("Given a revocation between two sessions, then the second is refused", async () => {
    const { authorize, pki, csms } = await createWorld();
    const iso15118CertificateHashData = hashDataOf(pki, csms.ocspUrl);
    expect(await authorize({ iso15118CertificateHashData })).toEqual(["Accepted", "Accepted"]);
    csms.revoke(pki.members.contract.certificate, pki.members.moSub2.certificate, 1);
    expect(await authorize({ iso15118CertificateHashData })).toEqual(["Invalid", "CertificateRevoked"]);
    csms.revoke(pki.members.moSub1.certificate, pki.members.moRoot.certificate);
    expect(await authorize({ certificate: contractPem(pki) })).toEqual(["Invalid", "CertificateRevoked"]);
  });

  it("Given a contract's state, then the certificate status follows from it", async () => {
    const { authorize, pki, csms } = await createWorld();
    const pairs = [
      ["Blocked", "ContractCancelled"],
      ["Expired", "ContractCancelled"],
      ["Invalid", "ContractCancelled"],
      ["NoCredit", "Accepted"],
      ["ConcurrentTx", "Accepted"],
    ] as const;
    for (const [status, certificateStatus] of pairs) {
      csms.setContracts([{ emaid, status }]);
      expect(await authorize({ certificate: contractPem(pki) })).toEqual([status, certificateStatus]);
    }
  });

  it("bad case: a good certificate with another contract's eMAID", async () => {
    const { authorize, pki, csms, last } = await world();
    const stranger = { idToken: "NLXYZC99999999X", type: "eMAID" } as const;
    const iso15118CertificateHashData = hashDataOf(pki, csms.ocspUrl);
    expect(await authorize({ certificate: contractPem(pki), idToken: stranger })).toEqual([
      "Invalid",
      "ContractCancelled",
    ]);
    expect(await authorize({ iso15118CertificateHashData, idToken: stranger })).toEqual([
      "Invalid",
      "ContractCancelled",
    ]);
    expect(last()?.title).toContain("not one of contract NLXYZC99999999X");
  });

  it("bad case: hash data of a good certificate that is not known to be this contract's", async () => {
    const { authorize, csms, last, pki } = await world();
    const iso15118CertificateHashData = hashDataOf(pki, csms.ocspUrl, "secc");
    expect(await authorize({ iso15118CertificateHashData })).toEqual(["Invalid", "ContractCancelled"]);
    expect(last()?.title).toContain("not one of contract");
  });

  it("bad case: hash data of the contract alone, whose sub-CA leads to no root that is trusted here", async () => {
    const { authorize, csms, last, pki } = await world("contract:unknown-root");
    const iso15118CertificateHashData = hashDataOf(pki, csms.ocspUrl).slice(0, 1);
    expect(await authorize({ iso15118CertificateHashData })).toEqual(["Invalid", "CertChainError"]);
    expect(last()?.title).toContain("the issuer of");
  });

  it("bad case: a contract nobody has", async () => {
    const test = await startTestCsms();
    const pki = await createPki({ clock: systemClock, random: cryptoRandom, eMAID: emaid });
    test.csms.usePki(csmsPki(pki));
    const { call } = await connectStation(test);
    const answer = await call("Authorize", { idToken, certificate: contractPem(pki) });
    expect(answer).toEqual({ idTokenInfo: { status: "Unknown" }, certificateStatus: "ContractCancelled" });
    expect(test.decisions.map(({ title }) => title)).toContain(
      "the chain names no OCSP responder: revocation is not checked",
    );
  });

  it.each([
    ["a chain of nothing", { certificate: "hello" }],
    ["a CA alone", (pem: string) => ({ certificate: pem })],
    ["hashes that are none", { hash: "zz" }],
    ["hashes of the wrong length", { hash: "ab" }],
  ])("bad case: %s cannot be read", async (_name, what) => {
    const { authorize, pki, csms } = await world();
    const request =
      typeof what === "function"
        ? what(toPem(pki.members.moSub2.certificate))
        : "hash" in what
          ? {
              iso15118CertificateHashData: hashDataOf(pki, csms.ocspUrl).map((data) => ({
                ...data,
                issuerKeyHash: what.hash,
              })),
            }
          : what;
    expect(await authorize(request)).toEqual(["Invalid", "CertChainError"]);
  });
});

describe("the responder's URL", () => {
  it("bad case: one that was not allowed is never asked", async () => {
    let asked = 0;
    const victim = createServer((_request, response) => {
      asked += 1;
      response.end();
    });
    await new Promise<void>((resolve) => victim.listen(0, "127.0.0.1", resolve));
    const { port } = victim.address() as { port: number };
    const { authorize, pki, last } = await world();
    for (const url of [
      `http://127.0.0.1:${port}/ocsp`,
      "file:///etc/passwd",
      "not a url",
      `http://127.0.0.1@x:${port}/`,
    ]) {
      const iso15118CertificateHashData = hashDataOf(pki, url);
      expect(await authorize({ iso15118CertificateHashData })).toEqual(["Invalid", "CertChainError"]);
      expect(last()?.title).toContain("may not be asked");
    }
    expect(asked).toBe(0);
    victim.close();
  });

  it("bad case: hashes of a CA that is not trusted cannot be vouched for", async () => {
    const { authorize, csms, last } = await world();
    const other = await createPki({ clock: systemClock, random: cryptoRandom, eMAID: emaid });
    const iso15118CertificateHashData = hashDataOf(other, csms.ocspUrl);
    expect(await authorize({ iso15118CertificateHashData })).toEqual(["Invalid", "CertChainError"]);
    expect(last()?.title).toContain("the issuer of");
  });
});

describe("a token (C01)", () => {
  it("is what the CSMS knows of it, without regard to case", async () => {
    const { call, csms } = await world();
    csms.setTokens([
      { idToken: "DEADBEEF", type: "ISO14443", groupIdToken: { idToken: "family", type: "Central" } },
      { idToken: "B10C", type: "ISO14443", status: "Blocked" },
      { idToken: "01D", type: "Local", expiresAt: Date.now() - 1_000 },
    ]);
    const ask = async (id: string, type: "ISO14443" | "Local" | "KeyCode") =>
      (await call("Authorize", { idToken: { idToken: id, type } })).idTokenInfo;
    expect(await ask("deadBeef", "ISO14443")).toEqual({
      status: "Accepted",
      groupIdToken: { idToken: "family", type: "Central" },
    });
    expect(await ask("b10c", "ISO14443")).toMatchObject({ status: "Blocked" });
    expect(await ask("01d", "Local")).toMatchObject({ status: "Expired" });
    expect(await ask("DEADBEEF", "KeyCode")).toEqual({ status: "Unknown" });
  });

  it("may be an eMAID without a certificate: then nothing is said of one", async () => {
    const { authorize } = await world();
    expect(await authorize({})).toEqual(["Accepted", undefined]);
  });
});
