/** Certificates in OCPP 1.6: the SECC leaf and roots through the extension, the client certificate by the whitepaper, OCSP, contracts for cars. */
import { describe, expect, it } from "vitest";
import { CallTimeout, RpcError } from "../../../src/rpc/errors.ts";
import { certificateHash, type FakeStation } from "../fakeStation.ts";
import { type Bench, type BenchOptions, type Changes, FakeCsms, online } from "./bench.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const unmanaged: Changes = { "PnC.ISO15118CertificateManagementEnabled": false };
const nameless: Changes = { "Internal.SeccLeafSubjectOrganization": undefined, "Security.CpoName": undefined };

const leafWithDays = (days: number) => (station: FakeStation) => {
  Object.assign(station.security, { get_leaf_expiry_days_count: () => days });
};
const asked = ({ csms }: Bench) => csms.pncRequests("SignCertificate").length;
const toldEvents = ({ csms }: Bench) => csms.requests("SecurityEventNotification").map(({ type }) => type);
const localEvents = ({ station }: Bench) =>
  (station.published("security_event") as { type: string; info?: string }[]).filter(
    ({ type }) => type !== "StartupOfTheDevice",
  );

describe("the SECC leaf looked after by the CSMS", () => {
  it("is renewed in time: with 29 days left, a minute after the boot and not before", async () => {
    const at = await online({ prepare: leafWithDays(29) });
    await at.clock.advance(59_999);
    expect(asked(at)).toBe(0);
    await at.clock.advance(1);
    expect(at.csms.pncRequests("SignCertificate")).toEqual([{ csr: "the CSR", certificateType: "V2GCertificate" }]);
    expect(at.station.of("generate_certificate_signing_request")).toEqual([
      { certificate_type: "V2G", common: "SECCCert", organization: "plugcharge", country: "DE", use_tpm: false },
    ]);
    expect(at.titles()).toContain("DataTransfer(SignCertificate).req");
  });

  it.each<[string, Changes, object]>([
    ["the country", { "Internal.SeccLeafSubjectCountry": undefined }, { country: "DE" }],
    [
      "the organisation",
      { "Internal.SeccLeafSubjectOrganization": undefined, "Security.CpoName": "CPO" },
      { organization: "CPO" },
    ],
    ["the name", { "Internal.SeccLeafSubjectCommonName": undefined }, { common: "cp001" }],
    ["nothing, but it has a TPM", { "Internal.UseTPMSeccLeafCertificate": true }, { use_tpm: true }],
  ])("Given the configuration lacks %s, then there is another for it", async (_what, values, subject) => {
    const at = await online({ values, prepare: leafWithDays(0) });
    await at.clock.advance(60_000);
    expect(at.station.of("generate_certificate_signing_request")).toMatchObject([subject]);
  });

  it.each<[string, BenchOptions]>([
    ["it has 30 days left", { prepare: leafWithDays(30) }],
    ["the CSMS is not to look after it", { prepare: leafWithDays(0), values: unmanaged }],
    ["there is no section PnC", { prepare: leafWithDays(0), values: { PnC: undefined } }],
    ["it could not be named", { prepare: leafWithDays(0), values: nameless }],
  ])("is left alone while %s", async (_what, options) => {
    const at = await online(options);
    await at.clock.advance(24 * HOUR);
    expect(asked(at)).toBe(0);
  });

  it("Given it could not be named, then that is told with the keys, and it is asked for a minute after they are set", async () => {
    const values = { "Internal.SeccLeafSubjectOrganization": undefined, "Security.CpoName": "" };
    const at = await online({ prepare: leafWithDays(0), values });
    await at.clock.advance(60_000);
    expect(at.timeline.entries.find(({ kind }) => kind === "fault")).toMatchObject({
      title: "no V2GCertificate can be asked for: its subject is not complete",
      fix: expect.stringMatching(/Give .*SeccLeafSubjectOrganization \(else Security.CpoName\)/),
    });
    expect(await at.ask("ChangeConfiguration", { key: "CpoName", value: "CPO" })).toEqual({ status: "Accepted" });
    await at.clock.advance(60_000);
    expect(at.station.of("generate_certificate_signing_request")).toMatchObject([{ organization: "CPO" }]);
  });

  it("goes by ISO15118PnCEnabled where there is no key of its own", async () => {
    for (const enabled of [true, false]) {
      const values = { "PnC.ISO15118CertificateManagementEnabled": undefined, "PnC.ISO15118PnCEnabled": enabled };
      const at = await online({ values, prepare: leafWithDays(0) });
      await at.clock.advance(60_000);
      expect(asked(at)).toBe(enabled ? 1 : 0);
    }
  });

  it("is looked at a minute after the CSMS turns that on, and no more when it turns it off", async () => {
    const at = await online({ values: unmanaged, prepare: leafWithDays(0) });
    await at.clock.advance(HOUR);
    const turn = (value: string) =>
      at.ask("ChangeConfiguration", { key: "ISO15118CertificateManagementEnabled", value });
    await turn("true");
    await at.clock.advance(59_999);
    expect([asked(at), at.csms.pncRequests("GetCertificateStatus").length]).toEqual([0, 0]);
    await at.clock.advance(1);
    expect([asked(at), at.csms.pncRequests("GetCertificateStatus").length]).toEqual([1, 1]);
    await turn("false");
    await at.clock.advance(30 * DAY);
    expect([asked(at), at.csms.pncRequests("GetCertificateStatus").length]).toEqual([1, 1]);
  });

  it("is asked for again with a new key after 30 and 60 seconds, three times in all, and then given up aloud", async () => {
    const at = await online({ prepare: leafWithDays(0) });
    const times: number[] = [];
    at.csms.pnc.SignCertificate = () => {
      times.push(at.clock.monotonic() / 1000);
      return { status: "Accepted" };
    };
    await at.clock.advance(HOUR);
    expect(times).toEqual([60, 90, 150]);
    expect(at.station.of("generate_certificate_signing_request")).toHaveLength(3);
    expect(localEvents(at).map(({ type }) => type)).toEqual(["CertificateNotSigned"]);
    const fault = at.timeline.entries.find(({ kind, step }) => kind === "fault" && step === 0);
    expect(fault).toMatchObject({
      title: expect.stringMatching(/V2GCertificate for CN=SECCCert, O=plugcharge, C=DE: none came after 3 requests/),
      fix: expect.stringMatching(/SeccLeafSubjectCommonName/),
    });
    // The old leaf stays: nothing was put in its place.
    expect(at.station.of("update_leaf_certificate")).toEqual([]);
    await at.clock.advance(12 * HOUR);
    expect(times.length).toBe(6);
  });

  it.each<[string, () => object | Error]>([
    ["rejects", () => ({ status: "Rejected" })],
    ["stays silent", () => new CallTimeout("DataTransfer", 60_000)],
    ["has an error", () => new RpcError("InternalError", "no")],
  ])(
    "Given the CSMS %s, then that is told with the likely cause, and the next check asks again",
    async (_name, answer) => {
      const at = await online({ prepare: leafWithDays(3) });
      at.csms.pnc.SignCertificate = answer;
      await at.clock.advance(60_000);
      expect(localEvents(at)).toMatchObject([
        { type: "SignCertificateRejected", info: expect.stringMatching(/CN=SECCCert/) },
      ]);
      await at.clock.advance(12 * HOUR);
      expect(asked(at)).toBe(2);
    },
  );

  it("Given an answer that says nothing, then the certificate is waited for", async () => {
    const at = await online({ prepare: leafWithDays(3) });
    at.csms.script.DataTransfer = () => ({ status: "Accepted" });
    await at.clock.advance(60_000);
    expect(localEvents(at)).toEqual([]);
    await at.clock.advance(30_000);
    expect(asked(at)).toBe(2);
  });

  it("bad case: no key can be made: said here, and the next check is free", async () => {
    const at = await online({ prepare: leafWithDays(3) });
    Object.assign(at.station.security, { generate_certificate_signing_request: () => ({ status: "KeyGenError" }) });
    await at.clock.advance(60_000);
    expect([asked(at), localEvents(at).at(-1)?.type]).toEqual([0, "CSRGenerationFailed"]);
    Object.assign(at.station.security, {
      generate_certificate_signing_request: () => ({ status: "Accepted", csr: "another" }),
    });
    await at.clock.advance(12 * HOUR);
    expect(asked(at)).toBe(1);
  });

  it("lives through a year at a CSMS that signs, and through a month in which it does not", async () => {
    const at = await online();
    let notAfter = at.clock.now() + 90 * DAY;
    let signs = true;
    const left: number[] = [];
    const days = () => Math.max(0, Math.floor((notAfter - at.clock.now()) / DAY));
    Object.assign(at.station.security, {
      get_leaf_expiry_days_count: days,
      update_leaf_certificate: () => {
        left.push(days());
        notAfter = at.clock.now() + 90 * DAY;
        return "Accepted";
      },
    });
    at.csms.pnc.SignCertificate = () => {
      if (signs) at.clock.setTimer(5_000, () => void at.askPnc("CertificateSigned", { certificateChain: "chain" }));
      return { status: "Accepted" };
    };
    for (let day = 0; day < 365; day++) {
      // In the second renewal the CSMS is broken for three weeks.
      signs = day < 115 || day > 136;
      await at.clock.advance(DAY);
      expect(days()).toBeGreaterThan(0);
    }
    expect(left[0]).toBe(29);
    expect(left[1]).toBeLessThan(15);
    expect(left).toHaveLength(5);
  });
});

describe("CertificateSigned of the extension", () => {
  it("puts the leaf into its place, ends the asking, and refreshes OCSP", async () => {
    const at = await online({ prepare: leafWithDays(3) });
    await at.clock.advance(60_000);
    const rounds = at.csms.pncRequests("GetCertificateStatus").length;
    const signed = { certificateChain: "chain", certificateType: "V2GCertificate" };
    expect(await at.askPnc("CertificateSigned", signed)).toEqual({ outer: "Accepted", inner: { status: "Accepted" } });
    expect(at.station.of("update_leaf_certificate")).toEqual([{ certificate_chain: "chain", certificate_type: "V2G" }]);
    expect(at.csms.pncRequests("GetCertificateStatus").length).toBe(rounds + 1);
    await at.clock.advance(HOUR);
    expect(asked(at)).toBe(1);
  });

  it.each<[string, unknown, string, unknown, RegExp?]>([
    ["no data", undefined, "Rejected", undefined],
    ["no JSON", "{", "Rejected", undefined],
    ["a chain over 10000 characters", { certificateChain: "x".repeat(10_001) }, "Rejected", undefined],
    [
      "another type",
      { certificateChain: "c", certificateType: "ChargingStationCertificate" },
      "Accepted",
      "Rejected",
      /ChargingStationCertificate/,
    ],
    [
      "a chain over CertificateSignedMaxChainSize",
      { certificateChain: "x".repeat(101) },
      "Accepted",
      "Rejected",
      /CertificateSignedMaxChainSize, 100/,
    ],
    ["one that does not fit", { certificateChain: "c" }, "Accepted", "Rejected", /InvalidSignature/],
  ])("with %s is refused", async (_what, data, outer, inner, words) => {
    const at = await online({ values: { "Security.CertificateSignedMaxChainSize": 100 } });
    Object.assign(at.station.security, { update_leaf_certificate: () => "InvalidSignature" });
    const answer = await at.askPnc("CertificateSigned", data);
    expect(answer).toEqual({ outer, inner: inner === undefined ? undefined : { status: inner } });
    const events = localEvents(at).filter(({ type }) => type === "InvalidChargePointCertificate");
    expect(events).toHaveLength(words ? 1 : 0);
    if (words) expect(events[0]?.info).toMatch(words);
    await at.clock.advance(1000);
    expect(toldEvents(at)).toEqual(["StartupOfTheDevice"]);
  });
});

describe("TriggerMessage of the extension", () => {
  it.each([{ requestedMessage: "SignV2GCertificate" }, undefined])(
    "%o asks for a certificate at once",
    async (data) => {
      const at = await online();
      expect(await at.askPnc("TriggerMessage", data)).toEqual({ outer: "Accepted", inner: { status: "Accepted" } });
      expect(asked(at)).toBe(1);
      expect(await at.askPnc("TriggerMessage", data)).toEqual({ outer: "Accepted", inner: { status: "Rejected" } });
      expect(asked(at)).toBe(1);
    },
  );

  it.each<[string, unknown, Changes, object]>([
    [
      "for something else",
      { requestedMessage: "Heartbeat" },
      {},
      { outer: "Accepted", inner: { status: "NotImplemented" } },
    ],
    [
      "without a name to put in",
      { requestedMessage: "SignV2GCertificate" },
      nameless,
      { outer: "Rejected", inner: expect.stringMatching(/CSR.*CpoName/) },
    ],
    ["with something else in it", { hello: 1 }, {}, { outer: "Rejected", inner: undefined }],
  ])("%s asks for none", async (_what, data, values, answer) => {
    const at = await online({ values });
    expect(await at.askPnc("TriggerMessage", data)).toEqual(answer);
    expect(asked(at)).toBe(0);
  });
});

describe("roots through the extension", () => {
  const hash = {
    ...{ hashAlgorithm: "SHA256", issuerNameHash: "aa".repeat(32), issuerKeyHash: "bb".repeat(32), serialNumber: "1f" },
  };

  it("are installed by kind, with every answer", async () => {
    const at = await online();
    const install = async (certificateType: string) =>
      (await at.askPnc("InstallCertificate", { certificateType, certificate: "PEM" })).inner;
    for (const type of [
      "V2GRootCertificate",
      "MORootCertificate",
      "CSMSRootCertificate",
      "ManufacturerRootCertificate",
    ]) {
      expect(await install(type)).toEqual({ status: "Accepted" });
    }
    const kinds = at.station
      .of("install_ca_certificate")
      .map((args) => (args as { certificate_type: string }).certificate_type);
    expect(kinds).toEqual(["V2G", "MO", "CSMS", "MF"]);
    expect(await install("OEMRootCertificate")).toEqual({ status: "Failed" });
    for (const [result, status] of [
      ["WriteError", "Failed"],
      ["Expired", "Rejected"],
      ["InvalidFormat", "Rejected"],
    ]) {
      Object.assign(at.station.security, { install_ca_certificate: () => result });
      expect(await install("V2GRootCertificate")).toEqual({ status });
    }
    expect(await at.askPnc("InstallCertificate", { certificateType: "V2GRootCertificate" })).toEqual({
      outer: "Rejected",
      inner: undefined,
    });
  });

  it("are listed with what Plug & Charge is about, or what is asked for", async () => {
    const at = await online({
      prepare: (station) => {
        Object.assign(station.security, {
          get_installed_certificates: ({ certificate_types }: { certificate_types: string[] }) => {
            station.commands.push({ command: "get_installed_certificates", args: certificate_types });
            const child_certificate_hash_data = [{ ...certificateHash, serial_number: "2a" }];
            const chain = {
              certificate_type: "V2GCertificateChain",
              certificate_hash_data: certificateHash,
              child_certificate_hash_data,
            };
            return { status: "Accepted", certificate_hash_data_chain: [chain] };
          },
        });
      },
    });
    expect(await at.askPnc("GetInstalledCertificateIds", {})).toEqual({
      outer: "Accepted",
      inner: {
        status: "Accepted",
        certificateHashDataChain: [
          {
            ...{ certificateType: "V2GCertificateChain", certificateHashData: hash },
            childCertificateHashData: [{ ...hash, serialNumber: "2a" }],
          },
        ],
      },
    });
    await at.askPnc("GetInstalledCertificateIds", { certificateType: ["MORootCertificate"] });
    expect(at.station.of("get_installed_certificates")).toEqual([
      ["V2GRootCertificate", "MORootCertificate", "V2GCertificateChain"],
      ["MORootCertificate"],
    ]);
    Object.assign(at.station.security, {
      get_installed_certificates: () => ({ status: "NotFound", certificate_hash_data_chain: [] }),
    });
    expect(await at.askPnc("GetInstalledCertificateIds", {})).toEqual({
      outer: "Accepted",
      inner: { status: "NotFound" },
    });
    expect(await at.askPnc("GetInstalledCertificateIds", undefined)).toEqual({ outer: "Rejected", inner: undefined });
  });

  it.each(["Accepted", "NotFound", "Failed"])("are deleted: %s", async (status) => {
    const at = await online();
    Object.assign(at.station.security, { delete_certificate: () => status });
    expect(await at.askPnc("DeleteCertificate", { certificateHashData: hash })).toEqual({
      outer: "Accepted",
      inner: { status },
    });
    expect(await at.askPnc("DeleteCertificate", { certificateHashData: {} })).toEqual({
      outer: "Rejected",
      inner: undefined,
    });
  });

  it("are nobody's here where the CSMS does not look after certificates", async () => {
    for (const values of [unmanaged, { PnC: undefined }]) {
      const at = await online({ values });
      expect(await at.askPnc("GetInstalledCertificateIds", {})).toEqual({ outer: "UnknownVendorId", inner: undefined });
    }
    const at = await online();
    expect(await at.askPnc("Authorize", {})).toEqual({ outer: "UnknownMessageId", inner: undefined });
    expect(await at.askPnc("Dance", {})).toEqual({ outer: "UnknownMessageId", inner: undefined });
  });

  it("that are not known here may be another module's", async () => {
    const prepare = (station: FakeStation) => {
      station.dataTransfer = {
        data_transfer: async ({ request }) => ({ status: "Accepted", data: `${request.message_id}!` }),
      };
    };
    const at = await online({ prepare });
    expect(await at.askPnc("Dance", {})).toEqual({ outer: "Accepted", inner: "Dance!" });
    const off = await online({ values: unmanaged, prepare });
    expect(await off.askPnc("DeleteCertificate", {})).toEqual({ outer: "Accepted", inner: "DeleteCertificate!" });
  });
});

describe("OCSP for what the station shows (GetCertificateStatus)", () => {
  const rounds = ({ csms }: Bench) => csms.pncRequests("GetCertificateStatus").length;

  it("is fetched a minute after the boot and once a week, and kept", async () => {
    const at = await online();
    await at.clock.advance(59_999);
    expect(rounds(at)).toBe(0);
    await at.clock.advance(1);
    expect(at.csms.pncRequests("GetCertificateStatus")).toMatchObject([
      { ocspRequestData: { serialNumber: "1f", responderURL: "http://ocsp" } },
    ]);
    expect(at.station.of("update_ocsp_cache")).toMatchObject([{ ocsp_response: "b2NzcA==" }]);
    await at.clock.advance(604_800_000 - 1);
    expect(rounds(at)).toBe(1);
    await at.clock.advance(1);
    expect(rounds(at)).toBe(2);
  });

  it("keeps the time that the CSMS sets", async () => {
    const at = await online();
    await at.clock.advance(60_000);
    await at.ask("ChangeConfiguration", { key: "OcspRequestInterval", value: "86400" });
    await at.clock.advance(3 * DAY);
    expect(rounds(at)).toBe(4);
  });

  it("rests while the CSMS has turned it off, and begins again a minute after it is on", async () => {
    const at = await online();
    await at.clock.advance(60_000);
    await at.ask("ChangeConfiguration", { key: "ISO15118CertificateManagementEnabled", value: "false" });
    await at.clock.advance(30 * DAY);
    expect(rounds(at)).toBe(1);
    await at.ask("ChangeConfiguration", { key: "ISO15118CertificateManagementEnabled", value: "true" });
    await at.clock.advance(60_000);
    expect(rounds(at)).toBe(2);
  });

  it("is tried again after a day without an answer, or when the CSMS is back", async () => {
    const csms = new FakeCsms();
    csms.pnc.GetCertificateStatus = () => ({ status: "Failed" });
    const at = await online({ csms });
    await at.clock.advance(60_000 + DAY);
    expect(rounds(at)).toBe(2);
    await at.disconnect();
    await at.connect();
    csms.pnc.GetCertificateStatus = () => ({ status: "Accepted", ocspResult: "b2NzcA==" });
    await at.clock.advance(60_000);
    expect(rounds(at)).toBe(3);
    await at.disconnect();
    await at.connect();
    await at.clock.advance(DAY);
    expect(rounds(at)).toBe(3);
  });
});

describe("the security whitepaper's certificates", () => {
  it("the client certificate is looked after in security profile 3 only", async () => {
    for (const [profile, count] of [
      [1, 0],
      [2, 0],
      [3, 1],
    ] as const) {
      const values = { ...unmanaged, "Security.SecurityProfile": profile };
      const at = await online({ values, prepare: leafWithDays(1) });
      await at.clock.advance(60_000);
      expect(at.csms.requests("SignCertificate")).toEqual(Array(count).fill({ csr: "the CSR" }));
      if (count) {
        expect(at.station.of("generate_certificate_signing_request")).toEqual([
          { certificate_type: "CSMS", common: "cp001", organization: "plugcharge", country: "DE", use_tpm: false },
        ]);
      }
    }
  });

  it("both leaves have their turn, one after the other", async () => {
    const at = await online({ values: { "Security.SecurityProfile": 3 }, prepare: leafWithDays(1) });
    await at.clock.advance(60_000);
    expect([asked(at), at.csms.requests("SignCertificate").length]).toEqual([1, 0]);
    await at.askPnc("CertificateSigned", { certificateChain: "chain" });
    expect([asked(at), at.csms.requests("SignCertificate").length]).toEqual([1, 1]);
  });

  it("a signed client certificate is put to use in profile 3", async () => {
    for (const [profile, times] of [
      [1, 0],
      [3, 1],
    ] as const) {
      const at = await online({ values: { "Security.SecurityProfile": profile } });
      expect(await at.ask("CertificateSigned", { certificateChain: "chain" })).toEqual({ status: "Accepted" });
      expect(at.station.of("update_leaf_certificate")).toEqual([
        { certificate_chain: "chain", certificate_type: "CSMS" },
      ]);
      expect(at.station.of("reconnect")).toHaveLength(times);
    }
  });

  it("one that does not fit is refused, and the CSMS hears of it", async () => {
    const at = await online();
    Object.assign(at.station.security, { update_leaf_certificate: () => "InvalidSignature" });
    expect(await at.ask("CertificateSigned", { certificateChain: "chain" })).toEqual({ status: "Rejected" });
    await at.clock.advance(1000);
    expect(at.csms.requests("SecurityEventNotification").at(-1)).toMatchObject({
      ...{ type: "InvalidChargePointCertificate", techInfo: "InvalidSignature" },
    });
  });

  it("roots are installed, listed and deleted", async () => {
    const at = await online();
    const install = (certificateType: "CentralSystemRootCertificate" | "ManufacturerRootCertificate") =>
      at.ask("InstallCertificate", { certificateType, certificate: "PEM" });
    expect(await install("CentralSystemRootCertificate")).toEqual({ status: "Accepted" });
    expect(await install("ManufacturerRootCertificate")).toEqual({ status: "Accepted" });
    expect(at.station.of("install_ca_certificate")).toMatchObject([
      { certificate_type: "CSMS" },
      { certificate_type: "MF" },
    ]);
    for (const [result, status] of [
      ["WriteError", "Failed"],
      ["Expired", "Rejected"],
    ]) {
      Object.assign(at.station.security, { install_ca_certificate: () => result });
      expect(await install("CentralSystemRootCertificate")).toEqual({ status });
    }
    expect(localEvents(at)).toMatchObject([{ type: "InvalidCentralSystemCertificate", info: "Expired" }]);
    const listed = await at.ask("GetInstalledCertificateIds", { certificateType: "ManufacturerRootCertificate" });
    expect(listed).toMatchObject({ status: "Accepted", certificateHashData: [{ serialNumber: "1f" }] });
    const [certificateHashData] = listed.certificateHashData ?? [];
    if (!certificateHashData) expect.unreachable();
    else expect(await at.ask("DeleteCertificate", { certificateHashData })).toEqual({ status: "Accepted" });
    Object.assign(at.station.security, {
      get_installed_certificates: () => ({ status: "Accepted", certificate_hash_data_chain: [] }),
    });
    expect(await at.ask("GetInstalledCertificateIds", { certificateType: "CentralSystemRootCertificate" })).toEqual({
      status: "NotFound",
    });
  });
});

describe("contracts for cars (Get15118EVCertificate)", () => {
  const request = {
    ...{ exi_request: "cmVx", iso15118_schema_version: "urn:iso:15118:2:2013:MsgDef" },
    certificate_action: "Install",
  } as const;
  const failed = { status: "Failed", certificate_action: "Install" };

  it("pass through unchanged", async () => {
    const at = await online();
    expect(await at.chargePoint.certificateForCar(request)).toEqual({
      ...{ status: "Accepted", certificate_action: "Install", exi_response: "ZXhp" },
    });
    expect(at.csms.pncRequests("Get15118EVCertificate")).toEqual([
      { iso15118SchemaVersion: request.iso15118_schema_version, action: "Install", exiRequest: "cmVx" },
    ]);
  });

  it.each<[string, BenchOptions, string]>([
    ["Plug & Charge is switched off", { values: { "PnC.ISO15118PnCEnabled": false } }, "cmVx"],
    ["there is no section PnC", { values: { PnC: undefined } }, "cmVx"],
    ["the car's request is longer than OCPP carries", {}, "x".repeat(5_601)],
  ])("fail while %s, with the reason on the timeline", async (_what, options, exi_request) => {
    const at = await online(options);
    expect(await at.chargePoint.certificateForCar({ ...request, exi_request })).toEqual(failed);
    expect(at.csms.requests("DataTransfer")).toEqual([]);
    expect(at.timeline.entries.at(-1)).toMatchObject({ step: 2, outcome: "refused", fix: expect.any(String) });
  });

  it.each<[string, () => object | Error]>([
    ["refuses", () => ({ status: "Failed", exiResponse: "" })],
    ["stays silent", () => new CallTimeout("DataTransfer", 60_000)],
    ["answers more than fits", () => ({ status: "Accepted", exiResponse: "x".repeat(7_501) })],
  ])("fail when the CSMS %s", async (_what, answer) => {
    const at = await online();
    at.csms.pnc.Get15118EVCertificate = answer;
    expect(await at.chargePoint.certificateForCar(request)).toEqual(failed);
  });
});
