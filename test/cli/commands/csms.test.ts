import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { csmsCommand } from "../../../src/cli/commands/csms.ts";
import { type Io, processIo } from "../../../src/cli/io.ts";
import { faultNames } from "../../../src/csms/faults/catalogue.ts";
import { createPki, writePki } from "../../../src/pki/index.ts";
import { type Endpoint, Link } from "../../../src/rpc/link.ts";
import { toBase64 } from "../../../src/util/bytes.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { UserError } from "../../../src/util/errors.ts";
import { nodeFiles } from "../../../src/util/files.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { toPem } from "../../../src/x509/index.ts";
import { installation } from "../../csms/clearingHouse/carRequests.ts";
import { contractPem, emaid } from "../../csms/support.ts";

/** Runs the command; `lines` are what it printed, `interrupt` is Ctrl+C. */
function start(...args: string[]) {
  const stdout = new PassThrough();
  const lines: string[] = [];
  stdout.on("data", (data) => lines.push(...String(data).trimEnd().split("\n")));
  let interrupt = () => {};
  const interrupted = new Promise<void>((resolve) => {
    interrupt = resolve;
  });
  const io: Io = { ...processIo, stdout, env: {}, interrupted: () => interrupted };
  const done = csmsCommand(io)
    .exitOverride()
    .parseAsync(["--port", "0", "--log", "silent", ...args], { from: "user" });
  return { done, lines, interrupt };
}

describe("plugcharge csms", () => {
  it("tells its address, checks a contract with the roots given, and stops when asked to", async () => {
    const folder = mkdtempSync(join(tmpdir(), "csms-"));
    const pki = await createPki({ clock: systemClock, random: cryptoRandom, eMAID: emaid });
    writeFileSync(join(folder, "mo.pem"), toPem(pki.members.moRoot.certificate));
    const { done, lines, interrupt } = start("--json", "--contract", emaid, "--mo-roots", join(folder, "mo.pem"));
    await expect.poll(() => lines.length).toBe(1);
    const { url } = JSON.parse(lines[0] ?? "");
    const answer = await new Promise((resolve) => {
      const link = new Link({
        clock: systemClock,
        random: cryptoRandom,
        endpoint: () => ({
          ...{ url, identity: "cp001", subprotocols: ["ocpp2.0.1"] },
          security: { profile: 1, password: "DEADBEEFDEADBEEF" },
        }),
        backOff: { waitMinimumMs: 1_000, randomRangeMs: 0, repeatTimes: 0 },
        connected: async (peer) => {
          await peer.call("BootNotification", { reason: "PowerUp", chargingStation: { model: "m", vendorName: "v" } });
          const idToken = { idToken: emaid, type: "eMAID" };
          resolve(await peer.call("Authorize", { idToken, certificate: contractPem(pki) }));
          await link.stop();
        },
      });
      link.start();
    });
    expect(answer).toMatchObject({ certificateStatus: "Accepted" });
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
      from: "CSMS",
      outcome: "ok",
      title: `contract ${emaid} is Accepted`,
    });
    interrupt();
    await done;
    rmSync(folder, { recursive: true });
  });

  it("prints decisions for people", async () => {
    const { done, lines, interrupt } = start("--station", "a:b:c", "--station", "open");
    await expect.poll(() => lines[0]).toContain("for a, open; OCSP responder at http://127.0.0.1:");
    interrupt();
    await done;
  });

  it.each([
    ["a file that is not there", ["--mo-roots", "/nowhere.pem"], "cannot be read"],
    ["a port in use", ["--http-port", "0", "--port", "PORT"], "in use"],
  ])("bad case: %s is one sentence", async (_name, args, words) => {
    const other = start("--json");
    await expect.poll(() => other.lines.length).toBe(1);
    const { port } = new URL(JSON.parse(other.lines[0] ?? "").url);
    const { done } = start(...args.map((arg) => arg.replace("PORT", port)));
    await expect(done).rejects.toBeInstanceOf(UserError);
    await expect(done).rejects.toThrow(words);
    other.interrupt();
    await other.done;
  });

  it("makes contracts from a folder of pki init, for its own car and others, by the interface of other CSMS", async () => {
    const folder = mkdtempSync(join(tmpdir(), "csms-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const pki = await createPki({ clock: systemClock, random: cryptoRandom, eMAID: emaid });
    await writePki(pki, { files: nodeFiles, dir: folder, password: "123456" });
    const client = ["--api-client", "other:secret:with:colons"];
    const { done, lines, interrupt } = start(
      "--json",
      "--pki",
      folder,
      ...client,
      "--car",
      "WMIOTHER=DE-XYZ-C12345678",
    );
    await expect.poll(() => lines.length).toBe(1);
    const { clearingHouseUrl } = JSON.parse(lines[0] ?? "");
    const post = (path: string, body: object, headers: object = {}) =>
      fetch(clearingHouseUrl + path, {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "Content-Type": "application/json", ...headers },
      });
    const credentials = { grant_type: "client_credentials", client_id: "other", client_secret: "secret:with:colons" };
    const { access_token } = (await (await post("/oauth/token", credentials)).json()) as { access_token: string };
    const request = {
      certificateInstallationReq: toBase64(installation(pki)),
      xsdMsgDefNamespace: "urn:iso:15118:2:2013:MsgDef",
    };
    const answer = await post("/v1/ccp/signedContractData", request, { Authorization: `Bearer ${access_token}` });
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      { CCPResponse: { emaidContent: [{ messageDef: { emaid } }] } },
    ]);
    interrupt();
    await done;
  });

  it.each([
    [["--car", "WMI123"], /Expected PCID=eMAID/],
    [["--api-client", "nobody"], /Expected id:secret/],
  ])("bad case: %j", async (args, sentence) => {
    await expect(start(...args).done).rejects.toThrow(sentence);
  });

  it("lets stations in by TLS: by their password, or by a certificate of the folder's own CA", async () => {
    const folder = mkdtempSync(join(tmpdir(), "csms-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const pki = await createPki({ clock: systemClock, random: cryptoRandom, chargePointId: "by-certificate" });
    await writePki(pki, { files: nodeFiles, dir: folder, password: "123456" });
    const stations = ["--station", "by-password:a-secret-of-20-bytes", "--station", "by-certificate"];
    const { done, lines, interrupt } = start("--json", "--host", "localhost", "--pki", folder, "--tls", ...stations);
    await expect.poll(() => lines.length).toBe(1);
    const { url } = JSON.parse(lines[0] ?? "");
    expect(url).toMatch(/^wss:/);
    const { csmsClient, csmsRoot } = pki.members;
    const ca = [toPem(csmsRoot.certificate)];
    const key = csmsClient.key.export({ format: "pem", type: "pkcs8" }).toString();
    const own = { ca, cert: toPem(csmsClient.certificate), key };
    const password = "a-secret-of-20-bytes";
    expect(await enters(url, "by-password", { profile: 2, password, tls: { ca } })).toBe("in");
    expect(await enters(url, "by-certificate", { profile: 3, tls: own })).toBe("in");
    expect(await enters(url, "by-password", { profile: 3, tls: own })).toContain("HTTP 401");
    expect(await enters(url, "by-certificate", { profile: 2, password, tls: { ca } })).toContain("HTTP 401");
    interrupt();
    await done;
  });

  it("keeps stations in its database: the one of EVerest's examples is there only while there is no other", async () => {
    const folder = mkdtempSync(join(tmpdir(), "csms-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const words = async (...args: string[]) => {
      const { done, lines, interrupt } = start("--database", join(folder, "csms.db"), ...args);
      await expect.poll(() => lines.length).toBe(1);
      interrupt();
      await done;
      return lines[0];
    };
    expect(await words("--station", "a:a-password-of-16")).toContain(" for a; ");
    expect(await words()).toContain(" for a; ");
    expect(readFileSync(join(folder, "csms.db"), "latin1")).not.toContain("a-password-of-16");
  });

  it("does wrong what it is told, and serves the HTTP API for whoever has the token", async () => {
    const faults = ["--fault", "silent:Authorize", "--fault", "slow"];
    const { done, lines, interrupt } = start("--json", ...faults, "--api-port", "0", "--api-token", "t0ken");
    await expect.poll(() => lines.length).toBe(1);
    const { apiUrl } = JSON.parse(lines[0] ?? "");
    const headers = { Authorization: "Bearer t0ken" };
    expect(await (await fetch(`${apiUrl}/faults`, { headers })).json()).toMatchObject([
      { fault: "silent", action: "Authorize" },
      { fault: "slow" },
    ]);
    expect((await fetch(`${apiUrl}/faults`)).status).toBe(401);
    interrupt();
    await done;
  });

  it("--fault list says what there is, and what a right station does", async () => {
    const { done, lines } = start("--fault", "list", "--json");
    await done;
    expect(lines.map((line) => JSON.parse(line).name)).toEqual([...faultNames]);
  });

  it.each([
    [["--fault", "silemt"], /Did you mean silent\?/],
    [["--fault", "silent:Autorize"], /No station sends Autorize\. Did you mean Authorize\?/],
    [["--station", "a/b"], /Expected identity:password/],
    [["--tls"], /--tls needs a certificate/],
    [["--api-port", "0", "--api-host", "0.0.0.0"], /open to everybody/],
  ])("bad case: %j is one sentence", async (args, sentence) => {
    await expect(start(...args).done).rejects.toThrow(sentence);
  });
});

/** "in", or why not. */
function enters(url: string, identity: string, security: Endpoint["security"]): Promise<string> {
  return new Promise((resolve) => {
    const end = (how: string) => void link.stop().then(() => resolve(how));
    const link: Link = new Link({
      ...{ clock: systemClock, random: cryptoRandom },
      endpoint: () => ({ url, identity, subprotocols: ["ocpp2.0.1"], security }),
      backOff: { waitMinimumMs: 100_000, randomRangeMs: 0, repeatTimes: 0 },
      connected: () => end("in"),
      failed: ({ message }) => end(message),
    });
    link.start();
  });
}
