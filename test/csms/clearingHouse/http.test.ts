import { describe, expect, it } from "vitest";
import { TOKEN_LIFETIME } from "../../../src/csms/clearingHouse/tokens.ts";
import { bodyOf, iso2 } from "../../../src/iso15118/iso2/index.ts";
import { fromBase64, toBase64 } from "../../../src/util/bytes.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import {
  createCertificateSigningRequest,
  generateKey,
  parseCertificate,
  parsePemChain,
} from "../../../src/x509/index.ts";
import { openssl, opensslTest } from "../../x509/openssl.ts";
import { startTestCsms, withPki } from "../support.ts";
import { garbage, installation } from "./carRequests.ts";

const client = { id: "another-csms", secret: "a secret of its own" };
const credentials = { grant_type: "client_credentials", client_id: client.id, client_secret: client.secret };
const schema = "urn:iso:15118:2:2013:MsgDef";

async function start(clock?: ManualClock) {
  const test = await startTestCsms({ apiClients: [client], ...(clock && { clock }) });
  const pki = await withPki(test);
  const base = test.csms.clearingHouseUrl;
  const json = { "Content-Type": "application/json" };
  const post = (path: string, body: unknown, headers: object = {}) =>
    fetch(base + path, { method: "POST", body: JSON.stringify(body), headers: { ...json, ...headers } });
  const token = async () => {
    const { access_token } = (await (await post("/oauth/token", credentials)).json()) as { access_token: string };
    return { Authorization: `Bearer ${access_token}` };
  };
  return { ...test, pki, base, post, token };
}

const shared = await start();

describe("an access token", () => {
  it("is given for JSON and for a form to who knows the secret", async () => {
    const { base, post } = shared;
    const answers = [
      await post("/oauth/token", { ...credentials, audience: base }),
      await fetch(`${base}/oauth/token`, {
        method: "POST",
        body: new URLSearchParams({ ...credentials, audience: base }),
      }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual({
        access_token: expect.stringMatching(/^[0-9a-f]{64}$/),
        scope: expect.stringContaining("ccpservice"),
        expires_in: 3600,
        token_type: "Bearer",
      });
    }
  });

  it.each([
    ["a wrong secret", { ...credentials, client_secret: "guessed" }, 401, "invalid_client"],
    ["an unknown client", { ...credentials, client_id: "nobody" }, 401, "invalid_client"],
    ["another grant", { ...credentials, grant_type: "password" }, 400, "invalid_request"],
    ["no secret", { grant_type: "client_credentials", client_id: client.id }, 400, "invalid_request"],
    ["an array", [], 400, "invalid_request"],
  ])("bad case: %s", async (_, body, status, error) => {
    const { post } = shared;
    const answer = await post("/oauth/token", body);
    expect([answer.status, await answer.json()]).toEqual([status, { error, error_description: expect.any(String) }]);
  });

  it("ends after an hour", async () => {
    const clock = new ManualClock(Date.now());
    const { base, token } = await start(clock);
    const headers = await token();
    const ask = async () => (await fetch(`${base}/v1/root/rootCerts`, { headers })).status;
    expect(await ask()).toBe(200);
    await clock.advance(TOKEN_LIFETIME * 1000);
    expect(await ask()).toBe(401);
  });

  it.each(["", "Bearer", "Bearer 00", "Basic YWJjOmRlZg==", "Bearer undefined"])(
    "is needed: %j is none",
    async (Authorization) => {
      const { base, post } = shared;
      const headers = { Authorization };
      expect((await post("/v1/ccp/signedContractData", {}, headers)).status).toBe(401);
      expect((await fetch(`${base}/v1/root/rootCerts`, { headers })).status).toBe(401);
      expect((await fetch(`${base}/.well-known/cpo/simpleenroll`, { method: "POST", headers })).status).toBe(401);
      expect((await fetch(`${base}/cpo/cacerts/ISO15118-2`, { headers })).status).toBe(401);
    },
  );

  it("cannot be had where no client is known: the clearing house is not served then", async () => {
    const test = await startTestCsms();
    const answer = await fetch(`${test.csms.clearingHouseUrl}/oauth/token`, { method: "POST", body: "" });
    expect(answer.status).toBe(404);
  });
});

describe("POST /v1/ccp/signedContractData", () => {
  it("answers a car's request, as MaEVe and CitrineOS read it", async () => {
    const { pki, post, token, decisions } = shared;
    const request = { certificateInstallationReq: toBase64(installation(pki)), xsdMsgDefNamespace: schema };
    const answer = await post("/v1/ccp/signedContractData", request, await token());
    expect(answer.status).toBe(200);
    const body = (await answer.json()) as {
      CCPResponse: { emaidContent: { messageDef: { certificateInstallationRes: string; emaid: string } }[] };
      xsdMsgDefNamespace: string;
    };
    expect(body.xsdMsgDefNamespace).toBe(schema);
    const [content] = body.CCPResponse.emaidContent;
    expect(content?.messageDef.emaid).toBe(pki.members.contract.certificate.subject.CN);
    const { value } = iso2.decode(fromBase64(content?.messageDef.certificateInstallationRes ?? "")) as never;
    expect(bodyOf(value)).toMatchObject({ name: "CertificateInstallationRes", message: { ResponseCode: "OK" } });
    expect(decisions.at(-1)).toMatchObject({ station: "HTTP", outcome: "ok", rule: "OPCP" });
  });

  it("tells a car that gets none so, with 404", async () => {
    const { pki, post, token } = shared;
    const stranger = installation(pki, { key: pki.members.contract.key });
    const request = { certificateInstallationReq: toBase64(stranger), xsdMsgDefNamespace: schema };
    const answer = await post("/v1/ccp/signedContractData", request, await token());
    expect(answer.status).toBe(404);
    const { CCPResponse } = (await answer.json()) as {
      CCPResponse: { emaidContent: { messageDef: { certificateInstallationRes: string } }[] };
    };
    const exi = fromBase64(CCPResponse.emaidContent[0]?.messageDef.certificateInstallationRes ?? "");
    const { value } = iso2.decode(exi) as never;
    expect(bodyOf(value)).toMatchObject({ message: { ResponseCode: "FAILED_SignatureError" } });
  });

  it.each([
    ["no members", {}],
    ["no base64", { certificateInstallationReq: "%%%", xsdMsgDefNamespace: schema }],
    ["garbage", { certificateInstallationReq: toBase64(garbage), xsdMsgDefNamespace: schema }],
    [
      "another schema",
      { certificateInstallationReq: "gJgC", xsdMsgDefNamespace: "urn:iso:std:iso:15118:-20:CommonMessages" },
    ],
    ["5,604 characters", { certificateInstallationReq: "A".repeat(5604), xsdMsgDefNamespace: schema }],
  ])("bad case: %s", async (_, body) => {
    const { post, token } = shared;
    const answer = await post("/v1/ccp/signedContractData", body, await token());
    expect([answer.status, await answer.json()]).toEqual([400, { errorMessages: [expect.any(String)] }]);
  });

  it("bad case: no JSON, and a megabyte", async () => {
    const { base, token, post } = await start();
    const headers = await token();
    const text = await fetch(`${base}/v1/ccp/signedContractData`, { method: "POST", body: "{", headers });
    expect(text.status).toBe(400);
    expect(
      (await post("/v1/ccp/signedContractData", { certificateInstallationReq: "A".repeat(2 ** 20) }, headers)).status,
    ).toBe(413);
  });
});

describe("GET /v1/root/rootCerts", () => {
  interface Pool {
    readonly RootCertificateCollection: { readonly rootCertificates: readonly Record<string, string>[] };
  }

  it("lists the roots, all or of one kind", async () => {
    const { base, pki, token } = shared;
    const headers = await token();
    const list = async (query: string) => {
      const pool = (await (await fetch(`${base}/v1/root/rootCerts${query}`, { headers })).json()) as Pool;
      return pool.RootCertificateCollection.rootCertificates;
    };
    const all = await list("");
    expect(all.map(({ rootType, commonName }) => [rootType, commonName])).toEqual([
      ["V2G", "V2GRootCA"],
      ["MO", "MORootCA"],
      ["OEM", "OEMRootCA"],
    ]);
    expect(await list("?rootType=mo")).toEqual(all.slice(1, 2));
    const root = parseCertificate(fromBase64(all[0]?.caCertificate ?? ""));
    expect(root.fingerprint).toBe(pki.members.v2gRoot.certificate.fingerprint);
    expect(all[0]).toMatchObject({
      rootCertificateId: expect.stringMatching(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/),
      fingerprint: root.fingerprint,
      validTo: new Date(root.notAfter).toISOString(),
    });
    expect((await fetch(`${base}/v1/root/rootCerts?rootType=XX`, { headers })).status).toBe(400);
  });
});

describe("EST", () => {
  const certificatesOf = (base64: string) => {
    const lines = base64.match(/.{1,64}/g) ?? [];
    const pem = ["-----BEGIN PKCS7-----", ...lines, "-----END PKCS7-----", ""].join("\n");
    return parsePemChain(openssl({ "in.pem": pem }, ["pkcs7", "-in", "in.pem", "-print_certs"]).text);
  };

  for (const [path, form] of [
    ["/.well-known/est/cpo/simpleenroll/ISO15118-2", "base64"],
    ["/.well-known/cpo/simpleenroll", "PEM"],
    ["/cpo/simpleenroll/ISO15118-2", "base64"],
  ] as const) {
    opensslTest(`POST ${path} signs a station's certificate (${form}), which OpenSSL finds in the answer`, async () => {
      const { base, pki, token } = shared;
      const { privateKey } = await generateKey("P-256");
      const subject = { CN: "DE*PNC*E00001", O: "CPO", C: "DE" };
      const pem = createCertificateSigningRequest({ subject, privateKey, extensions: [] });
      const body = form === "PEM" ? pem : pem.replace(/-----[^-]+-----|\s/g, "");
      const headers = { ...(await token()), "Content-Type": "application/pkcs10" };
      const answer = await fetch(base + path, { method: "POST", body, headers });
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toBe("application/pkcs7-mime; smime-type=certs-only");
      const [leaf, ...others] = certificatesOf(await answer.text());
      expect(others).toEqual([]);
      expect(leaf?.subject).toMatchObject({ ...subject, DC: "CPO" });
      expect(leaf?.issuer.toString()).toBe(pki.members.cpoSub2.certificate.subject.toString());
    });
  }

  for (const [ca, names] of [
    ["cpo", ["CPOSubCA1", "CPOSubCA2", "V2GRootCA"]],
    ["cps", ["ProvSubCA1", "ProvSubCA2", "V2GRootCA"]],
    ["mo", ["MORootCA", "MOSubCA1", "MOSubCA2"]],
    ["oem", ["OEMRootCA", "OEMSubCA1", "OEMSubCA2"]],
  ] as const) {
    opensslTest(`GET cacerts of ${ca}`, async () => {
      const { base, token } = shared;
      const answer = await fetch(`${base}/.well-known/${ca}/cacerts`, { headers: await token() });
      const found = certificatesOf(await answer.text()).map(({ subject }) => subject.CN ?? "");
      expect(found.sort()).toEqual(names);
    });
  }

  it("bad case: another CA, and what is no request", async () => {
    const { base, token } = await start();
    const headers = await token();
    const enroll = (ca: string, body: string) =>
      fetch(`${base}/.well-known/est/${ca}/simpleenroll`, { method: "POST", body, headers });
    expect((await enroll("mo", "")).status).toBe(404);
    expect((await enroll("cpo", "garbage")).status).toBe(400);
    expect((await enroll("cpo", "A".repeat(20_000))).status).toBe(413);
    expect((await fetch(`${base}/nobody/cacerts`, { headers })).status).toBe(404);
  });
});
