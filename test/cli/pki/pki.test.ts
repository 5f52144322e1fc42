import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterAll, describe, expect, test } from "vitest";
import { pkiCommand } from "../../../src/cli/commands/pki.ts";
import { type Fault, faults } from "../../../src/pki/index.ts";
import { toBase64 } from "../../../src/util/bytes.ts";
import { UserError } from "../../../src/util/errors.ts";
import {
  type Certificate,
  createOcspRequest,
  describeCertificate,
  ocspCertId,
  parseCertificate,
  parseOcspResponse,
  parsePemChain,
  toPem,
} from "../../../src/x509/index.ts";
import { openssl, opensslBytes, opensslTest } from "../../x509/openssl.ts";
import { faultBatches } from "./faultBatches.ts";

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((dir) => rm(dir, { recursive: true, force: true }))));

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "plugcharge-pki-"));
  folders.push(dir);
  return dir;
}

/** Runs `plugcharge pki …`. */
async function pki(args: readonly string[], input = "") {
  const stdout = new PassThrough();
  let text = "";
  let code = 0;
  stdout.on("data", (data) => {
    text += String(data);
  });
  const io = {
    stdin: Readable.from([input]),
    stdout,
    setExitCode: (exitCode: number) => {
      code = exitCode;
    },
  };
  await pkiCommand(io)
    .exitOverride()
    .parseAsync([...args], { from: "user" });
  return { text, code };
}

const made = folder().then(async (dir) => {
  await pki(["init", dir, "--emaid", "DE-ABC-C1A2B3C4D-5"]);
  return dir;
});
const contract = "client/mo/MO_CERT_CHAIN.pem";

/** Each certificate that lies in any file, once. */
async function certificatesBelow(dir: string): Promise<Certificate[]> {
  const found = new Map<string, Certificate>();
  for (const { name, parentPath } of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const path = join(parentPath, name);
    const content = /\.(pem|der)$/.test(name) ? await readFile(path) : Buffer.alloc(0);
    const isPem = content.includes("-----BEGIN");
    const certificates = isPem
      ? parsePemChain(content.toString())
      : content.length > 0
        ? [parseCertificate(content)]
        : [];
    for (const certificate of certificates) found.set(certificate.fingerprint, certificate);
  }
  return [...found.values()];
}

describe("plugcharge pki init", () => {
  test("makes what a station needs, and says where", async () => {
    const dir = await made;
    const shown = await pki(["show", dir]);
    expect(shown.text).not.toContain("missing");
    expect(shown.text).toContain("in use: client/cso/CPO_CERT_CHAIN.pem");
  });
  test("makes both editions into one tree", async () => {
    const dir = await folder();
    await pki(["init", dir, "--profile", "both", "--curve", "Ed448"]);
    const { text } = await pki(["show", dir]);
    expect(text).toContain("in use: client/cso/CPO_CERT_CHAIN_20.pem");
    expect(text).toContain("CN=V2GRootCA-20");
    const [contract20] = parsePemChain(await readFile(join(dir, "client/mo/MO_CERT_CHAIN_20.pem"), "utf8"));
    expect(contract20?.keyKind).toBe("Ed448");
    const verdict = await pki([
      "verify",
      "--role",
      "contract",
      "--roots",
      dir,
      join(dir, "client/mo/MO_CERT_CHAIN_20.pem"),
    ]);
    expect(verdict).toMatchObject({ code: 0, text: expect.stringMatching(/^ok\n/) });
  });
  test("bad case: a folder with something in it, an unknown fault, a wrong country", async () => {
    const dir = await made;
    await expect(pki(["init", dir])).rejects.toThrow(UserError);
    await expect(pki(["init", join(dir, "new"), "--fault", "contract:bored"])).rejects.toThrow(UserError);
    await expect(pki(["init", join(dir, "new"), "--country", "Germany"])).rejects.toThrow(UserError);
  });
  opensslTest.each([
    ["everest", "iso2"],
    ["everest", "iso20"],
    ["everest", "both"],
    ["ecog", "iso2"],
    ["ecog", "iso20"],
    ["ecog", "both"],
  ])("in the layout %s with profile %s, openssl verifies every certificate in every file", async (layout, profile) => {
    const dir = await folder();
    await pki(["init", dir, "--layout", layout, "--profile", profile]);
    const found = await certificatesBelow(dir);
    const roots = found.filter(({ isSelfIssued }) => isSelfIssued);
    const files = Object.fromEntries(found.map((certificate, i) => [`${i}.pem`, toPem(certificate)]));
    const subs = found.filter(({ isCa, isSelfIssued }) => isCa && !isSelfIssued);
    const args = "verify -x509_strict -check_ss_sig -CAfile roots -untrusted subs".split(" ");
    const { text } = openssl({ ...files, roots: toPem(...roots), subs: toPem(...subs) }, [
      ...args,
      ...Object.keys(files),
    ]);
    const refused = found.filter((_, i) => !text.includes(`${i}.pem: OK`));
    expect(refused.map(describeCertificate)).toEqual([]);
    expect(found.length).toBeGreaterThan(profile === "both" ? 40 : 20);
  });
  opensslTest("writes responder data from which openssl answers for the right certificates", async () => {
    const dir = await folder();
    await pki(["init", dir, "--fault", "contract:revoked"]);
    const data = join(dir, "ocsp/moSub2");
    const [leaf] = parsePemChain(await readFile(join(dir, contract), "utf8"));
    const [ca] = parsePemChain(await readFile(join(data, "ca.pem"), "utf8"));
    const request = leaf && ca ? createOcspRequest([ocspCertId(leaf, ca)]) : new Uint8Array();
    const names = ["index.txt", "responder.pem", "responder.key", "ca.pem"];
    const files = Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await readFile(join(data, name))] as const)),
    );
    const args =
      "ocsp -index index.txt -rsigner responder.pem -rkey responder.key -CA ca.pem -reqin request -respout out";
    const response = parseOcspResponse(opensslBytes({ ...files, request }, args.split(" ")));
    expect(response).toMatchObject({ answers: [{ status: "revoked" }] });
  });
});

describe("plugcharge pki verify", () => {
  const roleOf: Readonly<Record<string, [string, string]>> = {
    contract: ["contract", contract],
    mo: ["contract", contract],
    secc: ["secc", "client/cso/CPO_CERT_CHAIN.pem"],
    cpo: ["secc", "client/cso/CPO_CERT_CHAIN.pem"],
    oem: ["oem", "client/oem/OEM_CERT_CHAIN.pem"],
    cps: ["cps", "client/cps/CPS_CERT_CHAIN.pem"],
    csms: ["csms_server", "CSMS_SERVER.pem"],
  };
  /** Faults that only show beside the chain. */
  const beside: Readonly<Record<string, string>> = {
    "contract:revoked": "revoked",
    "secc:revoked": "revoked",
    "contract:ocsp-unknown": "ocsp_unknown",
    "contract:wrong-key": "wrong_key",
    "secc:wrong-key": "wrong_key",
    "oem:wrong-key": "wrong_key",
    "cps:wrong-key": "wrong_key",
    "contract:no-ocsp-url": "ok",
  };
  async function judgeFault({ name, reason }: Fault, dir: string) {
    const [prefix = ""] = name.split(":");
    const [role = "", chain = ""] = roleOf[prefix] ?? [];
    const keys = { secc: "client/cso/SECC_LEAF.key", oem: "client/oem/OEM_LEAF.key", cps: "client/cps/CPS_LEAF.key" };
    const key = join(dir, keys[prefix as keyof typeof keys] ?? "client/mo/MO_LEAF.key");
    const withKey = name.endsWith("wrong-key") ? ["--key", key, "--password", "123456"] : [];
    const args = ["verify", "--role", role, "--roots", dir, "--dns", "localhost", ...withKey, join(dir, chain)];
    const { text, code } = await pki(args);
    const expected = beside[name] ?? reason;
    if (expected === "ok") return expect(text).toContain("names no OCSP responder");
    expect(code, name).toBe(1);
    expect(text).toMatch(new RegExp(`refused as ${role}.*: ${expected}\\n`));
    expect(text).toMatch(/ {2}fix: [A-Z].*\.\n/);
  }

  test.each(faultBatches().map((batch) => ({ batch, names: batch.map(({ name }) => name) })))(
    "says what is wrong with $names and how to mend it",
    async ({ batch, names }) => {
      const dir = await folder();
      await pki(["init", dir, ...names.flatMap((name) => ["--fault", name])]);
      for (const fault of batch) await judgeFault(fault, dir);
    },
  );
  test("judges lines, good, bad and broken, and answers each", async () => {
    const dir = await made;
    const der = async (path: string) =>
      parsePemChain(await readFile(join(dir, path), "utf8")).map((c) => toBase64(c.der));
    const [leaf, ...chain] = await der(contract);
    const trust = await der("ca/mo/MO_ROOT_CA.pem");
    const time = new Date().toISOString();
    const line = {
      id: "a",
      role: "contract",
      profile: "iso15118-2",
      leaf,
      chain,
      trust,
      time,
      context: { request_emaid: "DEABCC1A2B3C4D5" },
    };
    const lines = [
      line,
      { ...line, id: 2, trust: [] },
      { ...line, id: 3, context: { request_emaid: "DEABCC9Z9Z9Z9Z9" } },
      { ...line, id: 4, leaf: "AAAA" },
      { ...line, id: 5, role: "king" },
      { ...line, id: 6, role: "any", context: { max_depth: 1 } },
      { ...line, id: 7, leaf: "!" },
    ];
    const input = `${lines.map((one) => JSON.stringify(one)).join("\n")}\nnot json\n\n`;
    const { text } = await pki(["verify", "--jsonl"], input);
    const answers = text
      .trim()
      .split("\n")
      .map((one) => JSON.parse(one));
    expect(answers.map(({ id, ok, reason }) => [id, ok, reason])).toEqual([
      ["a", true, "ok"],
      [2, false, "no_trust_anchor"],
      [3, false, "emaid_mismatch"],
      [4, false, "malformed"],
      [5, false, "malformed"],
      [6, false, "too_long"],
      [7, false, "malformed"],
      [null, false, "malformed"],
    ]);
    expect(answers[2]).toMatchObject({
      certificate: expect.stringContaining("DEABCC1A2B3C4D5"),
      fix: expect.stringMatching(/^Send /),
    });
  });
});

describe("plugcharge pki show", () => {
  test("explains a chain, a key and a request", async () => {
    const dir = await made;
    expect((await pki(["show", join(dir, contract)])).text).toContain("1. contract certificate\n   CN=DEABCC1A2B3C4D5");
    const key = join(dir, "client/mo/MO_LEAF.key");
    expect((await pki(["show", key])).text).toContain("encrypted; give --password");
    expect((await pki(["show", key, "--password", "123456"])).text).toBe("a private key, P-256, encrypted\n");
    expect((await pki(["show", join(dir, "ca/v2g/V2G_ROOT_CA.der")])).text).toContain("V2G root");
  });
  test("names what is missing in a store, and what lies there under a wrong name", async () => {
    const dir = await folder();
    await pki(["init", dir, "--for", "station"]);
    await rm(join(dir, "ca/mo/MO_ROOT_CA.pem"));
    await rm(join(dir, "client/cso/SECC_LEAF.key"));
    await writeFile(join(dir, "client/cso/OTHER.crt"), "");
    const { text } = await pki(["show", dir]);
    expect(text).toContain("missing: a valid root; without it contracts must be judged by the CSMS");
    expect(text).toContain("no private key belongs to the SECC certificate");
    expect(text).toContain("not looked at: client/cso/OTHER.crt");
  });
  test("bad case: no such file, and a file of something else", async () => {
    const dir = await folder();
    await writeFile(join(dir, "x.pem"), "hello");
    await expect(pki(["show", join(dir, "none.pem")])).rejects.toThrow(UserError);
    await expect(pki(["show", join(dir, "x.pem")])).rejects.toThrow(UserError);
  });
});

describe("plugcharge pki install and export", () => {
  test("install puts a root and a leaf with its key where the station looks", async () => {
    const [from, certs] = [await made, await folder()];
    const install = (...args: string[]) => pki(["install", "--certs", certs, "--password", "123456", ...args]);
    expect((await install(join(from, "ca/v2g/V2G_ROOT_CA.pem"))).text).toBe("installed as V2G root\n");
    const leaf = join(from, "client/cso/CPO_CERT_CHAIN.pem");
    expect((await install(leaf)).text).toMatch(/^refused: WriteError\n {2}leaf refused: no private key/);
    expect((await install(leaf, "--key", join(from, "client/cso/SECC_LEAF.key"))).text).toBe("installed as V2G leaf\n");
    expect((await pki(["show", certs, "--password", "123456"])).text).toMatch(
      /in use: client\/cso\/CPO_CERT_SECC_LEAF_CHAIN_/,
    );
  });
  test("install says why a sub-CA is no root", async () => {
    const [from, certs] = [await made, await folder()];
    const { text, code } = await pki(["install", "--certs", certs, join(from, "ca/cso/CPO_SUB_CA1.pem")]);
    expect(code).toBe(1);
    expect(text).toMatch(/^refused: InvalidCertificateChain\n.*Install the root CN=V2GRootCA/);
  });
  test("export gives the car its part, in EcoG's names, and it can be read back", async () => {
    const [from, ecog, back] = [await made, await folder(), await folder()];
    await pki([
      "export",
      from,
      "--to",
      join(ecog, "pki"),
      "--layout",
      "ecog",
      "--for",
      "car",
      "--new-password",
      "12345",
    ]);
    expect(await readFile(join(ecog, "pki/iso15118_2/private_keys/contractLeafPassword.txt"), "utf8")).toBe("12345\n");
    await pki(["export", join(ecog, "pki"), "--from-layout", "ecog", "--to", join(back, "certs"), "--for", "car"]);
    const chain = await readFile(join(back, "certs", contract), "utf8");
    expect(chain).toBe(await readFile(join(from, contract), "utf8"));
    await expect(pki(["export", back, "--to", join(back, "new")])).rejects.toThrow(UserError);
  });
});

test("plugcharge pki faults lists every fault with the answer it deserves", async () => {
  const { text } = await pki(["faults"]);
  for (const { name, answer } of faults) {
    expect(text).toContain(`${name} `);
    expect(text).toContain(answer);
  }
  expect((await pki(["faults", "--json"])).text.trim().split("\n")).toHaveLength(faults.length);
});
