import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { catalogue } from "../../src/faults/index.ts";
import { layouts } from "../../src/pki/write.ts";
import { charger, pkiFolder, plugcharge, verdicts } from "./peer/support.ts";

function scratch(): string {
  const dir = mkdtempSync(join(tmpdir(), "plugcharge-kept-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

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

  describe("--schedules", () => {
    const offered = (file: string) => {
      const entries = [{ from: "00:00", EPriceLevel: 2 }];
      const cheap = [{ from: "00:00", EPriceLevel: 1 }];
      const tuples = [
        { SAScheduleTupleID: 5, entries },
        { SAScheduleTupleID: 6, entries: cheap },
      ];
      writeFileSync(file, JSON.stringify({ SAScheduleTuple: tuples }));
      return file;
    };

    it.each([
      ["everest", "believes the tariffs", 6],
      ["ecog", "believes the tariffs", 6],
      ["ecog", "heeds no tariff", 5],
    ] as const)("offers tariffs (layout %s): the car %s", async (layout, says, taken) => {
      const pki = await pkiFolder(layout);
      const key = layouts[layout].find(({ content: c }) => c.kind === "key" && c.of === "moSub2")?.path ?? "";
      const file = offered(join(scratch(), "tariffs.json"));
      const signs = says === "believes the tariffs";
      if (!signs) rmSync(join(pki, key));
      const secc = await charger("--pki", pki, "--sessions", "1", "--auth", "pnc", "--schedules", file);
      const ev = plugcharge("ev", ...secc.at, "--pki", pki, "--json");
      expect([await ev.exitCode, await secc.exitCode]).toEqual([0, 0]);
      expect(ev.lines.join("\n")).toContain(says);
      expect(ev.lines.join("\n")).toContain(`takes schedule ${taken} of 2`);
    });

    it("works without certificates", async () => {
      const file = offered(join(scratch(), "tariffs.json"));
      const secc = await charger("--tls", "prohibit", "--sessions", "1", "--schedules", file);
      const ev = plugcharge("ev", ...secc.at, "--scenario", "ac-eim", "--no-tls", "--json");
      expect([await ev.exitCode, await secc.exitCode]).toEqual([0, 0]);
      expect(ev.lines.join("\n")).toContain("takes schedule 6 of 2");
    });

    it("bad case: names the file that is missing", async () => {
      const secc = plugcharge("secc", "--iface", "lo", "--tls", "prohibit", "--schedules", "/nowhere.json");
      expect(await secc.exitCode).toBe(2);
      expect(secc.errors.join("")).toMatch(/nowhere\.json: the file cannot be read/);
    });
  });

  it("needs no certificates without TLS", async () => {
    const secc = await charger("--tls", "prohibit", "--sessions", "1");
    const ev = plugcharge("ev", ...secc.at, "--scenario", "ac-eim", "--no-tls", "--cycles", "1");
    expect([await ev.exitCode, await secc.exitCode]).toEqual([0, 0]);
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

describe("plugcharge secc --fault", () => {
  it("lists every fault with the answer that is right", async () => {
    const list = plugcharge("secc", "--fault", "list", "--json");
    expect(await list.exitCode).toBe(0);
    expect(list.lines.map((line) => JSON.parse(line).name)).toEqual(catalogue.secc.map(({ name }) => name));
  });

  it.each([
    ["secc:revoked", "everest", /^closes the connection/],
    ["cpo:bad-signature", "everest", /^closes the connection/],
    ["failed:revoked", "ecog", /^closes the connection/],
    ["notification:stop", "ecog", /^says PowerDeliveryReq/],
    ["sdp:type", "ecog", /^charges$/],
  ] as const)("%s: our car is right", async (fault, layout, got) => {
    const pki = await pkiFolder(layout);
    const secc = await charger("--pki", pki, "--fault", fault);
    const ev = plugcharge("ev", ...secc.at, "--pki", pki, "--cycles", "3");
    expect(await secc.exitCode).toBe(0);
    expect(verdicts(secc)).toMatchObject([{ verdict: "right", fault, got: expect.stringMatching(got) }]);
    await ev.exitCode;
  });

  it("tests one car after the other with a group of faults", async () => {
    const pki = await pkiFolder();
    const secc = await charger("--pki", pki, "--fault", "challenge");
    for (let car = 0; car < 3; car++) await plugcharge("ev", ...secc.at, "--pki", pki).exitCode;
    expect(await secc.exitCode).toBe(0);
    expect(verdicts(secc).map(({ verdict }) => verdict)).toEqual(["right", "right", "right"]);
    expect(JSON.parse(secc.lines.at(-1) ?? "")).toEqual({ right: 3 });
  });

  it("bad case: no car has come in time, so nothing was tested", async () => {
    const secc = await charger("--pki", await pkiFolder(), "--fault", "failed:revoked", "--timeout", "1");
    expect(await secc.exitCode).toBe(1);
    expect(verdicts(secc)).toMatchObject([{ verdict: "not reached", got: "no car has come" }]);
  });

  it("bad case: no car has come, so nothing was tested", async () => {
    const secc = await charger("--pki", await pkiFolder(), "--fault", "failed:revoked");
    secc.interrupt();
    expect(await secc.exitCode).toBe(1);
    expect(verdicts(secc)).toMatchObject([{ verdict: "not reached", got: "no car has come" }]);
  });

  it("bad case: a fault of cars is none of chargers", async () => {
    const secc = plugcharge("secc", "--iface", "lo", "--fault", "signature:der");
    expect(await secc.exitCode).toBe(2);
    expect(secc.errors.join("")).toMatch(/There is no such fault/);
  });
});

describe("--keep", () => {
  const lines = (file: string) => readFileSync(file, "utf8").trimEnd().split("\n");

  it("keeps every message with its EXI, the timeline and the keys of TLS, on both sides", async () => {
    const [pki, kept] = [await pkiFolder(), scratch()];
    const secc = await charger("--pki", pki, "--sessions", "1", "--keep", join(kept, "secc"));
    const ev = plugcharge("ev", ...secc.at, "--pki", pki, "--cycles", "1", "--keep", join(kept, "ev"));
    expect([await ev.exitCode, await secc.exitCode]).toEqual([0, 0]);
    const frames = ["ev", "secc/session-1"].map((at) =>
      lines(join(kept, at, "frames.jsonl")).map((l) => JSON.parse(l)),
    );
    const names = frames.map((side) => side.map(({ message }) => message));
    expect(names[0]).toEqual(names[1]);
    expect(names[0]?.slice(0, 4)).toEqual([
      ...["SECCDiscoveryReq", "SECCDiscoveryRes", "supportedAppProtocolReq", "supportedAppProtocolRes"],
    ]);
    for (const { exi, schema, v2gtp, json } of frames[0]?.slice(2) ?? []) {
      expect(v2gtp.endsWith(exi)).toBe(true);
      expect(json).toBeTruthy();
      expect(["app-protocol", "iso-2"]).toContain(schema);
    }
    for (const at of ["ev", "secc/session-1"]) {
      expect(lines(join(kept, at, "tls_keys.log"))[0]).toMatch(/^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}$/);
      expect(statSync(join(kept, at, "tls_keys.log")).mode & 0o777).toBe(0o600);
      expect(JSON.parse(lines(join(kept, at, "timeline.jsonl")).at(-1) ?? "")).toMatchObject({ verdict: "charged" });
    }
  });

  it("keeps what is no message as octets", async () => {
    const [pki, kept] = [await pkiFolder(), scratch()];
    const secc = await charger("--pki", pki);
    const fault = ["--fault", "v2gtp:version", "--keep", join(kept, "ev")];
    expect(await plugcharge("ev", ...secc.at, "--pki", pki, ...fault).exitCode).toBe(0);
    const last = JSON.parse(lines(join(kept, "ev", "frames.jsonl")).at(-1) ?? "");
    expect(last).toMatchObject({ from: "EV", octets: expect.stringMatching(/^02fd8001/) });
    secc.interrupt();
    await secc.exitCode;
  });

  it("bad case: a folder with something in it is refused", async () => {
    const pki = await pkiFolder();
    const ev = plugcharge("ev", "--iface", "lo", "--pki", pki, "--keep", pki);
    expect(await ev.exitCode).toBe(2);
    expect(ev.errors.join("")).toMatch(/the folder to keep things in is not empty/);
  });
});
