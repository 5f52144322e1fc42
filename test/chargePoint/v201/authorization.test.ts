import { describe, expect, it } from "vitest";
import type { IdTokenInfoType, SendLocalListRequest } from "../../../src/ocpp/v201/messages.generated.ts";
import { CallTimeout, RpcError } from "../../../src/rpc/errors.ts";
import { cardToken, contractToken, emaid, type FakeStation } from "../fakeStation.ts";
import { type Bench, bench } from "../support.ts";

const central = { "ISO15118Ctrlr.CentralContractValidationAllowed": "true" };
const given = {
  ...contractToken,
  iso15118CertificateHashData: [
    {
      hashAlgorithm: "SHA256",
      issuerNameHash: "aa",
      issuerKeyHash: "bb",
      serialNumber: "1",
      responderURL: "http://given",
    },
  ],
} satisfies typeof contractToken;

const verdict =
  (result: FakeStation["security"]["verify_certificate"] extends (args: never) => infer R ? Awaited<R> : never) =>
  (station: FakeStation) => {
    Object.assign(station.security, { verify_certificate: () => result });
  };
const noResponder = (station: FakeStation) => {
  Object.assign(station.security, { get_mo_ocsp_request_data: () => ({ ocsp_request_data_list: [{}] }) });
};

async function online(options: Parameters<typeof bench>[0] = {}): Promise<Bench> {
  const at = bench(options);
  await at.connect();
  return at;
}

const lastDecision = (at: Bench) =>
  at.timeline.entries.filter(({ kind, step }) => kind === "decision" && step === 4).at(-1);

describe("contracts online (C07)", () => {
  it("sends the hashes that came with the token, and never the chain", async () => {
    const at = await online();
    at.csms.script.Authorize = () => ({ idTokenInfo: { status: "Accepted" }, certificateStatus: "Accepted" });
    expect(await at.chargePoint.validateToken(given)).toEqual({
      authorization_status: "Accepted",
      certificate_status: "Accepted",
      tariff_messages: [],
    });
    expect(at.csms.requests("Authorize")).toEqual([
      { idToken: { idToken: emaid, type: "eMAID" }, iso15118CertificateHashData: given.iso15118CertificateHashData },
    ]);
    expect(at.station.of("verify_certificate")).toEqual([]);
  });

  it("makes the hashes when the token brings only the chain", async () => {
    const at = await online();
    await at.chargePoint.validateToken(contractToken);
    expect(at.csms.requests("Authorize")[0]).toMatchObject({
      iso15118CertificateHashData: [{ hashAlgorithm: "SHA256", serialNumber: "1f", responderURL: "http://ocsp" }],
    });
    expect(at.station.of("get_mo_ocsp_request_data")).toHaveLength(1);
  });

  it("Given no root here, then the chain goes to a CSMS that may check it, and is refused otherwise with both ways out", async () => {
    const allowed = await online({ values: central, prepare: verdict("IssuerNotFound") });
    await allowed.chargePoint.validateToken(contractToken);
    expect(allowed.csms.requests("Authorize")).toMatchObject([{ certificate: contractToken.certificate }]);
    const forbidden = await online({ prepare: verdict("IssuerNotFound") });
    expect(await forbidden.chargePoint.validateToken(contractToken)).toMatchObject({ authorization_status: "Invalid" });
    expect(forbidden.csms.requests("Authorize")).toEqual([]);
    expect(lastDecision(forbidden)).toMatchObject({
      title: expect.stringMatching(/MO root missing/),
      outcome: "refused",
      rule: "OCPP 2.0.1 C07, online-no-root",
      fix: expect.stringMatching(/MO root, or set ISO15118Ctrlr.CentralContractValidationAllowed to true/),
      detail: { idToken: emaid, verified: "IssuerNotFound", CentralContractValidationAllowed: false },
    });
  });

  it("Given a chain without OCSP responders, then it goes whole to a CSMS that may check it", async () => {
    const at = await online({ values: central, prepare: noResponder });
    await at.chargePoint.validateToken(contractToken);
    expect(at.csms.requests("Authorize")).toMatchObject([{ certificate: contractToken.certificate }]);
    const forbidden = await online({ prepare: noResponder });
    expect(await forbidden.chargePoint.validateToken(contractToken)).toMatchObject({ authorization_status: "Invalid" });
  });

  it("an empty list of hashes counts as none, because it cannot be sent", async () => {
    const at = await online();
    await at.chargePoint.validateToken({ ...contractToken, iso15118CertificateHashData: [] });
    expect(at.csms.requests("Authorize")[0]?.iso15118CertificateHashData).toHaveLength(1);
  });

  it.each([
    ["a CALLERROR", new RpcError("InternalError", "database gone"), /InternalError: database gone/],
    ["silence", new CallTimeout("Authorize", 60_000), /no answer of the CSMS within 60 s/],
    ["an answer against the schema", { idTokenInfo: { status: "Maybe" } }, /answer to Authorize is wrong/],
  ])("Given %s, then the token is Unknown and the timeline says why", async (_name, answer, words) => {
    const at = await online();
    at.csms.script.Authorize = () => answer as never;
    expect(await at.chargePoint.validateToken(given)).toEqual({ authorization_status: "Unknown", tariff_messages: [] });
    expect(lastDecision(at)?.title).toMatch(words);
  });

  it("copies what the CSMS says one to one, and explains it", async () => {
    const at = await online();
    at.csms.script.Authorize = () => ({
      idTokenInfo: {
        status: "Blocked",
        cacheExpiryDateTime: "2026-02-01 00:00:00",
        groupIdToken: { idToken: "FLEET", type: "Central" },
        evseId: [2],
        personalMessage: { format: "UTF8", content: "call us" },
      },
      certificateStatus: "CertificateRevoked",
    });
    expect(await at.chargePoint.validateToken(given)).toEqual({
      authorization_status: "Blocked",
      certificate_status: "CertificateRevoked",
      tariff_messages: [{ content: "call us", format: "UTF8" }],
      expiry_time: "2026-02-01T00:00:00.000Z",
      parent_id_token: { value: "FLEET", type: "Central" },
      evse_ids: [2],
    });
    expect(lastDecision(at)).toMatchObject({
      from: "OCPP",
      title: "the CSMS found the contract certificate revoked",
      outcome: "refused",
      fix: "Ask the mobility operator for a new contract.",
    });
  });

  it("does not put contracts into the cache: only a TransactionEvent does", async () => {
    const at = await online();
    await at.chargePoint.validateToken(given);
    await at.disconnect();
    const values = { "AuthCtrlr.OfflineTxForUnknownIdEnabled": "false" };
    for (const [name, value] of Object.entries(values)) {
      const [component = "", variable = ""] = name.split(".");
      at.model.set({ name: component }, { name: variable }, "Actual", value, "test");
    }
    expect(await at.chargePoint.validateToken(contractToken)).toMatchObject({ authorization_status: "Unknown" });
  });
});

describe("contracts offline (C07.FR.07 to FR.09)", () => {
  const cases: readonly [string, Record<string, string>, Parameters<typeof verdict>[0], object][] = [
    [
      "not allowed",
      { "ISO15118Ctrlr.ContractValidationOffline": "false" },
      "Valid",
      { authorization_status: "NotAtThisTime" },
    ],
    [
      "no look-up allowed",
      { "AuthCtrlr.LocalAuthorizeOffline": "false" },
      "Valid",
      { authorization_status: "Unknown", certificate_status: "Accepted" },
    ],
    ["expired", {}, "Expired", { authorization_status: "Expired", certificate_status: "CertificateExpired" }],
    ["no root", {}, "IssuerNotFound", { authorization_status: "Unknown" }],
    ["bad signature", {}, "InvalidSignature", { authorization_status: "Unknown" }],
    ["valid, unknown tokens welcome", {}, "Valid", { authorization_status: "Accepted" }],
    [
      "valid, unknown tokens not welcome",
      { "AuthCtrlr.OfflineTxForUnknownIdEnabled": "false" },
      "Valid",
      { authorization_status: "Unknown" },
    ],
  ];
  it.each(cases)("%s", async (_name, values, result, expected) => {
    const at = bench({ values, prepare: verdict(result) });
    expect(await at.chargePoint.validateToken(contractToken)).toEqual({ ...expected, tariff_messages: [] });
    expect(at.csms.calls).toEqual([]);
  });

  it("counts as offline until the CSMS has accepted the station", async () => {
    const at = bench();
    at.csms.script.BootNotification = () => ({ status: "Pending", interval: 60, currentTime: "2026-01-01T00:00:00Z" });
    await at.connect();
    await at.chargePoint.validateToken(contractToken);
    expect(at.csms.requests("Authorize")).toEqual([]);
  });
});

describe("other tokens", () => {
  it.each(["Central", "NoAuthorization"] as const)("%s needs no check", async (type) => {
    const at = bench();
    const token = { ...cardToken, id_token: { value: "x", type } };
    expect(await at.chargePoint.validateToken(token)).toMatchObject({ authorization_status: "Accepted" });
  });

  it("nothing is checked when AuthCtrlr is not enabled, and that is told", async () => {
    const at = bench({ values: { "AuthCtrlr.Enabled": "false" }, prepare: verdict("InvalidSignature") });
    expect(await at.chargePoint.validateToken(contractToken)).toMatchObject({ authorization_status: "Accepted" });
    expect(lastDecision(at)?.title).toMatch(/AuthCtrlr.Enabled/);
  });

  const answers = (info: IdTokenInfoType) => ({ Authorize: () => ({ idTokenInfo: info }) });

  it("are asked about once and then known from the cache, until that is too old or cleared", async () => {
    const at = await online({ values: { "AuthCacheCtrlr.LifeTime": "100" } });
    Object.assign(at.csms.script, answers({ status: "Accepted" }));
    const asked = async () => {
      await at.chargePoint.validateToken(cardToken);
      return at.csms.requests("Authorize").length;
    };
    expect([await asked(), await asked()]).toEqual([1, 1]);
    await at.clock.advance(100_001);
    expect(await asked()).toBe(2);
    expect(await at.ask("ClearCache", {})).toEqual({ status: "Accepted" });
    expect(await asked()).toBe(3);
  });

  it("expire in the cache when the CSMS says so", async () => {
    const at = await online();
    Object.assign(at.csms.script, answers({ status: "Accepted", cacheExpiryDateTime: "2026-01-01T00:01:00Z" }));
    await at.chargePoint.validateToken(cardToken);
    await at.clock.advance(61_000);
    await at.chargePoint.validateToken(cardToken);
    expect(at.csms.requests("Authorize")).toHaveLength(2);
  });

  it("refused once are asked about again, unless that is switched off", async () => {
    for (const [value, count] of [
      ["false", 2],
      ["true", 1],
    ] as const) {
      const at = await online({ values: { "AuthCacheCtrlr.DisablePostAuthorize": value } });
      Object.assign(at.csms.script, answers({ status: "Blocked" }));
      await at.chargePoint.validateToken(cardToken);
      expect(await at.chargePoint.validateToken(cardToken)).toMatchObject({ authorization_status: "Blocked" });
      expect(at.csms.requests("Authorize")).toHaveLength(count);
    }
  });

  it("are asked about each time where LocalPreAuthorize is off", async () => {
    const at = await online({ values: { "AuthCtrlr.LocalPreAuthorize": "false" } });
    await at.chargePoint.validateToken(cardToken);
    await at.chargePoint.validateToken(cardToken);
    expect(at.csms.requests("Authorize")).toHaveLength(2);
  });

  it("accepted stay in the cache while they are used; refused ones leave it in time", async () => {
    for (const [status, count] of [
      ["Accepted", 1],
      ["Blocked", 2],
    ] as const) {
      const at = await online({
        values: { "AuthCacheCtrlr.LifeTime": "100", "AuthCacheCtrlr.DisablePostAuthorize": "true" },
      });
      Object.assign(at.csms.script, answers({ status }));
      for (const wait of [0, 60_000, 60_000]) {
        await at.clock.advance(wait);
        await at.chargePoint.validateToken(cardToken);
      }
      expect(at.csms.requests("Authorize")).toHaveLength(count);
    }
  });

  it("that the station could not ask about are not remembered as refused", async () => {
    const at = bench({
      values: { "AuthCtrlr.OfflineTxForUnknownIdEnabled": "false", "AuthCacheCtrlr.DisablePostAuthorize": "true" },
    });
    expect(await at.chargePoint.validateToken(cardToken)).toMatchObject({ authorization_status: "Unknown" });
    await at.connect();
    expect(await at.chargePoint.validateToken(cardToken)).toMatchObject({ authorization_status: "Accepted" });
  });
});

describe("local list (C13, D01, D02)", () => {
  const entry = (
    idToken: string,
    status: IdTokenInfoType["status"] = "Accepted",
    type: "eMAID" | "ISO14443" = "ISO14443",
  ) => ({
    idToken: { idToken, type },
    idTokenInfo: { status },
  });
  const full = (versionNumber: number, ...localAuthorizationList: object[]) =>
    ({ versionNumber, updateType: "Full", localAuthorizationList }) as SendLocalListRequest;
  const part = (versionNumber: number, ...localAuthorizationList: object[]) =>
    ({ versionNumber, updateType: "Differential", localAuthorizationList }) as SendLocalListRequest;
  const send = (at: Bench, request: SendLocalListRequest) => at.ask("SendLocalList", request);

  it("is taken whole and in parts, and lets tokens charge without asking", async () => {
    const at = await online();
    expect(await send(at, full(1, entry("04aabbccdd"), entry("B", "Blocked")))).toEqual({ status: "Accepted" });
    expect(await at.chargePoint.validateToken(cardToken)).toMatchObject({ authorization_status: "Accepted" });
    expect(at.csms.requests("Authorize")).toEqual([]);
    expect(await send(at, part(2, { idToken: { idToken: "B", type: "ISO14443" } }, entry("C")))).toEqual({
      status: "Accepted",
    });
    expect(await at.ask("GetLocalListVersion", {})).toEqual({ versionNumber: 2 });
    const asked = { component: { name: "LocalAuthListCtrlr" }, variable: { name: "Entries" } };
    expect(await at.ask("GetVariables", { getVariableData: [asked] })).toMatchObject({
      getVariableResult: [{ attributeValue: "2" }],
    });
  });

  it("decides on contracts offline, whatever way the eMAID is written", async () => {
    const at = await online({ values: { "AuthCtrlr.OfflineTxForUnknownIdEnabled": "false" } });
    await send(at, full(1, entry("de-8aa-1a2b3c4d5-9", "Accepted", "eMAID")));
    await at.disconnect();
    expect(await at.chargePoint.validateToken(contractToken)).toMatchObject({ authorization_status: "Accepted" });
    await at.connect();
    await send(at, full(2, entry(emaid, "Blocked", "eMAID")));
    await at.disconnect();
    expect(await at.chargePoint.validateToken(contractToken)).toMatchObject({ authorization_status: "Unknown" });
  });

  it("bad case: a list that does not follow, twice the same token, version 0, too many entries", async () => {
    const at = await online({ values: { "LocalAuthListCtrlr.ItemsPerMessage": "2" } });
    await send(at, full(5, entry("A")));
    expect(await send(at, part(5, entry("B")))).toEqual({ status: "VersionMismatch" });
    expect(await send(at, full(6, entry("B"), entry("b")))).toEqual({ status: "Failed" });
    expect(await send(at, full(6, { idToken: { idToken: "B", type: "ISO14443" } }))).toEqual({ status: "Failed" });
    expect(await send(at, full(0, entry("B")))).toEqual({ status: "Failed" });
    await expect(send(at, full(7, entry("A"), entry("B"), entry("C")))).rejects.toMatchObject({
      code: "OccurenceConstraintViolation",
    });
    expect(await at.ask("GetLocalListVersion", {})).toEqual({ versionNumber: 5 });
  });

  it("is not there when it is switched off", async () => {
    const at = await online({ values: { "LocalAuthListCtrlr.Enabled": "false" } });
    expect(await send(at, full(5, entry("A")))).toEqual({ status: "Failed" });
    expect(await at.ask("GetLocalListVersion", {})).toEqual({ versionNumber: 0 });
  });
});
