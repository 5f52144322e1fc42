import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { charger, pkiFolder, plugcharge, verdicts } from "./peer/support.ts";

describe("plugcharge secc", () => {
  it.each(["everest", "ecog"] as const)("serves a car by contract from a folder in the layout %s", async (layout) => {
    const pki = await pkiFolder(layout);
    const secc = await charger("--pki", pki, "--sessions", "1", "--auth", "pnc", "--tls", "force");
    const ev = plugcharge("ev", ...secc.at, "--pki", pki, "--cycles", "2", "--json");
    expect([await ev.exitCode, await secc.exitCode]).toEqual([0, 0]);
    expect(verdicts(secc)).toMatchObject([
      { verdict: "charged", tls: true, payment: "Contract", cycles: 2, messages: 24 },
    ]);
  });

  it("serves one car after the other, with and without TLS, until it has had enough", async () => {
    const pki = await pkiFolder();
    const secc = await charger("--pki", pki, "--sessions", "2");
    const eim = ["--scenario", "ac-eim", "--cycles", "1"];
    const plain = plugcharge("ev", ...secc.at, ...eim, "--no-tls");
    expect(await plain.exitCode).toBe(0);
    await expect.poll(() => verdicts(secc).length, { timeout: 10_000 }).toBe(1);
    expect(await plugcharge("ev", ...secc.at, ...eim, "--pki", pki).exitCode).toBe(0);
    expect(await secc.exitCode).toBe(0);
    expect(verdicts(secc).map(({ tls, payment }) => [tls, payment])).toEqual([
      [false, "ExternalPayment"],
      [true, "ExternalPayment"],
    ]);
  });

  it("offers with --scenario only what that is about", async () => {
    const pki = await pkiFolder();
    const secc = await charger("--pki", pki, "--sessions", "1", "--scenario", "ac-eim");
    const ev = plugcharge("ev", ...secc.at, "--pki", pki);
    expect([await ev.exitCode, await secc.exitCode]).toEqual([1, 1]);
    expect(ev.lines.at(-1)).toMatch(/Contract is enforced, but the EVSE does not offer/);
  });

  it.each([
    ["contract:expired", "PaymentDetailsRes FAILED_CertificateExpired"],
    ["contract:unknown-root", "PaymentDetailsRes FAILED_CertificateNotAllowedAtThisEVSE"],
    ["contract:wrong-key", "AuthorizationRes FAILED_SignatureError"],
  ])("bad case: %s is refused with %s, and is no success", async (fault, reason) => {
    const pki = await pkiFolder("ecog", fault);
    const secc = await charger("--pki", pki, "--sessions", "1");
    const ev = plugcharge("ev", ...secc.at, "--pki", pki);
    expect([await ev.exitCode, await secc.exitCode]).toEqual([1, 1]);
    expect(verdicts(secc)[0]).toMatchObject({ verdict: "failed", reason: expect.stringContaining(reason), cycles: 0 });
  });

  it("bad case: a car that does not trust the charger says why, and the charger waits for the next one", async () => {
    const pki = await pkiFolder("ecog", "secc:expired");
    const secc = await charger("--pki", pki, "--sessions", "1");
    const ev = plugcharge("ev", ...secc.at, "--pki", pki);
    expect(await ev.exitCode).toBe(1);
    expect(ev.lines.at(-1)).toMatch(/^Failed: charger not trusted: SECC chain: expired/);
    expect(await plugcharge("ev", ...secc.at, "--scenario", "ac-eim", "--no-tls", "--cycles", "1").exitCode).toBe(0);
    expect(await secc.exitCode).toBe(0);
    expect(verdicts(secc)).toMatchObject([{ verdict: "charged", tls: false, messages: 20 }]);
  });

  it("bad case: stopped before any car came, it has shown nothing", async () => {
    const secc = await charger("--pki", await pkiFolder());
    secc.interrupt();
    expect(await secc.exitCode).toBe(1);
    expect(verdicts(secc)).toEqual([]);
  });

  it("bad case: without a certificate of its own it says which files it wants", async () => {
    const pki = await pkiFolder();
    rmSync(join(pki, "iso15118_2/certs/cpoCertChain.pem"));
    const secc = plugcharge("secc", "--iface", "lo", "--pki", pki);
    expect(await secc.exitCode).toBe(2);
    expect(secc.errors.join("")).toMatch(/no SECC certificate.*cpoCertChain\.pem.*seccLeaf\.key.*--tls prohibit/);
  });

  it("bad case: a folder that is no PKI is named, with what should be in it", async () => {
    const secc = plugcharge("secc", "--iface", "lo", "--pki", import.meta.dirname);
    expect(await secc.exitCode).toBe(2);
    expect(secc.errors.join("")).toMatch(/test\/cli: there is no PKI.*V2G_ROOT_CA\.pem.*v2gRootCACert\.pem/);
  });
});
