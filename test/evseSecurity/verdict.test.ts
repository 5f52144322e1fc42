import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Context,
  judge,
  judgeRaw,
  type Question,
  type Role,
  responseCode,
  tlsAlert,
  type Verdict,
  validationResult,
} from "../../src/evseSecurity/index.ts";
import { createPki, type MemberId } from "../../src/pki/index.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import {
  anyExtension,
  type Certificate,
  createCertificate,
  createSerialNumber,
  generateKey,
  keyUsage,
  type NameTemplate,
  parseCertificateSigningRequest,
  type RawExtension,
  subjectAltName,
  toPem,
} from "../../src/x509/index.ts";
import { clock, ocspUrl, openWorld, shared } from "./world.ts";

const now = clock.now();
const everyRoot = (["v2gRoot", "moRoot", "oemRoot", "csmsRoot"] as const).map((id) => shared.certificate(id));
const word = (verdict: Verdict) => (verdict.ok ? "ok" : verdict.reason);

function judgeMember(id: MemberId, role: Role, more: Partial<Question> = {}): string {
  const [leaf, chain] = [shared.certificate(id), shared.chain(id)];
  return word(judge({ role, leaf, chain, anchors: everyRoot, time: now, ...more }));
}

const roleOf: Partial<Record<MemberId, Role>> = {
  contract: "contract",
  secc: "secc",
  cps: "cps",
  oem: "oem",
  vehicle: "vehicle",
  csmsServer: "csms_server",
  csmsClient: "csms_client",
};
const isoRoles: readonly Role[] = ["contract", "secc", "cps", "oem", "vehicle"];

describe("Given every leaf of a PKI and every role of ISO 15118", () => {
  const pairs = Object.entries(roleOf).flatMap(([id, own]) =>
    isoRoles.map((role) => ({ id: id as MemberId, own, role })),
  );
  // a car's two certificates differ by what they are used for, not by what is in them
  const alike = new Set(["oem vehicle", "vehicle oem", "csmsClient vehicle"]);
  test.each(pairs.filter(({ id, role }) => !alike.has(`${id} ${role}`)))(
    "Then $id is taken as $role only if it is one",
    ({ id, own, role }) => {
      expect(judgeMember(id, role) === "ok").toBe(own === role);
    },
  );
  test("Then a CA is taken as nothing", () => {
    for (const role of [...isoRoles, "csms_server", "csms_client", "any"] as const) {
      expect(judgeMember("moRoot", role)).toBe("leaf_is_ca");
      expect(judgeMember("cpoSub1", role)).toBe("leaf_is_ca");
    }
  });
});

/** A contract of these properties under the MO hierarchy. */
async function contract(
  subject: NameTemplate,
  extensions: readonly RawExtension[] = [],
  kind: "P-256" | "P-521" = "P-256",
) {
  const { publicKey } = await generateKey(kind);
  return createCertificate({
    subject,
    issuer: shared.certificate("moSub2"),
    publicKey,
    signingKey: shared.key("moSub2"),
    serialNumber: createSerialNumber(cryptoRandom),
    notBefore: now - 1000,
    notAfter: now + 1000,
    extensions: [keyUsage(["digitalSignature"]), ...extensions],
  });
}

function judgeContract(leaf: Certificate, more: Partial<Question> = {}): string {
  return word(
    judge({ role: "contract", leaf, chain: shared.chain("contract"), anchors: everyRoot, time: now, ...more }),
  );
}

describe("Given a contract", () => {
  test.each([
    ["DEABCC1A2B3C4D5", "ok"],
    ["DE-ABC-C1A2B3C4D-5", "ok"],
    ["deabcc1a2b3c4d", "ok"],
    ["DEABCC1A2B3C4", "emaid_format"],
    ["DEABCC1A2B3C4D56", "emaid_format"],
    ["DEABCC1A2B3C4D_", "emaid_format"],
    ["", "emaid_format"],
    ["DEABCC1A2B3C4\u017f5", "emaid_format"],
    ["DEABCC1A2B3C4\uff245", "emaid_format"],
  ])("Then CN=%s is %s as an eMAID", async (CN, expected) => {
    expect(judgeContract(await contract({ CN, DC: "MO" }))).toBe(expected);
  });
  test("Then the eMAID of the request is compared without hyphens and case", async () => {
    const leaf = await contract({ CN: "DEABCC1A2B3C4D5" });
    const ask = (request_emaid: string) => judgeContract(leaf, { context: { request_emaid } });
    expect(ask("de-abc-c1a2b3c4d-5")).toBe("ok");
    expect(ask("DEABCC1A2B3C4D")).toBe("emaid_mismatch");
  });
  test("Then size and number of certificates end where the schema does", async () => {
    // the length of a signature varies, so the padding is a guess that is mended until it fits
    const padded = async (size: number) => {
      for (let pad = 300; ; ) {
        const filler = anyExtension("1.2.3.4", false, new Uint8Array(pad));
        const leaf = await contract({ CN: "DEABCC1A2B3C4D5" }, [filler]);
        if (leaf.der.length === size) return leaf;
        pad += size - leaf.der.length;
      }
    };
    expect(judgeContract(await padded(800))).toBe("ok");
    expect(judgeContract(await padded(801))).toBe("too_large");
    const [sub2, sub1] = shared.chain("contract") as [Certificate, Certificate];
    const leaf = shared.certificate("contract");
    expect(judgeContract(leaf, { chain: [sub2, sub2, sub1, sub1] })).toBe("ok");
    expect(judgeContract(leaf, { chain: [sub2, sub2, sub2, sub1, sub1] })).toBe("too_long");
  });
  test("Then an OEM root is not above it, even when it is trusted", async () => {
    const { publicKey } = await generateKey("P-256");
    const leaf = createCertificate({
      subject: { CN: "DEABCC1A2B3C4D5", DC: "MO" },
      issuer: shared.certificate("oemSub2"),
      publicKey,
      signingKey: shared.key("oemSub2"),
      serialNumber: "05",
      notBefore: now,
      notAfter: now,
      extensions: [keyUsage(["digitalSignature"])],
    });
    expect(judgeContract(leaf, { chain: shared.chain("oem") })).toBe("wrong_anchor");
  });
  test("Then it needs a root above it, even when it is trusted itself", async () => {
    const { privateKey, publicKey } = await generateKey("P-256");
    const leaf = createCertificate({
      subject: { CN: "DEABCC1A2B3C4D5", DC: "MO" },
      publicKey,
      signingKey: privateKey,
      serialNumber: "05",
      notBefore: now,
      notAfter: now,
      extensions: [keyUsage(["digitalSignature"])],
    });
    expect(judgeContract(leaf, { chain: [], anchors: [leaf] })).toBe("self_signed");
  });
  test("Then a P-521 key belongs to the other edition", async () => {
    expect(judgeContract(await contract({ CN: "DEABCC1A2B3C4D5" }, [], "P-521"))).toBe("wrong_curve");
    expect(judgeMember("contract", "contract", { edition: "iso15118-20" })).toBe("wrong_curve");
  });
});

test.each(["P-521", "Ed448"] as const)(
  "Given a PKI of ISO 15118-20 with %s, Then each leaf has its role",
  async (curve) => {
    const pki = await createPki({ clock, random: cryptoRandom, ocspUrl, profile: "iso20", curve });
    for (const id of ["contract", "secc", "cps", "oem", "vehicle"] as const) {
      const anchors = [pki.root(id)];
      const question = { role: id, leaf: pki.certificate(id), chain: pki.chain(id), anchors, time: now };
      expect(word(judge(question)), id).toBe("ok");
      expect(word(judge({ ...question, edition: "iso15118-2" })), id).not.toBe("ok");
    }
  },
);

describe("Given a CSMS's certificate and a URL", () => {
  async function server(CN: string, names: Parameters<typeof subjectAltName>[0]) {
    const { publicKey } = await generateKey("P-256");
    return createCertificate({
      subject: { CN },
      issuer: shared.certificate("csmsRoot"),
      publicKey,
      signingKey: shared.key("csmsRoot"),
      serialNumber: "05",
      notBefore: now,
      notAfter: now,
      extensions: names.length > 0 ? [subjectAltName(names)] : [],
    });
  }
  const ask = (leaf: Certificate, dns: string) => judgeContractless(leaf, "csms_server", { dns });
  const judgeContractless = (leaf: Certificate, role: Role, context: Context) =>
    word(judge({ role, leaf, chain: [], anchors: everyRoot, time: now, context }));
  const v6 = new Uint8Array(16).fill(0, 0, 15).fill(1, 15);
  test("Then names, wildcards and addresses are compared, and CN only where there are none", async () => {
    const named = await server("other", [
      { dns: "csms.example" },
      { dns: "*.wild.example" },
      { ip: new Uint8Array([127, 0, 0, 1]) },
      { ip: v6 },
    ]);
    for (const host of ["csms.example", "CSMS.example", "a.wild.example", "127.0.0.1", "::1", "0:0:0:0:0:0:0:1"]) {
      expect(ask(named, host), host).toBe("ok");
    }
    for (const host of ["other", "a.b.wild.example", "wild.example", "127.0.0.2", "::2", "csms.example.evil"]) {
      expect(ask(named, host), host).toBe("name_mismatch");
    }
    expect(ask(await server("csms.example", []), "csms.example")).toBe("ok");
  });
  test("Then a client's identity is its CN, and purposes do not mix", () => {
    const client = shared.certificate("csmsClient");
    expect(judgeContractless(client, "csms_client", { identity: "cp001" })).toBe("ok");
    expect(judgeContractless(client, "csms_client", { identity: "cp002" })).toBe("identity_mismatch");
    expect(judgeContractless(client, "csms_server", {})).toBe("eku");
    expect(judgeContractless(shared.certificate("csmsServer"), "csms_client", {})).toBe("eku");
  });
});

test("Given a verdict, Then each who asked hears it in their own words", () => {
  const refused = (reason: string, isLeaf = true) =>
    ({ ok: false, reason, isLeaf, certificate: "", clause: "", fix: "" }) as Extract<Verdict, { ok: false }>;
  const words = (reason: string, isLeaf?: boolean) => {
    const verdict = refused(reason, isLeaf);
    return [validationResult(verdict), responseCode(verdict), tlsAlert(verdict)];
  };
  expect(words("expired")).toEqual(["Expired", "FAILED_CertificateExpired", "certificate_expired"]);
  expect(words("signature")).toEqual(["InvalidLeafSignature", "FAILED_CertChainError", "bad_certificate"]);
  expect(words("signature", false)[0]).toBe("InvalidSignature");
  expect(words("no_trust_anchor")).toEqual(["IssuerNotFound", "FAILED_NoCertificateAvailable", "unknown_ca"]);
  for (const reason of ["unknown_issuer", "incomplete_chain", "no_root"]) {
    expect(words(reason)).toEqual(["IssuerNotFound", "FAILED_CertificateNotAllowedAtThisEVSE", "unknown_ca"]);
  }
  expect(words("not_yet_valid")).toEqual(["InvalidChain", "FAILED_CertificateExpired", "bad_certificate"]);
  expect(words("malformed")[0]).toBe("Unknown");
});

describe("Given leaves without any extension, as EVerest's tests sign them", () => {
  test.each([1, 4] as const)(
    "Then one of version %i for our key is stored, if the name has the role",
    async (version) => {
      const { store } = await openWorld();
      const request = {
        certificate_type: "V2G",
        country: "DE",
        organization: "A",
        common: "S",
        use_tpm: false,
      } as const;
      const { csr = "" } = await store.generate_certificate_signing_request(request);
      const { publicKey } = parseCertificateSigningRequest(csr);
      const sign = (DC: string) =>
        createCertificate({
          subject: { C: "DE", O: "A", CN: "S", DC },
          issuer: shared.certificate("v2gRoot"),
          publicKey,
          signingKey: shared.key("v2gRoot"),
          serialNumber: "01",
          notBefore: now,
          notAfter: now + 1e9,
          extensions: [],
          odd: { version },
        });
      const update = (DC: string) =>
        store.update_leaf_certificate({ certificate_type: "V2G", certificate_chain: toPem(sign(DC)) });
      expect(await update("CPS")).toBe("InvalidCertificateChain");
      expect(await update("CPO")).toBe("Accepted");
      const info = await store.get_leaf_certificate_info({ certificate_type: "V2G", include_ocsp: false });
      expect(info.info).toMatchObject({
        certificate_single: expect.stringContaining("SECC_LEAF_M06"),
        certificate_count: 1,
      });
    },
  );
});

test("bad case: whatever octets come as leaf, chain or roots, there is a verdict, and soon", () => {
  const good = [shared.certificate("contract"), ...shared.chain("contract"), shared.certificate("moRoot")].map(
    ({ der }) => der,
  );
  const broken = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc
      .tuple(fc.constantFrom(...good), fc.nat(700), fc.nat(255))
      .map(([der, at, octet]) => new Uint8Array(der).fill(octet, at, at + 1)),
    fc.constantFrom(...good),
  );
  fc.assert(
    fc.property(
      broken,
      fc.array(broken, { maxLength: 5 }),
      fc.array(broken, { maxLength: 3 }),
      (leaf, chain, anchors) => {
        const start = process.cpuUsage();
        const verdict = judgeRaw({ role: "contract", leaf, chain, anchors, time: now });
        expect(process.cpuUsage(start).user).toBeLessThan(1_000_000);
        if (!verdict.ok) expect(verdict.fix).toMatch(/^[A-Z].*\.$/s);
      },
    ),
    { numRuns: 200 },
  );
});
