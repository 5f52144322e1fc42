/** Certificates: roots and leaves through the CSMS, OCSP, contracts for cars, security events. */
import { describe, expect, it } from "vitest";
import { CallTimeout } from "../../../src/rpc/errors.ts";
import type { FakeStation } from "../fakeStation.ts";
import { type Bench, bench, FakeCsms } from "../support.ts";

const subject = {
  "ISO15118Ctrlr.SeccId": "SECC1",
  "ISO15118Ctrlr.OrganizationName": "CPO",
  "ISO15118Ctrlr.CountryName": "DE",
};
const managed = { ...subject, "ISO15118Ctrlr.V2GCertificateInstallationEnabled": "true" };

async function online(options: Parameters<typeof bench>[0] = {}): Promise<Bench> {
  const at = bench(options);
  await at.connect();
  return at;
}

const leafWithDays = (days: number) => (station: FakeStation) => {
  Object.assign(station.security, { get_leaf_expiry_days_count: () => days });
};
const asked = ({ csms }: Bench) => csms.requests("SignCertificate").length;
const events = ({ csms }: Bench) => csms.requests("SecurityEventNotification").map(({ type }) => type);

describe("the SECC's own leaf", () => {
  it("is renewed in time: with 29 days left, a minute after the boot and not before", async () => {
    const at = await online({ values: managed, prepare: leafWithDays(29) });
    await at.clock.advance(59_999);
    expect(asked(at)).toBe(0);
    await at.clock.advance(1);
    expect(at.csms.requests("SignCertificate")).toEqual([{ csr: "the CSR", certificateType: "V2GCertificate" }]);
    expect(at.station.of("generate_certificate_signing_request")).toEqual([
      { certificate_type: "V2G", common: "SECC1", organization: "CPO", country: "DE", use_tpm: false },
    ]);
  });

  it("is left alone with 30 days, and when the CSMS is not to look after it", async () => {
    for (const [values, days] of [
      [managed, 30],
      [subject, 5],
    ] as const) {
      const at = await online({ values, prepare: leafWithDays(days) });
      await at.clock.advance(24 * 3_600_000);
      expect(asked(at)).toBe(0);
    }
  });

  it("is looked at again every twelve hours, and after a reconnect", async () => {
    let days = 31;
    const at = await online({
      values: { ...managed, "SecurityCtrlr.CertSigningRepeatTimes": undefined },
      prepare: (station) => Object.assign(station.security, { get_leaf_expiry_days_count: () => days }),
    });
    await at.clock.advance(60_000);
    days = 10;
    await at.clock.advance(43_199_000);
    expect(asked(at)).toBe(0);
    await at.clock.advance(1_000);
    expect(asked(at)).toBe(1);
    await at.disconnect();
    await at.connect();
    await at.clock.advance(60_000);
    expect(asked(at)).toBe(2);
  });

  it("is asked for again with a new key after 30 and 60 seconds, three times in all, and then given up aloud", async () => {
    const at = await online({ values: managed, prepare: leafWithDays(0) });
    await at.clock.advance(60_000);
    expect(asked(at)).toBe(1);
    await at.clock.advance(29_999);
    expect(asked(at)).toBe(1);
    await at.clock.advance(1);
    expect(asked(at)).toBe(2);
    await at.clock.advance(59_999);
    expect(asked(at)).toBe(2);
    await at.clock.advance(1);
    expect(asked(at)).toBe(3);
    await at.clock.advance(3_600_000);
    expect(asked(at)).toBe(3);
    expect(at.station.of("generate_certificate_signing_request")).toHaveLength(3);
    expect(at.station.published("security_event")).toContainEqual(
      expect.objectContaining({ type: "CertificateNotSigned" }),
    );
    const fault = at.timeline.entries.find(({ kind, step }) => kind === "fault" && step === 0);
    expect(fault?.title).toMatch(/CN=SECC1, O=CPO, C=DE/);
    expect(fault?.fix).toMatch(/ISO15118Ctrlr.SeccId/);
  });

  it.each([
    ["rejects", { status: "Rejected" } as const],
    ["stays silent", new CallTimeout("SignCertificate", 60_000)],
  ])("Given the CSMS %s, then that is told, and the next check asks again", async (_name, answer) => {
    const at = await online({ values: managed, prepare: leafWithDays(3) });
    at.csms.script.SignCertificate = () => answer;
    await at.clock.advance(60_000);
    expect(at.station.published("security_event")).toContainEqual(
      expect.objectContaining({ type: "SignCertificateRejected", info: expect.stringMatching(/CN=SECC1/) }),
    );
    // The old leaf stays: nothing was put in its place.
    expect(at.station.of("update_leaf_certificate")).toEqual([]);
    await at.clock.advance(43_200_000);
    expect(asked(at)).toBe(2);
  });

  it("Given a subject that the CSMS corrects, then it is asked for a minute later", async () => {
    const at = await online({ values: managed, prepare: leafWithDays(3) });
    at.csms.script.SignCertificate = () => ({ status: "Rejected" });
    await at.clock.advance(60_000);
    const SeccId = { component: { name: "ISO15118Ctrlr" }, variable: { name: "SeccId" }, attributeValue: "SECC2" };
    await at.ask("SetVariables", { setVariableData: [SeccId] });
    await at.clock.advance(60_000);
    expect(at.station.of("generate_certificate_signing_request")).toMatchObject([
      { common: "SECC1" },
      { common: "SECC2" },
    ]);
  });

  it("Given a subject without a value, then that is told with the variables", async () => {
    const at = await online({ values: { ...managed, "ISO15118Ctrlr.SeccId": undefined }, prepare: leafWithDays(3) });
    await at.clock.advance(60_000);
    expect(asked(at)).toBe(0);
    expect(at.timeline.entries.find(({ kind }) => kind === "fault")?.fix).toMatch(/Give ISO15118Ctrlr.SeccId/);
  });

  it("is put into its place when it comes, which ends the asking and refreshes OCSP", async () => {
    const at = await online({ values: managed, prepare: leafWithDays(3) });
    await at.clock.advance(60_000);
    const rounds = at.csms.requests("GetCertificateStatus").length;
    const answer = await at.ask("CertificateSigned", { certificateChain: "chain", certificateType: "V2GCertificate" });
    expect(answer).toEqual({ status: "Accepted" });
    expect(at.station.of("update_leaf_certificate")).toEqual([{ certificate_chain: "chain", certificate_type: "V2G" }]);
    expect(at.csms.requests("GetCertificateStatus").length).toBe(rounds + 1);
    await at.clock.advance(3_600_000);
    expect(asked(at)).toBe(1);
  });

  it("of the connection to the CSMS is put to use", async () => {
    const at = await online();
    expect(await at.ask("CertificateSigned", { certificateChain: "chain" })).toEqual({ status: "Accepted" });
    expect(at.station.of("update_leaf_certificate")).toEqual([
      { certificate_chain: "chain", certificate_type: "CSMS" },
    ]);
    expect(at.station.of("reconnect")).toHaveLength(1);
  });

  it("bad case: a certificate that does not fit is refused and told of", async () => {
    const at = await online({ values: managed });
    Object.assign(at.station.security, { update_leaf_certificate: () => "InvalidSignature" });
    expect(await at.ask("CertificateSigned", { certificateChain: "chain" })).toMatchObject({
      status: "Rejected",
      statusInfo: { additionalInfo: "InvalidSignature" },
    });
    await at.settle();
    expect(at.csms.requests("SecurityEventNotification").at(-1)).toMatchObject({
      type: "InvalidChargingStationCertificate",
      techInfo: "InvalidSignature",
    });
  });

  it("bad case: no key can be made: the CSMS hears of it, and the next try is free", async () => {
    const at = await online({ values: managed });
    Object.assign(at.station.security, { generate_certificate_signing_request: () => ({ status: "KeyGenError" }) });
    await at.ask("TriggerMessage", { requestedMessage: "SignV2GCertificate" });
    expect([asked(at), events(at).at(-1)]).toEqual([0, "CSRGenerationFailed"]);
    const broken = () => Promise.reject(new RangeError("the store is gone"));
    Object.assign(at.station.security, { generate_certificate_signing_request: broken });
    expect(await at.ask("TriggerMessage", { requestedMessage: "SignV2GCertificate" })).toEqual({ status: "Accepted" });
    expect(await at.ask("TriggerMessage", { requestedMessage: "SignV2GCertificate" })).toEqual({ status: "Accepted" });
  });

  it("can be asked for by the CSMS, one at a time and only with a name to put in", async () => {
    const reason = async (at: Bench, requestedMessage: "SignV2GCertificate" | "SignChargingStationCertificate") => {
      const { status, statusInfo } = await at.ask("TriggerMessage", { requestedMessage });
      return [status, statusInfo?.reasonCode].filter(Boolean).join(" ");
    };
    expect(await reason(await online({ values: subject }), "SignV2GCertificate")).toBe("Rejected NotEnabled");
    const nameless = await online({ values: { "ISO15118Ctrlr.V2GCertificateInstallationEnabled": "true" } });
    expect(await reason(nameless, "SignV2GCertificate")).toBe("Rejected MissingDevModelInfo");
    const at = await online({ values: managed });
    expect(await reason(at, "SignChargingStationCertificate")).toBe("Accepted");
    expect(at.station.of("generate_certificate_signing_request")).toMatchObject([
      { certificate_type: "CSMS", common: "012345678", organization: "plugcharge" },
    ]);
    expect(await reason(at, "SignV2GCertificate")).toBe("Rejected Unspecified");
  });

  it("the client certificate is looked after in security profile 3 only", async () => {
    for (const [profile, count] of [
      ["1", 0],
      ["3", 1],
    ] as const) {
      const at = await online({
        values: { ...subject, "SecurityCtrlr.SecurityProfile": profile },
        prepare: leafWithDays(1),
      });
      await at.clock.advance(61_000);
      expect(
        at.csms.requests("SignCertificate").filter((r) => r.certificateType === "ChargingStationCertificate"),
      ).toHaveLength(count);
    }
  });
});

describe("OCSP for what the station shows (M06)", () => {
  const hour = 3_600_000;
  const rounds = ({ csms }: Bench) => csms.requests("GetCertificateStatus").length;

  it("is fetched at the boot and once a week, and kept", async () => {
    const at = await online();
    expect(rounds(at)).toBe(1);
    expect(at.station.of("update_ocsp_cache")).toMatchObject([{ ocsp_response: "b2NzcA==" }]);
    await at.clock.advance(167 * hour - 1);
    expect(rounds(at)).toBe(1);
    await at.clock.advance(1);
    expect(rounds(at)).toBe(2);
  });

  it("is tried again after a day when one certificate had no answer; the others got theirs", async () => {
    const csms = new FakeCsms();
    const one = { hash_algorithm: "SHA256", issuer_name_hash: "a", issuer_key_hash: "b" } as const;
    const hashes = ["01", "02", "03"].map((serial_number) => ({
      certificate_hash_data: { ...one, serial_number },
      responder_url: "http://ocsp",
    }));
    csms.script.GetCertificateStatus = ({ ocspRequestData }) =>
      ocspRequestData.serialNumber === "01" ? { status: "Failed" } : { status: "Accepted", ocspResult: "b2s=" };
    const at = await online({
      csms,
      prepare: (station) =>
        Object.assign(station.security, {
          get_v2g_ocsp_request_data: () => ({ ocsp_request_data_list: [...hashes, {}] }),
        }),
    });
    expect([rounds(at), at.station.of("update_ocsp_cache").length]).toEqual([3, 2]);
    await at.clock.advance(24 * hour);
    expect(rounds(at)).toBe(6);
  });
});

describe("roots by the CSMS (M03 to M05)", () => {
  it("are installed by kind, with every answer", async () => {
    const at = await online();
    const install = (certificateType: "MORootCertificate" | "CSMSRootCertificate" | "ManufacturerRootCertificate") =>
      at.ask("InstallCertificate", { certificateType, certificate: "PEM" });
    expect(await install("MORootCertificate")).toEqual({ status: "Accepted" });
    expect(await install("ManufacturerRootCertificate")).toEqual({ status: "Accepted" });
    expect(at.station.of("install_ca_certificate")).toEqual([
      { certificate: "PEM", certificate_type: "MO" },
      { certificate: "PEM", certificate_type: "MF" },
    ]);
    for (const [result, status] of [
      ["WriteError", "Failed"],
      ["Expired", "Rejected"],
    ] as const) {
      Object.assign(at.station.security, { install_ca_certificate: () => result });
      expect(await install("MORootCertificate")).toMatchObject({ status, statusInfo: { additionalInfo: result } });
    }
    // Not critical, so it stays in the station.
    expect(events(at)).toEqual(["StartupOfTheDevice"]);
    expect(at.station.published("security_event")).toContainEqual(
      expect.objectContaining({ type: "ReconfigurationOfSecurityParameters" }),
    );
  });

  it("of CSMS and maker may be kept from change over an unsecured connection", async () => {
    const values = {
      "InternalCtrlr.AllowCSMSRootCertInstallWithUnsecureConnection": "false",
      "InternalCtrlr.AllowMFRootCertInstallWithUnsecureConnection": "false",
    };
    for (const [profile, status] of [
      ["1", "Rejected"],
      ["2", "Accepted"],
    ] as const) {
      const at = await online({ values: { ...values, "SecurityCtrlr.SecurityProfile": profile } });
      for (const certificateType of ["CSMSRootCertificate", "ManufacturerRootCertificate"] as const) {
        expect(await at.ask("InstallCertificate", { certificateType, certificate: "PEM" })).toMatchObject({ status });
      }
      expect(await at.ask("InstallCertificate", { certificateType: "V2GRootCertificate", certificate: "PEM" })).toEqual(
        {
          status: "Accepted",
        },
      );
    }
  });

  it("are listed and deleted", async () => {
    const at = await online();
    const certificateHashData = {
      hashAlgorithm: "SHA256",
      issuerNameHash: "aa".repeat(32),
      issuerKeyHash: "bb".repeat(32),
      serialNumber: "1f",
    } as const;
    expect(await at.ask("GetInstalledCertificateIds", {})).toEqual({
      status: "Accepted",
      certificateHashDataChain: [{ certificateType: "ManufacturerRootCertificate", certificateHashData }],
    });
    expect(at.station.of("get_installed_certificates")).toEqual([
      {
        certificate_types: [
          "V2GRootCertificate",
          "MORootCertificate",
          "CSMSRootCertificate",
          "V2GCertificateChain",
          "MFRootCertificate",
        ],
      },
    ]);
    expect(await at.ask("DeleteCertificate", { certificateHashData })).toEqual({ status: "Accepted" });
    expect(at.station.of("delete_certificate")).toMatchObject([{ certificate_hash_data: { serial_number: "1f" } }]);
    Object.assign(at.station.security, {
      delete_certificate: () => "NotFound",
      get_installed_certificates: () => ({ status: "NotFound", certificate_hash_data_chain: [] }),
    });
    expect(await at.ask("DeleteCertificate", { certificateHashData })).toEqual({ status: "NotFound" });
    expect(await at.ask("GetInstalledCertificateIds", { certificateType: ["MORootCertificate"] })).toEqual({
      status: "NotFound",
    });
  });
});

describe("contracts for cars (M01, M02)", () => {
  const request = {
    exi_request: "cmVx",
    iso15118_schema_version: "urn:iso:15118:2:2013:MsgDef",
    certificate_action: "Install",
  } as const;

  it("pass through unchanged", async () => {
    const at = await online();
    expect(await at.chargePoint.certificateForCar(request)).toEqual({
      status: "Accepted",
      certificate_action: "Install",
      exi_response: "ZXhp",
    });
    expect(at.csms.requests("Get15118EVCertificate")).toEqual([
      { iso15118SchemaVersion: request.iso15118_schema_version, action: "Install", exiRequest: "cmVx" },
    ]);
  });

  it("are renewed by the same way (M02)", async () => {
    const at = await online();
    const update = { ...request, certificate_action: "Update" } as const;
    expect(await at.chargePoint.certificateForCar(update)).toMatchObject({
      status: "Accepted",
      certificate_action: "Update",
    });
    expect(at.csms.requests("Get15118EVCertificate")).toMatchObject([{ action: "Update", exiRequest: "cmVx" }]);
  });

  it.each([
    ["5,600 characters, the most that OCPP allows", "A".repeat(5600), "Accepted"],
    ["8,192 characters", "A".repeat(8192), "Failed"],
    ["100,000 characters", "A".repeat(100_000), "Failed"],
    ["what is no base64, which is for the car's side to see", "%%%", "Accepted"],
  ])("come with %s", async (_, exiResponse, status) => {
    const at = await online();
    at.csms.script.Get15118EVCertificate = () => ({ status: "Accepted", exiResponse });
    const answer = await at.chargePoint.certificateForCar(request);
    expect(answer).toEqual({
      status,
      certificate_action: "Install",
      ...(status === "Accepted" && { exi_response: exiResponse }),
    });
    if (status === "Failed") {
      expect(at.timeline.entries.at(-1)).toMatchObject({
        outcome: "refused",
        title: expect.stringContaining("no contract for the car"),
      });
    }
  });

  it("may be refused, with or without words for the car", async () => {
    const at = await online();
    at.csms.script.Get15118EVCertificate = () => ({ status: "Failed", exiResponse: "" });
    expect(await at.chargePoint.certificateForCar(request)).toEqual({
      status: "Failed",
      certificate_action: "Install",
    });
  });

  it("fail with the reason on the timeline: switched off, offline, refused", async () => {
    const failed = { status: "Failed", certificate_action: "Install" };
    const off = await online({ values: { "ISO15118Ctrlr.ContractCertificateInstallationEnabled": "false" } });
    expect(await off.chargePoint.certificateForCar(request)).toEqual(failed);
    expect(off.csms.requests("Get15118EVCertificate")).toEqual([]);
    expect(off.timeline.entries.at(-1)?.fix).toMatch(/ContractCertificateInstallationEnabled/);
    const at = await online();
    await at.disconnect();
    expect(await at.chargePoint.certificateForCar(request)).toEqual(failed);
    expect(at.timeline.entries.at(-1)).toMatchObject({
      step: 2,
      outcome: "refused",
      title: expect.stringMatching(/no connection/),
    });
  });
});

describe("security events (A04)", () => {
  it("reach the CSMS when they are critical, also those of before the connection, shortened", async () => {
    const at = bench();
    at.chargePoint.securityEvent({ type: "TamperDetectionActivated", info: "x".repeat(300) });
    at.chargePoint.securityEvent({ type: "MaintenanceDone" });
    at.chargePoint.securityEvent({ type: "MaintenanceDone", critical: true, timestamp: "2026-01-01T00:00:00.000Z" });
    await at.connect();
    expect(at.csms.requests("SecurityEventNotification")).toMatchObject([
      { type: "StartupOfTheDevice" },
      { type: "TamperDetectionActivated", techInfo: "x".repeat(255) },
      { type: "MaintenanceDone", timestamp: "2026-01-01T00:00:00.000Z" },
    ]);
    expect(at.station.published("security_event")).toHaveLength(4);
  });
});
