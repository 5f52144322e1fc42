import { beforeAll, describe, expect, it } from "vitest";
import { authenticate } from "../../src/csms/authenticate.ts";
import { sealed } from "../../src/csms/store/stationAccounts.ts";
import { createPki } from "../../src/pki/index.ts";
import { systemClock } from "../../src/util/clock.ts";
import { cryptoRandom } from "../../src/util/random.ts";

const from = { identity: "CP001", remoteAddress: "127.0.0.1" };
const secret = Uint8Array.from([0, 255, 58, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]);
const credentials = { user: "CP001", password: secret };
const tls = { protocol: "TLSv1.3", cipher: "x", authorized: true };
const accounts = {
  1: sealed({ identity: "CP001", profile: 1, password: secret }, cryptoRandom),
  2: sealed({ identity: "CP001", profile: 2, password: secret }, cryptoRandom),
  3: sealed({ identity: "CP001", profile: 3 }, cryptoRandom),
};

let certificate: Uint8Array;
beforeAll(async () => {
  const pki = await createPki({ clock: systemClock, random: cryptoRandom, chargePointId: "CP001" });
  certificate = pki.members.csmsClient.certificate.der;
});

const refusal = (reason: string) => ({ ok: false, status: 401, reason: expect.stringContaining(reason) });
const admission = { ok: true, authenticated: true };

describe("authentication of a station", () => {
  it("takes a password of any octets under the station's own name, by profile 2 only on TLS", () => {
    expect(authenticate(accounts[1], { ...from, credentials })).toEqual(admission);
    expect(authenticate(accounts[2], { ...from, credentials, tls })).toEqual(admission);
    expect(authenticate(accounts[2], { ...from, credentials })).toEqual(refusal("TLS"));
    expect(authenticate(accounts[1], from)).toEqual(refusal("no password was sent"));
  });

  it("bad case: the right password under another name, or a wrong one of any length", () => {
    const wrong = (user: string, password: Uint8Array) =>
      authenticate(accounts[1], { ...from, credentials: { user, password } });
    expect(wrong("CP002", secret)).toEqual(refusal("wrong user name or password"));
    expect(wrong("CP001", secret.slice(1))).toEqual(refusal("wrong user name or password"));
    expect(wrong("CP001", new Uint8Array())).toEqual(refusal("wrong user name or password"));
  });

  it("bad case: no password was ever set", () => {
    const account = { identity: "CP001", profile: 1 } as const;
    expect(authenticate(account, { ...from, credentials })).toEqual(refusal("no password is known"));
  });

  it("takes the octets of OCPP 1.6 for a password that was written down in hexadecimal, of either case", () => {
    for (const password of ["00ff3a0102030405060708090a0b0c0d0e0f1011", "00FF3A0102030405060708090A0B0C0D0E0F1011"]) {
      const account = sealed({ identity: "CP001", profile: 1, password }, cryptoRandom);
      const sent = (octets: Uint8Array) =>
        authenticate(account, { ...from, credentials: { user: "CP001", password: octets } });
      expect(sent(secret)).toEqual(admission);
      expect(sent(Buffer.from(password))).toEqual(admission);
      expect(sent(secret.slice(1))).toEqual(refusal("wrong user name or password"));
    }
  });

  it("takes a trusted certificate with the station's name, and nothing in its place", () => {
    const account = accounts[3];
    expect(authenticate(account, { ...from, tls: { ...tls, certificate } })).toEqual(admission);
    const untrusted = { ...tls, authorized: false, authorizationError: "SELF_SIGNED", certificate };
    expect(authenticate(account, { ...from, tls: untrusted })).toEqual(refusal("SELF_SIGNED"));
    expect(authenticate(account, { ...from, tls, credentials })).toEqual(refusal("no client certificate"));
    expect(authenticate(account, { ...from, credentials })).toEqual(refusal("no client certificate"));
    const garbage = { ...tls, certificate: new Uint8Array([1, 2, 3]) };
    expect(authenticate(account, { ...from, tls: garbage })).toEqual(refusal("another station"));
    expect(authenticate(account, { ...from, identity: "CP002", tls: { ...tls, certificate } })).toEqual(
      refusal("another station"),
    );
  });

  it("knows that profile 0 proves nothing, and that a stranger is one", () => {
    expect(authenticate({ identity: "CP001", profile: 0 }, from)).toEqual({ ok: true, authenticated: false });
    expect(authenticate(undefined, from)).toMatchObject({ ok: false, status: 404 });
  });
});
