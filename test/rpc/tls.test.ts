import type { KeyObject } from "node:crypto";
import { createServer } from "node:tls";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { createPki, type MemberId, type Pki, requireFault } from "../../src/pki/index.ts";
import { dial, type Endpoint, type Security } from "../../src/rpc/dial.ts";
import type { StationRequest } from "../../src/rpc/listener.ts";
import { systemClock } from "../../src/util/clock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { toPem } from "../../src/x509/index.ts";
import { Cleanup, Inflow, startListener } from "./support.ts";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

let pki: Pki;
beforeAll(async () => {
  pki = await createPki({ clock: systemClock, random: cryptoRandom });
});

const keyPem = (key: KeyObject) => key.export({ format: "pem", type: "pkcs8" }).toString();
const pem = (id: MemberId, from: Pki = pki) => ({
  cert: toPem(from.members[id].certificate),
  key: keyPem(from.members[id].key),
});
const root = (id: MemberId, from: Pki = pki) => toPem(from.members[id].certificate);
const open: Security = { profile: 2, password: "0123456789abcdef", tls: { ca: [] } };

async function dialTo(port: number, security: Security, host = "localhost") {
  const endpoint: Endpoint = {
    url: `wss://${host}:${port}/ocpp`,
    identity: "CP001",
    subprotocols: ["ocpp2.0.1"],
    security,
  };
  const result = await dial(endpoint, { clock: systemClock, random: cryptoRandom }, new AbortController().signal);
  if (result.ok) await result.peer.close();
  return result;
}

async function failureOf(...args: Parameters<typeof dialTo>) {
  const result = await dialTo(...args);
  return result.ok ? undefined : result.failure;
}

/** A TLS server with OpenSSL options of its own, for what our listener never does. */
async function oddServer(options: object): Promise<number> {
  const server = createServer({ ...pem("csmsServer"), ...options }, (socket) => socket.on("error", () => {}));
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  cleanup.add(server, (it) => it.close());
  return (server.address() as { port: number }).port;
}

describe("a connection by TLS", () => {
  it("Given two roots of which one is right, then it is made, and both ends know version and suite", async () => {
    const requests = new Inflow<StationRequest>();
    const { listener } = await startListener(cleanup, {
      host: "localhost",
      tls: pem("csmsServer"),
      authenticate: async (request) => {
        requests.push(request);
        return { ok: true, authenticated: true };
      },
    });
    const ca = [root("v2gRoot"), root("csmsRoot")];
    expect((await dialTo(listener.port, { ...open, tls: { ca } })).ok).toBe(true);
    expect((await requests.next()).tls).toMatchObject({
      protocol: "TLSv1.3",
      cipher: expect.stringMatching(/^TLS_AES/),
    });
  });

  it("Given new server certificates, then the next connection gets them", async () => {
    const next = await createPki({ clock: systemClock, random: cryptoRandom });
    const { listener } = await startListener(cleanup, { host: "localhost", tls: pem("csmsServer") });
    listener.setTls(pem("csmsServer", next));
    expect((await dialTo(listener.port, { ...open, tls: { ca: [root("csmsRoot")] } })).ok).toBe(false);
    expect((await dialTo(listener.port, { ...open, tls: { ca: [root("csmsRoot", next)] } })).ok).toBe(true);
  });

  it("Given a client certificate, then the listener says whose it is and whether its root is trusted", async () => {
    const requests = new Inflow<StationRequest>();
    const { listener } = await startListener(cleanup, {
      host: "localhost",
      tls: { ...pem("csmsServer"), ca: [root("csmsRoot")] },
      authenticate: async (request) => {
        requests.push(request);
        return { ok: false, status: 401, reason: "test" };
      },
    });
    const ca = [root("csmsRoot")];
    await dialTo(listener.port, { profile: 3, tls: { ca, ...pem("csmsClient") } });
    await dialTo(listener.port, { profile: 3, tls: { ca, ...pem("vehicle") } });
    await dialTo(listener.port, { ...open, tls: { ca } });
    const [own, foreign, none] = [await requests.next(), await requests.next(), await requests.next()];
    expect(own.tls).toMatchObject({
      authorized: true,
      certificate: Buffer.from(pki.members.csmsClient.certificate.der),
    });
    expect(foreign.tls).toMatchObject({ authorized: false, authorizationError: expect.stringContaining("UNABLE") });
    expect(none.tls).toMatchObject({ authorized: false });
    expect(none.tls?.certificate).toBeUndefined();
  });
});

describe("the name in the CSMS's certificate", () => {
  it("must be the host's, unless the settings say that any will do", async () => {
    const other = await createPki({
      clock: systemClock,
      random: cryptoRandom,
      faults: [requireFault("csms:wrong-name")],
    });
    const { listener } = await startListener(cleanup, { host: "localhost", tls: pem("csmsServer", other) });
    const dialWith = async (host: "standard" | "exact" | "any") =>
      (await dialTo(listener.port, { ...open, tls: { ca: [root("csmsRoot", other)], host } })).ok;
    expect([await dialWith("standard"), await dialWith("exact"), await dialWith("any")]).toEqual([false, false, true]);
  });

  it("Given no wildcard is wanted, then a name in full is as good as before", async () => {
    const { listener } = await startListener(cleanup, { host: "localhost", tls: pem("csmsServer") });
    expect((await dialTo(listener.port, { ...open, tls: { ca: [root("csmsRoot")], host: "exact" } })).ok).toBe(true);
  });
});

describe("bad case: the station names", () => {
  it.each([
    ["an unknown root", undefined, "v2gRoot", "localhost", "the CSMS's root certificate is not installed here"],
    ["an expired certificate", "csms:expired", "csmsRoot", "localhost", "the CSMS's certificate has expired"],
    ["another host's certificate", "csms:wrong-name", "csmsRoot", "localhost", "is for another host"],
  ] as const)("%s", async (_name, fault, ca, host, message) => {
    const used = fault
      ? await createPki({ clock: systemClock, random: cryptoRandom, faults: [requireFault(fault)] })
      : pki;
    const { listener } = await startListener(cleanup, { host: "localhost", tls: pem("csmsServer", used) });
    const failure = await failureOf(listener.port, { ...open, tls: { ca: [root(ca, used)] } }, host);
    expect(failure).toMatchObject({ kind: "tls", securityEvent: "InvalidCsmsCertificate" });
    expect(failure?.message).toContain(message);
  });

  it("a server that only speaks an old version", async () => {
    const port = await oddServer({ minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" });
    const failure = await failureOf(port, { ...open, tls: { ca: [root("csmsRoot")] } });
    expect(failure).toMatchObject({ kind: "tls", securityEvent: "InvalidTLSVersion" });
  });

  it("a server without a common suite", async () => {
    const port = await oddServer({ maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-SHA256" });
    const tls = { ca: [root("csmsRoot")], ciphers: "ECDHE-ECDSA-AES256-GCM-SHA384" };
    const failure = await failureOf(port, { ...open, tls });
    expect(failure).toMatchObject({ kind: "tls", securityEvent: "InvalidTLSCipherSuite" });
  });

  it("a server that wants a certificate which it does not have", async () => {
    const strict = { requestCert: true, rejectUnauthorized: true, ca: [root("csmsRoot")], maxVersion: "TLSv1.2" };
    const port = await oddServer(strict);
    const failure = await failureOf(port, { ...open, tls: { ca: [root("csmsRoot")] } });
    expect(failure).not.toBeUndefined();
    expect(failure?.kind).not.toBe("refused");
  });

  it("a server without TLS", async () => {
    const { listener } = await startListener(cleanup, { host: "localhost" });
    const failure = await failureOf(listener.port, { ...open, tls: { ca: [root("csmsRoot")] } });
    expect(failure).toMatchObject({ kind: "tls", message: "the TLS handshake failed" });
  });
});
