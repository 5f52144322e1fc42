/** The whole demo as a person starts it, with real sockets, certificates and databases. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { appProtocol, iso2 } from "../../src/iso15118/index.ts";
import { fromHex } from "../../src/util/bytes.ts";
import { decodeHeader, HEADER_LENGTH, MAX_PAYLOAD_ISO2 } from "../../src/v2gtp/index.ts";
import { parsePemChain } from "../../src/x509/index.ts";
import { plugcharge } from "../cli/peer/support.ts";

const root = resolve(import.meta.dirname, "../..");
const scratch = mkdtempSync(join(tmpdir(), "plugcharge-sil-"));
afterAll(() => rmSync(scratch, { recursive: true }));

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The process ends by itself, or the test does not: nothing is killed. */
function demoProcess(...args: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, [join(inject("built"), "cli/main.js"), "demo", ...args], { cwd: root });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((done) => child.on("close", (code) => done({ code, stdout, stderr })));
}

/** Within this process, whose code is warm; not for direct current, where a car waits no longer than 250 ms. */
async function demo(...args: readonly string[]): Promise<Run> {
  const command = plugcharge("demo", ...args);
  const code = await command.exitCode;
  return { code, stdout: command.lines.join("\n"), stderr: command.errors.join("") };
}

const lines = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("a session that is kept", () => {
  const dir = join(scratch, "kept");
  let run: Run;
  let entries: ReturnType<typeof lines>;
  beforeAll(async () => {
    run = await demoProcess("--json", "--iface", "lo", "--charge-seconds", "1", "--keep", dir);
    entries = lines(run.stdout);
  }, 60_000);

  it("charges, says so in its last line and leaves nothing running", () => {
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const verdict = entries.at(-1);
    expect(verdict).toMatchObject({
      verdict: "charged",
      expected: true,
      eMAID: expect.stringMatching(/^[A-Z0-9]{14,15}$/),
    });
    // One second at 16 A on three phases is 3 Wh.
    expect(verdict.energyWh).toBeGreaterThan(1);
    expect(verdict.energyWh).toBeLessThan(10);
    expect(verdict.transactionId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("goes through all steps of the guide", () => {
    const steps = new Set(entries.slice(0, -1).map(({ step }) => step));
    expect([...steps].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("says which way the car took, and that nobody refused anything", () => {
    const titles = entries.map(({ title }) => title);
    expect(titles).toContainEqual(expect.stringContaining("lo is a loopback interface"));
    expect(entries.filter(({ outcome, kind }) => outcome === "refused" || kind === "fault")).toEqual([]);
  });

  it("sends hash data to the CSMS, which decides with OCSP", () => {
    const authorize = entries.find(({ title }) => title === "Authorize.req");
    expect(authorize.detail.iso15118CertificateHashData).toHaveLength(3);
    const decisions = entries.filter(({ from, kind }) => from === "CSMS" && kind === "decision");
    expect(decisions.map(({ title }) => title)).toContainEqual(
      expect.stringMatching(/is good according to OCSP responder/),
    );
  });

  it("keeps frames that decode, PKI with closed keys, timeline and databases", () => {
    const frames = lines(readFileSync(join(dir, "frames.jsonl"), "utf8"));
    const v2g = frames.filter(({ v2gtp }) => v2gtp).map(({ v2gtp }) => fromHex(v2gtp));
    const bodies = v2g.map((bytes, i) => {
      expect(decodeHeader(bytes, MAX_PAYLOAD_ISO2).length).toBe(bytes.length - HEADER_LENGTH);
      const set = i < 2 ? appProtocol : iso2;
      return set.decode(bytes.subarray(HEADER_LENGTH)).root;
    });
    expect(bodies.slice(0, 3)).toEqual(["supportedAppProtocolReq", "supportedAppProtocolRes", "V2G_Message"]);
    expect(frames.some(({ ocpp }) => ocpp?.includes('"Authorize"'))).toBe(true);
    expect(statSync(join(dir, "pki/car/client/mo/MO_LEAF.key")).mode & 0o777).toBe(0o600);
    expect(statSync(join(dir, "csms.db")).size).toBeGreaterThan(0);
    expect(lines(readFileSync(join(dir, "timeline.jsonl"), "utf8"))).toEqual(entries);
  });

  it("bad case: will not keep things in a folder that is not empty", async () => {
    const again = await demo("--keep", dir);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("not empty");
  });
});

describe.concurrent("a car that pauses and comes back", () => {
  it("joins its session again, in one transaction, with one authorization", { timeout: 60_000 }, async () => {
    const { code, stdout } = await demo("--json", "--iface", "lo", "--charge-seconds", "0.5", "--pause");
    const entries = lines(stdout);
    expect(entries.at(-1)).toMatchObject({ verdict: "charged", expected: true, reason: "the contract was accepted" });
    expect(code).toBe(0);
    const count = (title: string) => entries.filter((entry) => entry.title === title).length;
    expect([count("SessionSetupRes"), count("Authorize.req"), count("transaction started")]).toEqual([2, 1, 1]);
    // Who goes on proves again that the contract is his.
    expect(count("AuthorizationReq: challenge and signature are those of the contract")).toBe(2);
  });

  it("does so with direct current too: each time after a cable check, and with welding detection", {
    timeout: 60_000,
  }, async () => {
    const options = ["--iface", "lo", "--charge-seconds", "0.5", "--dc", "--pause"];
    const { code, stdout, stderr } = await demoProcess("--json", ...options);
    const entries = lines(stdout);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(entries.at(-1)).toMatchObject({ verdict: "charged", expected: true, payment: "Contract" });
    expect(entries.filter(({ outcome, kind }) => outcome === "refused" || kind === "fault")).toEqual([]);
    const asked: string[] = entries
      .filter(({ from, kind }) => kind === "message" && from === "EV")
      .map(({ title }) => title);
    const order = asked.filter((title, at) => title !== asked[at - 1] && title !== "AuthorizationReq");
    const session = [
      ...["SECCDiscoveryReq", "supportedAppProtocolReq", "SessionSetupReq", "ServiceDiscoveryReq"],
      ...["PaymentServiceSelectionReq", "PaymentDetailsReq", "ChargeParameterDiscoveryReq", "CableCheckReq"],
      ...["PreChargeReq", "PowerDeliveryReq", "CurrentDemandReq", "PowerDeliveryReq", "WeldingDetectionReq"],
      "SessionStopReq",
    ];
    expect(order).toEqual([...session, ...session]);
    const count = (title: string) => entries.filter((entry) => entry.title === title).length;
    expect([count("Authorize.req"), count("transaction started")]).toEqual([1, 1]);
  });
});

describe.concurrent("OCPP 1.6, with Plug & Charge inside of DataTransfer", () => {
  const options = ["--ocpp", "1.6", "--json", "--iface", "lo", "--charge-seconds", "0.5"];

  it("charges by a contract that the same CSMS judges by the same words", { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await demo(...options);
    const entries = lines(stdout);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(entries.at(-1)).toMatchObject({
      verdict: "charged",
      expected: true,
      transactionId: "1",
      payment: "Contract",
    });
    const { detail } = entries.find(({ title }) => title === "DataTransfer(Authorize).req");
    expect(detail.iso15118CertificateHashData).toHaveLength(3);
    const titles = entries.filter(({ from }) => from === "CSMS").map(({ title }) => title);
    for (const words of [/is good according to OCSP responder/, /^contract \w+ is Accepted$/, /complete and in order$/])
      expect(titles).toContainEqual(expect.stringMatching(words));
    expect(entries.filter(({ outcome, kind }) => outcome === "refused" || kind === "fault")).toEqual([]);
  });

  it("refuses a contract that is revoked, for that reason", { timeout: 60_000 }, async () => {
    const { code, stdout } = await demo(...options, "--ev-contract", "revoked");
    expect(code).toBe(0);
    expect(lines(stdout).at(-1)).toMatchObject({
      ...{ verdict: "refused", expected: true, ResponseCode: "FAILED_CertificateRevoked", energyWh: 0 },
      reason: expect.stringContaining("is revoked according to OCSP responder"),
    });
  });

  it("has a contract installed, whose car then joins a paused session", { timeout: 60_000 }, async () => {
    const { code, stdout } = await demo(...options, "--cert-install", "--pause");
    expect([code, lines(stdout).at(-1)]).toMatchObject([
      0,
      { verdict: "charged", expected: true, contract: "installed" },
    ]);
  });

  it("bad case: there is no station with direct current for it", { timeout: 30_000 }, async () => {
    const { code, stderr } = await demo("--ocpp", "1.6", "--dc");
    expect([code, stderr]).toEqual([2, expect.stringContaining("cannot be used with option '--dc'")]);
  });
});

describe.concurrent("a driver who pays by an app", () => {
  const app = { payment: "ExternalPayment", contract: null, eMAID: null, idToken: "APP-DEMO-0001" };

  it("charges by ISO 15118-2 over TLS, in one transaction of his", { timeout: 60_000 }, async () => {
    const { code, stdout } = await demo("--json", "--iface", "lo", "--charge-seconds", "0.5", "--eim");
    const entries = lines(stdout);
    const verdict = { verdict: "charged", expected: true, protocol: "ISO 15118-2", ...app };
    expect([code, entries.at(-1)]).toMatchObject([0, verdict]);
    const titles = entries.map(({ title }) => title);
    expect(titles).toContain("RequestStartTransaction.req");
    expect(titles).not.toContain("PaymentDetailsReq");
  });

  it("charges by DIN SPEC 70121 with direct current, without TLS", { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await demoProcess("--json", "--iface", "lo", "--charge-seconds", "1", "--din");
    const entries = lines(stdout);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(entries.at(-1)).toMatchObject({
      ...{ verdict: "charged", expected: true, protocol: "DIN SPEC 70121", ...app },
      reason: "the driver's app was accepted",
    });
    expect(entries.filter(({ outcome, kind }) => outcome === "refused" || kind === "fault")).toEqual([]);
    const asked = entries.filter(({ kind, from }) => kind === "message" && from === "EV").map(({ title }) => title);
    expect([...new Set(asked)]).toEqual([
      "SECCDiscoveryReq",
      "supportedAppProtocolReq",
      "SessionSetupReq",
      "ServiceDiscoveryReq",
      "ServicePaymentSelectionReq",
      "ContractAuthenticationReq",
      "ChargeParameterDiscoveryReq",
      "CableCheckReq",
      "PreChargeReq",
      "PowerDeliveryReq",
      "CurrentDemandReq",
      "WeldingDetectionReq",
      "SessionStopReq",
    ]);
    const discovery = entries.find(({ title }) => title === "SECCDiscoveryRes");
    expect(discovery.detail.security).toBe("no TLS");
  });

  it("bad case: DIN SPEC 70121 knows no contract to be installed", { timeout: 30_000 }, async () => {
    const { code, stderr } = await demo("--din", "--cert-install");
    expect(code).toBe(2);
    expect(stderr).toContain("cannot be used with option '--cert-install'");
  });
});

describe.concurrent("a car that comes without a contract", () => {
  it("has one installed through station and CSMS, octet by octet, and charges with it", {
    timeout: 60_000,
  }, async () => {
    const dir = join(scratch, "installed");
    const options = ["--json", "--iface", "lo", "--charge-seconds", "0.5", "--keep", dir];
    const { code, stdout } = await demo(...options, "--cert-install");
    const entries = lines(stdout);
    const verdict = entries.at(-1);
    expect([code, verdict]).toMatchObject([0, { verdict: "charged", expected: true, contract: "installed" }]);
    const at = (title: string) => entries.findIndex((entry) => entry.title === title);
    const way = [
      ...["CertificateInstallationReq", "Get15118EVCertificate.req", "Get15118EVCertificate.conf"],
      ...["CertificateInstallationRes", "PaymentDetailsReq", "Authorize.req", "ChargingStatusReq"],
    ].map(at);
    expect(way.every((place) => place >= 0)).toBe(true);
    expect(way).toEqual([...way].sort((a, b) => a - b));
    const frames = lines(readFileSync(join(dir, "frames.jsonl"), "utf8"));
    const { exiResponse } = frames.flatMap(({ ocpp }) => (ocpp?.includes("exiResponse") ? JSON.parse(ocpp)[2] : []))[0];
    const sent = frames.flatMap(({ v2gtp }) => (v2gtp ? [fromHex(v2gtp).subarray(HEADER_LENGTH)] : []));
    expect(sent.map((exi) => Buffer.from(exi).toString("base64"))).toContain(exiResponse);
    const car = join(dir, "pki/car/client/mo");
    expect(statSync(join(car, "MO_LEAF.key")).mode & 0o777).toBe(0o600);
    const [leaf] = parsePemChain(readFileSync(join(car, "MO_CERT_CHAIN.pem"), "utf8"));
    expect(leaf?.subject.CN).toBe(verdict.eMAID);
  });

  it("bad case: a car whose provisioning certificate has expired gets none, and no energy", {
    timeout: 60_000,
  }, async () => {
    const { code, stdout } = await demo("--json", "--iface", "lo", "--cert-install", "--fault", "oem:expired");
    expect(code).toBe(0);
    expect(lines(stdout).at(-1)).toMatchObject({
      ...{ verdict: "refused", expected: true },
      ResponseCode: "FAILED_CertificateExpired",
      reason: expect.stringContaining("CSMS: no contract: provisioning certificate: expired"),
      energyWh: 0,
      transactionId: null,
    });
  });
});

describe.concurrent("what is wrong on the person's side is one sentence and exit code 2", () => {
  it("bad case: a configuration with two faults starts nothing and names both", { timeout: 30_000 }, async () => {
    const file = join(scratch, "bad.yaml");
    const good = readFileSync(join(root, "config/config-sil-ocpp201-pnc.yaml"), "utf8");
    writeFileSync(file, good.replace("connector_id: 1", "connector_id: one").replace("module: Auth", "module: Atuh"));
    const { code, stdout, stderr } = await demo("--json", "--config", file);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/bad\.yaml:\d+: .*connector_id.*expected an integer/);
    expect(stderr).toMatch(/bad\.yaml:\d+: .*Atuh.*Did you mean 'Auth'\?/);
  });

  it("bad case: a port in use", { timeout: 30_000 }, async () => {
    const server = createServer();
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const { port } = server.address() as { port: number };
    const { code, stderr } = await demo("--csms-port", String(port));
    server.close();
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`^port ${port} on 127\\.0\\.0\\.1 is in use\\. .*\\n$`));
  });

  it("bad case: an expired SECC leaf", { timeout: 30_000 }, async () => {
    const { code, stderr } = await demo("--fault", "secc:expired");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^.*CPO_CERT_CHAIN\.pem: the SECC certificate .* ended at .*\. Renew it.*\n$/);
  });

  it("bad case: an interface that does not exist", { timeout: 30_000 }, async () => {
    const { code, stderr } = await demo("--iface", "nope0");
    expect(code).toBe(2);
    expect(stderr).toMatch(/Interface nope0 does not exist.*\n$/);
  });
});

describe.concurrent("a car that does not trust the charger", () => {
  it("ends the session before it shows its contract", { timeout: 30_000 }, async () => {
    const { code, stdout } = await demo("--json", "--iface", "lo", "--fault", "secc:wrong-dc");
    const entries = lines(stdout);
    expect(code).toBe(0);
    expect(entries.at(-1)).toMatchObject({ verdict: "refused", expected: true, ResponseCode: null, energyWh: 0 });
    expect(entries.at(-1).reason).toContain("wrong dc");
    expect(entries.map(({ title }) => title)).not.toContain("PaymentDetailsReq");
  });
});
