import { describe, expect, it } from "vitest";
import { CallTimeout, RpcError } from "../../../src/rpc/errors.ts";
import { cardToken, contractToken, emaid, type FakeStation } from "../fakeStation.ts";
import { type Bench, type BenchOptions, bench, online } from "./bench.ts";

type Verdict = Awaited<ReturnType<FakeStation["security"]["verify_certificate"]>>;

const verdict = (result: Verdict) => (station: FakeStation) => {
  Object.assign(station.security, { verify_certificate: () => result });
};
const noResponder = (station: FakeStation) => {
  Object.assign(station.security, { get_mo_ocsp_request_data: () => ({ ocsp_request_data_list: [{}] }) });
};
const given = {
  ...contractToken,
  iso15118CertificateHashData: [
    {
      ...{ hashAlgorithm: "SHA256", issuerNameHash: "aa", issuerKeyHash: "bb", serialNumber: "1" },
      responderURL: "http://given",
    },
  ],
} satisfies typeof contractToken;

const lastDecision = (at: Bench) =>
  at.timeline.entries.filter(({ kind, step }) => kind === "decision" && step === 4).at(-1);

const card = (value: string) => ({ ...cardToken, id_token: { ...cardToken.id_token, value } });

describe("contracts online (DataTransfer Authorize)", () => {
  it("sends the hashes that came with the token, and never the chain", async () => {
    const at = await online();
    expect(await at.chargePoint.validateToken(given)).toEqual({
      authorization_status: "Accepted",
      certificate_status: "Accepted",
      tariff_messages: [],
    });
    expect(at.csms.pncRequests("Authorize")).toEqual([
      { idToken: { idToken: emaid, type: "eMAID" }, iso15118CertificateHashData: given.iso15118CertificateHashData },
    ]);
    expect(at.station.of("verify_certificate")).toEqual([]);
    expect(at.csms.requests("Authorize")).toEqual([]);
    expect(at.titles()).toContain("DataTransfer(Authorize).req");
  });

  it("makes the hashes when the token brings only the chain", async () => {
    const at = await online();
    await at.chargePoint.validateToken(contractToken);
    expect(at.csms.pncRequests("Authorize")[0]).toMatchObject({
      iso15118CertificateHashData: [{ hashAlgorithm: "SHA256", serialNumber: "1f", responderURL: "http://ocsp" }],
    });
  });

  it("Given no root here, then the chain goes to a CSMS that may check it, and is refused otherwise with both ways out", async () => {
    const allowed = await online({ prepare: verdict("IssuerNotFound") });
    await allowed.chargePoint.validateToken(contractToken);
    expect(allowed.csms.pncRequests("Authorize")).toMatchObject([{ certificate: contractToken.certificate }]);
    const values = { "PnC.CentralContractValidationAllowed": false };
    const forbidden = await online({ values, prepare: verdict("IssuerNotFound") });
    expect(await forbidden.chargePoint.validateToken(contractToken)).toMatchObject({ authorization_status: "Invalid" });
    expect(forbidden.csms.requests("DataTransfer")).toEqual([]);
    expect(lastDecision(forbidden)).toMatchObject({
      title: expect.stringMatching(/MO root missing/),
      outcome: "refused",
      rule: "OCPP 1.6 the Plug & Charge extension, online-no-root",
      fix: expect.stringMatching(/MO root, or set PnC.CentralContractValidationAllowed to true/),
    });
  });

  it("Given a chain without OCSP responders, then it goes whole to a CSMS that may check it", async () => {
    const at = await online({ prepare: noResponder });
    await at.chargePoint.validateToken(contractToken);
    expect(at.csms.pncRequests("Authorize")).toMatchObject([{ certificate: contractToken.certificate }]);
  });

  it.each([{ "PnC.ISO15118PnCEnabled": false }, { PnC: undefined }])(
    "Given %o, then no contract is accepted",
    async (values) => {
      const at = await online({ values });
      expect(await at.chargePoint.validateToken(given)).toMatchObject({ authorization_status: "Invalid" });
      expect(at.csms.requests("DataTransfer")).toEqual([]);
      expect(lastDecision(at)?.rule).toMatch(/pnc-disabled/);
    },
  );

  it.each([
    ["a CALLERROR", new RpcError("InternalError", "database gone"), /InternalError: database gone/],
    ["silence", new CallTimeout("DataTransfer", 60_000), /no answer of the CSMS within 60 s/],
    ["an answer against the schema", { idTokenInfo: { status: "Maybe" } }, /answer to Authorize is wrong/],
  ])("Given %s, then the token is Unknown and the timeline says why", async (_name, answer, words) => {
    const at = await online();
    at.csms.pnc.Authorize = () => answer;
    expect(await at.chargePoint.validateToken(given)).toEqual({ authorization_status: "Unknown", tariff_messages: [] });
    expect(lastDecision(at)?.title).toMatch(words);
  });

  it("Given a CSMS without the extension, then the token is Unknown and the timeline names the outer status", async () => {
    const at = await online();
    at.csms.script.DataTransfer = () => ({ status: "UnknownVendorId" });
    expect(await at.chargePoint.validateToken(given)).toMatchObject({ authorization_status: "Unknown" });
    expect(lastDecision(at)?.title).toMatch(/the CSMS answered UnknownVendorId/);
  });

  it("copies what the CSMS says, and explains a refusal", async () => {
    const at = await online();
    at.csms.pnc.Authorize = () => ({
      idTokenInfo: {
        ...{ status: "Blocked", cacheExpiryDateTime: "2026-02-01 00:00:00", evseId: [2] },
        groupIdToken: { idToken: "FLEET", type: "Central" },
      },
      certificateStatus: "CertificateRevoked",
    });
    expect(await at.chargePoint.validateToken(given)).toEqual({
      ...{ authorization_status: "Blocked", certificate_status: "CertificateRevoked", tariff_messages: [] },
      ...{ expiry_time: "2026-02-01T00:00:00.000Z", evse_ids: [2] },
      parent_id_token: { value: "FLEET", type: "Central" },
    });
    expect(lastDecision(at)).toMatchObject({ outcome: "refused", title: expect.stringMatching(/revoked/) });
  });
});

describe("contracts offline", () => {
  const offline = (options: BenchOptions = {}) => bench(options);

  it("are looked up in the list, and an entry that accepts lets them charge", async () => {
    const at = await online();
    const entry = { idTag: emaid, idTagInfo: { status: "Accepted" as const } };
    await at.ask("SendLocalList", { listVersion: 1, updateType: "Full", localAuthorizationList: [entry] });
    await at.disconnect();
    expect(await at.chargePoint.validateToken(contractToken)).toMatchObject({ authorization_status: "Accepted" });
    expect(lastDecision(at)?.rule).toMatch(/list-accepted/);
  });

  it.each<[string, BenchOptions, string, string?]>([
    ["unknown", {}, "Invalid"],
    ["not to be checked offline", { values: { "PnC.ContractValidationOffline": false } }, "NotAtThisTime"],
    ["not to be looked up", { values: { "Core.LocalAuthorizeOffline": false } }, "Unknown", "Accepted"],
    ["expired", { prepare: verdict("Expired") }, "Expired", "CertificateExpired"],
    ["of an unknown root", { prepare: verdict("IssuerNotFound") }, "Unknown"],
    ["with a bad signature", { prepare: verdict("InvalidSignature") }, "Unknown"],
  ])("that are %s are refused", async (_name, options, status, certificateStatus) => {
    const at = offline(options);
    expect(await at.chargePoint.validateToken(contractToken)).toEqual({
      ...{ authorization_status: status, tariff_messages: [] },
      ...(certificateStatus ? { certificate_status: certificateStatus } : {}),
    });
    expect(lastDecision(at)).toMatchObject({ outcome: "refused", fix: expect.any(String) });
  });
});

describe("tags (3.5, 4.1)", () => {
  it("are asked about online, and the answer is copied", async () => {
    const at = await online();
    at.csms.script.Authorize = () => ({
      idTagInfo: { status: "ConcurrentTx", parentIdTag: "FLEET", expiryDate: "2027-01-01T00:00:00Z" },
    });
    expect(await at.chargePoint.validateToken(cardToken)).toEqual({
      ...{ authorization_status: "ConcurrentTx", tariff_messages: [], expiry_time: "2027-01-01T00:00:00.000Z" },
      parent_id_token: { value: "FLEET", type: "Central" },
    });
    expect(at.csms.requests("Authorize")).toEqual([{ idTag: "04AABBCCDD" }]);
  });

  it("are refused when they are longer than an idTag, with a way out, and not cut", async () => {
    const at = await online();
    const long = card("0123456789abcdef01234");
    expect(await at.chargePoint.validateToken(long)).toMatchObject({ authorization_status: "Unknown" });
    expect(at.csms.requests("Authorize")).toEqual([]);
    expect(lastDecision(at)).toMatchObject({ outcome: "refused", fix: expect.stringMatching(/shorter token/) });
  });

  it("that the CSMS accepted are remembered for when it is away, others are not", async () => {
    const at = await online();
    await at.chargePoint.validateToken(card("GOOD"));
    at.csms.script.Authorize = () => ({ idTagInfo: { status: "Blocked" } });
    await at.chargePoint.validateToken(card("BAD"));
    await at.disconnect();
    // Tags are compared without regard to case (7.28: CiString).
    expect(await at.chargePoint.validateToken(card("good"))).toMatchObject({ authorization_status: "Accepted" });
    expect(await at.chargePoint.validateToken(card("BAD"))).toMatchObject({ authorization_status: "Invalid" });
    expect(await at.chargePoint.validateToken(card("OTHER"))).toMatchObject({ authorization_status: "Invalid" });
  });

  it("are forgotten when the answer has expired, and with ClearCache", async () => {
    const at = await online();
    const expiryDate = "2000-01-01T00:10:00Z";
    at.csms.script.Authorize = () => ({ idTagInfo: { status: "Accepted", expiryDate } });
    await at.chargePoint.validateToken(card("SHORT"));
    at.csms.script.Authorize = () => ({ idTagInfo: { status: "Accepted" } });
    await at.chargePoint.validateToken(card("LONG"));
    await at.disconnect();
    expect(await at.chargePoint.validateToken(card("SHORT"))).toMatchObject({ authorization_status: "Invalid" });
    expect(await at.chargePoint.validateToken(card("LONG"))).toMatchObject({ authorization_status: "Accepted" });
    await at.connect();
    expect(await at.ask("ClearCache", {})).toEqual({ status: "Accepted" });
    await at.disconnect();
    expect(await at.chargePoint.validateToken(card("LONG"))).toMatchObject({ authorization_status: "Invalid" });
  });

  it("Given no cache, then ClearCache is rejected and nothing is remembered", async () => {
    const at = await online({ values: { "Core.AuthorizationCacheEnabled": false } });
    await at.chargePoint.validateToken(cardToken);
    expect(await at.ask("ClearCache", {})).toEqual({ status: "Rejected" });
    await at.disconnect();
    expect(await at.chargePoint.validateToken(cardToken)).toMatchObject({ authorization_status: "Invalid" });
  });

  it("are let in from list and cache without asking only where LocalPreAuthorize says so", async () => {
    for (const [value, asked] of [
      [true, 1],
      [false, 2],
    ] as const) {
      const at = await online({ values: { "Core.LocalPreAuthorize": value } });
      await at.chargePoint.validateToken(cardToken);
      await at.chargePoint.validateToken(cardToken);
      expect(at.csms.requests("Authorize")).toHaveLength(asked);
    }
  });

  it("unknown ones charge offline only where AllowOfflineTxForUnknownId says so", async () => {
    const at = bench({ values: { "Core.AllowOfflineTxForUnknownId": true } });
    expect(await at.chargePoint.validateToken(cardToken)).toMatchObject({ authorization_status: "Accepted" });
  });

  it("are Invalid when the CSMS does not answer", async () => {
    const at = await online();
    at.csms.script.Authorize = () => new CallTimeout("Authorize", 60_000);
    expect(await at.chargePoint.validateToken(cardToken)).toMatchObject({ authorization_status: "Invalid" });
    expect(lastDecision(at)?.title).toMatch(/no answer about 04AABBCCDD/);
  });
});

describe("the local list (5.10, 5.15)", () => {
  const accepted = { status: "Accepted" as const };
  const list = (version: number, tags: readonly string[], updateType: "Full" | "Differential" = "Full") => ({
    ...{ listVersion: version, updateType },
    localAuthorizationList: tags.map((idTag) => ({ idTag, idTagInfo: accepted })),
  });

  it("is taken full, changed by differences, and tells its version", async () => {
    const at = await online();
    expect(await at.ask("GetLocalListVersion", {})).toEqual({ listVersion: 0 });
    expect(await at.ask("SendLocalList", list(3, ["A", "B"]))).toEqual({ status: "Accepted" });
    expect(await at.ask("GetLocalListVersion", {})).toEqual({ listVersion: 3 });
    const remove = { listVersion: 4, updateType: "Differential" as const, localAuthorizationList: [{ idTag: "A" }] };
    expect(await at.ask("SendLocalList", remove)).toEqual({ status: "Accepted" });
    expect(await at.ask("SendLocalList", list(4, ["C"], "Differential"))).toEqual({ status: "VersionMismatch" });
    await at.disconnect();
    expect(await at.chargePoint.validateToken(card("A"))).toMatchObject({ authorization_status: "Invalid" });
    expect(await at.chargePoint.validateToken(card("b"))).toMatchObject({ authorization_status: "Accepted" });
  });

  it("is bounded by what it may hold and by what a message may bring", async () => {
    const values = {
      "LocalAuthListManagement.LocalAuthListMaxLength": 3,
      "LocalAuthListManagement.SendLocalListMaxLength": 2,
    };
    const at = await online({ values });
    expect(await at.ask("SendLocalList", list(1, ["A", "B", "C"]))).toEqual({ status: "Failed" });
    expect(await at.ask("SendLocalList", list(1, ["A", "B"]))).toEqual({ status: "Accepted" });
    expect(await at.ask("SendLocalList", list(2, ["C", "D"], "Differential"))).toEqual({ status: "Failed" });
    expect(await at.ask("SendLocalList", list(2, ["B", "C"], "Differential"))).toEqual({ status: "Accepted" });
  });

  it.each([
    { "LocalAuthListManagement.LocalAuthListEnabled": false },
    { "Core.SupportedFeatureProfiles": "Core,SmartCharging" },
  ])("Given %o, then there is none", async (values) => {
    const at = await online({ values });
    expect(await at.ask("GetLocalListVersion", {})).toEqual({ listVersion: -1 });
    expect(await at.ask("SendLocalList", list(1, ["A"]))).toEqual({ status: "NotSupported" });
  });
});
