import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openStore, resolvePaths } from "../../../src/evseSecurity/index.ts";
import type { Commands } from "../../../src/framework/interface.ts";
import type { ISO15118_vas } from "../../../src/interfaces/ISO15118_vas.ts";
import { physicalValue } from "../../../src/iso15118/physicalValue.ts";
import { evseV2G } from "../../../src/modules/EvseV2G/index.ts";
import { createPki, type Pki, requireFault, writePki } from "../../../src/pki/index.ts";
import { memoryNetwork } from "../../../src/transport/memory.ts";
import { nodeNetwork } from "../../../src/transport/node.ts";
import type { Network } from "../../../src/transport/ports.ts";
import { toBase64 } from "../../../src/util/bytes.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { UserError } from "../../../src/util/errors.ts";
import { nodeFiles } from "../../../src/util/files.ts";
import { silentLogger } from "../../../src/util/log.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { Timeline } from "../../../src/util/trace.ts";
import { certificateHashData, createOcspResponse, ocspCertId } from "../../../src/x509/index.ts";
import { startUnderTest } from "../../framework/underTest.ts";
import { code, TestEv } from "../../secc/world.ts";
import { commandsOf } from "./support.ts";

const TLS_PORT = 64109;
const TCP_PORT = 61341;

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "plugcharge-evsev2g-"));
});
afterAll(() => rm(folder, { recursive: true }));

const made = new Map<string, Promise<{ pki: Pki; certsDir: string }>>();

async function makePki(faults: readonly string[]) {
  const certsDir = join(folder, String(count++));
  const options = { clock: new ManualClock(), random: cryptoRandom, ocspUrl: "http://ocsp.example" };
  const pki = await createPki({ ...options, faults: faults.map(requireFault) });
  await writePki(pki, { files: nodeFiles, dir: certsDir, password: "123456", audiences: ["station"] });
  return { pki, certsDir };
}

/** A station's certificates with the real store over them; `own` for who changes the files. */
async function world({ faults = [], own = false }: { faults?: readonly string[]; own?: boolean } = {}) {
  const key = faults.join();
  const making = (!own && made.get(key)) || makePki(faults);
  if (!own) made.set(key, making);
  const { pki, certsDir } = await making;
  const clock = new ManualClock();
  const store = await openStore({
    paths: resolvePaths({}, certsDir),
    password: "123456",
    ...{ files: nodeFiles, clock, random: cryptoRandom, log: silentLogger },
  });
  return { clock, certsDir, pki, store };
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Setting {
  readonly faults?: readonly string[];
  readonly own?: boolean;
  readonly config?: object;
  readonly network?: Network;
  readonly vas?: Commands<typeof ISO15118_vas>[];
  readonly payment?: readonly string[];
  readonly central?: boolean;
}

/** The module with its store and what EvseManager tells it at start and plug-in. */
async function start(setting: Setting = {}) {
  const { config = {}, network = memoryNetwork(), vas = [] } = setting;
  const certificates = await world(setting);
  const { clock, store } = certificates;
  const timeline = new Timeline(clock);
  const frames: unknown[] = [];
  const module = await startUnderTest(evseV2G({ networkOf: () => network, capture: (frame) => frames.push(frame) }), {
    config: { device: "lo", verify_contract_cert_chain: true, ...config },
    mocks: { security: [commandsOf(store)], iso15118_vas: vas },
    ports: { clock, trace: timeline, simulation: { delayFactor: 0 } },
  });
  closing.push(() => module.station.stop());
  const { charger } = module.on;
  await charger.call("setup", { evse_id: { evse_id: "DE*PNX*E1" }, sae_j2847_mode: "None", debug_mode: false });
  await charger.call("update_energy_transfer_modes", { supported_energy_transfer_modes: ["AC_three_phase_core"] });
  await charger.call("session_setup", {
    payment_options: (setting.payment ?? ["Contract", "ExternalPayment"]) as ["Contract"],
    supported_certificate_service: true,
    central_contract_validation_allowed: setting.central ?? false,
  });
  await charger.call("update_ac_maximum_limits", {
    maximum_limits: { charge_power: { total: 22_080, L1: 7360, L2: 7360, L3: 7360 } },
  });
  await charger.call("dlink_ready", { value: true });
  await module.heard();
  return { ...module, ...certificates, timeline, network, frames, charger };
}
type Started = Awaited<ReturnType<typeof start>>;

async function connect(of: Started, security: "tls" | "none" = "tls"): Promise<TestEv> {
  const ev = await TestEv.connectTo(of.network, security === "tls" ? TLS_PORT : TCP_PORT, security);
  await ev.agree();
  await ev.ask("SessionSetupReq");
  return ev;
}

/** Shows the contract of a PKI; gives PaymentDetailsRes. */
async function showContract(of: Started, ev: TestEv, pki: Pki = of.pki) {
  await ev.ask("ServiceDiscoveryReq");
  await ev.ask("PaymentServiceSelectionReq");
  const { certificate } = pki.members.contract;
  return ev.ask("PaymentDetailsReq", {
    eMAID: certificate.subject.CN ?? "",
    ContractSignatureCertChain: {
      Certificate: certificate.der,
      SubCertificates: { Certificate: pki.chain("contract").map(({ der }) => der) },
    },
  });
}

const challengeOf = (answer: Awaited<ReturnType<TestEv["ask"]>>) =>
  answer?.name === "PaymentDetailsRes" ? answer.message.GenChallenge : new Uint8Array(0);

describe("a contract", () => {
  it("is checked against the MO root, handed on with the hashes for OCSP, and authorised", async () => {
    const of = await start();
    const ev = await connect(of);
    const details = await showContract(of, ev);
    expect(code(details)).toBe("OK");
    const asked = ev.ask("AuthorizationReq", { GenChallenge: challengeOf(details) }, of.pki.members.contract.key);
    const said = await of.heard();
    const token = said.find((line) => line.startsWith("charger.require_auth_pnc"));
    const {
      id_token,
      iso15118CertificateHashData: hashes,
      certificate,
    } = JSON.parse(token?.split(" ").slice(1).join(" ") ?? "{}");
    expect(id_token).toEqual({ value: "UKSWI123456791A", type: "eMAID" });
    const [issuer] = of.pki.chain("contract");
    if (!issuer) throw new TypeError("no issuer");
    const hash = certificateHashData(of.pki.members.contract.certificate, issuer);
    expect(hashes[0]).toEqual({ ...hash, responderURL: "http://ocsp.example" });
    expect(hashes).toHaveLength(3);
    expect(certificate.match(/BEGIN CERTIFICATE/g)).toHaveLength(3);
    await of.charger.call("authorization_response", {
      authorization_status: "Accepted",
      certificate_status: "Accepted",
    });
    expect(await asked).toMatchObject({ message: { ResponseCode: "OK", EVSEProcessing: "Finished" } });
    expect(of.timeline.entries.map(({ title }) => title)).toContainEqual(
      expect.stringMatching(/^contract chain checked against .*CN=MORootCA.*: ok$/),
    );
  });

  it.each([
    ["contract:expired", false, "FAILED_CertificateExpired"],
    ["contract:expired", true, "FAILED_CertificateExpired"],
    ["contract:unknown-root", false, "FAILED_CertificateNotAllowedAtThisEVSE"],
    ["contract:unknown-root", true, "OK"],
    ["contract:wrong-dc", true, "FAILED_CertChainError"],
    ["mo:expired", true, "FAILED_CertificateExpired"],
  ])("bad case: %s, central validation %s: %s", async (fault, central, expected) => {
    const of = await start({ faults: [fault], central });
    const ev = await connect(of);
    expect(code(await showContract(of, ev))).toBe(expected);
    if (expected !== "OK")
      expect(of.timeline.entries.at(-2)).toMatchObject({ outcome: "refused", fix: expect.any(String) });
  });

  it("bad case: no root at all", async () => {
    const of = await start({ own: true });
    // Without a root there would be no connection either.
    const ev = await connect(of);
    for (const type of ["mo/MO_ROOT_CA.pem", "v2g/V2G_ROOT_CA.pem"]) await rm(join(of.certsDir, "ca", type));
    expect(code(await showContract(of, ev))).toBe("FAILED_NoCertificateAvailable");
  });

  it("is not looked at when that is switched off; the CSMS decides", async () => {
    const of = await start({ faults: ["contract:expired"], config: { verify_contract_cert_chain: false } });
    const ev = await connect(of);
    expect(code(await showContract(of, ev))).toBe("OK");
  });

  it("is installed by the CSMS, octet by octet as it says", async () => {
    const of = await start();
    const ev = await connect(of);
    await ev.ask("ServiceDiscoveryReq");
    await ev.ask("PaymentServiceSelectionReq");
    await ev.send(ev.encode("CertificateInstallationReq"));
    const [said] = (await of.heard()).filter((line) => line.startsWith("extensions.iso15118_certificate_request"));
    expect(said).toContain('"certificate_action":"Install"');
    const exi = ev.encode("ServiceDiscoveryReq");
    await of.on.extensions.call("set_get_certificate_response", {
      certificate_response: { status: "Accepted", exi_response: toBase64(exi), certificate_action: "Install" },
    });
    expect(await ev.next()).toEqual(exi);
  });

  it("is passed on up to the size that the interface allows", async () => {
    const of = await start();
    const ev = await connect(of);
    await ev.ask("ServiceDiscoveryReq");
    await ev.ask("PaymentServiceSelectionReq");
    await ev.send(ev.encode("CertificateInstallationReq"));
    await of.heard();
    const exi_response = toBase64(new Uint8Array(4200).fill(0xa5));
    expect(exi_response).toHaveLength(5600);
    await of.on.extensions.call("set_get_certificate_response", {
      certificate_response: { status: "Accepted", exi_response, certificate_action: "Install" },
    });
    expect(toBase64((await ev.next()) ?? new Uint8Array())).toBe(exi_response);
  });

  it.each([5_604, 8_192, 100_000])(
    "bad case: %s characters are refused, and the car hears FAILED in time",
    async (size) => {
      const of = await start();
      const ev = await connect(of);
      await ev.ask("ServiceDiscoveryReq");
      await ev.ask("PaymentServiceSelectionReq");
      const asked = ev.ask("CertificateInstallationReq");
      await of.heard();
      const answer = { status: "Accepted", exi_response: "A".repeat(size), certificate_action: "Install" } as const;
      await expect(
        of.on.extensions.call("set_get_certificate_response", { certificate_response: answer }),
      ).rejects.toThrow();
      await of.clock.advance(4_500);
      expect(code(await asked)).toBe("FAILED");
    },
  );

  it.each([
    ["a refusal", { status: "Failed" }],
    ["what is no base64", { status: "Accepted", exi_response: "%%%" }],
    ["no message", { status: "Accepted" }],
  ] as const)("bad case: the CSMS answers an installation with %s", async (_what, response) => {
    const of = await start();
    const ev = await connect(of);
    await ev.ask("ServiceDiscoveryReq");
    await ev.ask("PaymentServiceSelectionReq");
    const asked = ev.ask("CertificateInstallationReq");
    await of.heard();
    await of.on.extensions.call("set_get_certificate_response", {
      certificate_response: { ...response, certificate_action: "Install" },
    });
    expect(code(await asked)).toBe("FAILED");
  });
});

describe("the station's own certificate", () => {
  it("bad case: without one there is plain TCP only, and it says why; a new one is served at once", async () => {
    const of = await start({ own: true });
    await of.station.stop();
    const key = join(of.certsDir, "client/cso/SECC_LEAF.key");
    const kept = await readFile(key);
    await rm(key);
    const network = memoryNetwork();
    const again = await startUnderTest(evseV2G({ networkOf: () => network }), {
      config: { device: "lo" },
      mocks: { security: [commandsOf(of.store)] },
      ports: { clock: of.clock },
    });
    closing.push(() => again.station.stop());
    expect(again.logged).toEqual([expect.stringContaining("no TLS towards EVs: there is no SECC certificate")]);
    await expect(TestEv.connectTo(network, TLS_PORT)).rejects.toMatchObject({ reason: "refused" });
    await nodeFiles.write(key, kept, 0o600);
    again.mock.security[0]?.publish("certificate_store_update", {
      operation: "Installed",
      leaf_certificate_type: "V2G",
    });
    await expect
      .poll(() =>
        TestEv.connectTo(network, TLS_PORT).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
  });

  it("bad case: tls_security force without a certificate: nothing listens", async () => {
    const of = await start({ config: { tls_security: "force" }, faults: ["secc:expired"] });
    await expect(TestEv.connectTo(of.network, TCP_PORT, "none")).rejects.toMatchObject({ reason: "refused" });
    await expect(TestEv.connectTo(of.network, TLS_PORT)).rejects.toMatchObject({ reason: "refused" });
    expect(of.timeline.entries[0]).toMatchObject({ step: 0, outcome: "refused", fix: expect.any(String) });
  });

  it.each([
    ["secc:wrong-curve", "its certificate is of P-384, not of P-256"],
    ["secc:key-usage", "it lacks the key usage digitalSignature"],
    ["secc:wrong-key", "PrivateKeyNotFound"],
  ])("bad case: %s: no EV is shown what no EV could use", async (fault, sentence) => {
    const of = await start({ faults: [fault] });
    await expect(TestEv.connectTo(of.network, TLS_PORT)).rejects.toMatchObject({ reason: "refused" });
    expect(of.timeline.entries[0]?.title).toContain("no TLS towards EVs: ");
    expect(of.timeline.entries[0]?.title).toContain(sentence);
  });

  it("is shown over real TLS with the OCSP response of the cache, and session keys are kept for their owner", async () => {
    const { pki, store, clock } = await world({ own: true });
    const [issuer] = pki.chain("secc");
    const signer = pki.ocspSigners.find((candidate) => candidate.issuer === issuer);
    if (!issuer || !signer) throw new TypeError("no responder");
    const leaf = pki.members.secc.certificate;
    const response = createOcspResponse({
      answers: [
        {
          status: "good",
          certId: ocspCertId(leaf, issuer, "SHA256"),
          thisUpdate: clock.now(),
          nextUpdate: clock.now() + 1e6,
        },
      ],
      signer,
      certificates: [signer.certificate],
      producedAt: clock.now(),
    });
    const hash = certificateHashData(leaf, issuer);
    await store.update_ocsp_cache({
      certificate_hash_data: {
        hash_algorithm: hash.hashAlgorithm,
        issuer_name_hash: hash.issuerNameHash,
        issuer_key_hash: hash.issuerKeyHash,
        serial_number: hash.serialNumber,
      },
      ocsp_response: toBase64(response),
    });
    const real = nodeNetwork(systemClock);
    let port = 0;
    const network: Network = {
      ...real,
      listen: async (options) => {
        const server = await real.listen({ ...options, port: 0 });
        if (options.tls) port = server.port;
        return server;
      },
    };
    const logs = join(folder, "keys");
    await nodeFiles.makeFolder(logs);
    const module = await startUnderTest(evseV2G({ networkOf: () => network }), {
      config: { device: "lo", enable_sdp_server: false, tls_key_logging: true, tls_key_logging_path: logs },
      mocks: { security: [commandsOf(store)] },
      ports: { clock },
    });
    closing.push(() => module.station.stop());
    let stapled: Uint8Array | undefined;
    const stream = await real.connect({
      host: "::1",
      port,
      timeoutMs: 3000,
      tls: {
        requestOCSP: true,
        verify: ({ ocsp }) => {
          stapled = ocsp;
          return { ok: true };
        },
      },
    });
    expect(stapled && toBase64(stapled)).toBe(toBase64(response));
    stream.destroy();
    const file = join(logs, "tls_session_keys.log");
    await expect.poll(() => readFile(file, "utf8").catch(() => "")).toContain("CLIENT_RANDOM");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });
});

describe("the network", () => {
  it("bad case: it cannot be had: an error is raised, tried again each second, and cleared", async () => {
    const inner = memoryNetwork();
    let failures = 2;
    const network: Network = {
      ...inner,
      openDatagrams: (options) =>
        failures-- > 0 ? Promise.reject(new UserError("Port 15118 on :: is in use.")) : inner.openDatagrams(options),
    };
    const of = await start({ network });
    expect(of.said).toContain("charger error generic/CommunicationFault Active");
    await expect(TestEv.connectTo(network, TCP_PORT, "none")).rejects.toMatchObject({ reason: "refused" });
    await of.clock.advance(1000);
    await expect.poll(() => failures).toBe(0);
    await of.clock.advance(1000);
    await expect.poll(() => of.said).toContain("charger error generic/CommunicationFault ClearedByModule");
    expect(of.clock.monotonic()).toBe(2000);
    expect(of.said.filter((line) => line.endsWith("CommunicationFault Active"))).toHaveLength(1);
    const ev = await connect(of);
    expect(await ev.ask("ServiceDiscoveryReq")).toMatchObject({
      message: { PaymentOptionList: { PaymentOption: ["Contract", "ExternalPayment"] } },
    });
  });

  it("bad case: no such device, and it stops trying when it is stopped", async () => {
    const of = await start({ config: { device: "nosuch0" } });
    expect(of.said).toContain("charger error generic/CommunicationFault Active");
    await of.station.stop();
    await of.clock.advance(0);
    expect(of.clock.pending).toBe(0);
  });

  it("keeps every frame for who wants them", async () => {
    const of = await start();
    await connect(of);
    expect(of.frames).toHaveLength(4);
  });
});

describe("what EvseManager says", () => {
  it("reaches the EV: name, modes, voltage, limits", async () => {
    const of = await start();
    await of.charger.call("set_charging_parameters", { physical_values: { ac_nominal_voltage: 400 } });
    await of.charger.call("update_ac_maximum_limits", { maximum_limits: { charge_power: { total: 12_800 } } });
    const ev = await connect(of);
    const details = await showContract(of, ev);
    const asked = ev.ask("AuthorizationReq", { GenChallenge: challengeOf(details) }, of.pki.members.contract.key);
    await of.heard();
    await of.charger.call("authorization_response", {
      authorization_status: "Accepted",
      certificate_status: "Accepted",
    });
    await asked;
    expect(await ev.ask("ChargeParameterDiscoveryReq")).toMatchObject({
      message: {
        EVSEProcessing: "Finished",
        AC_EVSEChargeParameter: { EVSENominalVoltage: physicalValue(400, "V"), EVSEMaxCurrent: physicalValue(32, "A") },
      },
    });
    const power = ev.ask("PowerDeliveryReq");
    expect(await of.heard()).toContain("charger.ac_close_contactor null");
    await of.charger.call("ac_contactor_closed", { status: true });
    expect(code(await power)).toBe("OK");
    await of.charger.call("update_meter_info", {
      powermeter: {
        timestamp: "2026-01-01T00:00:10.000Z",
        meter_id: "YETI",
        energy_Wh_import: { total: 1234.5 },
        signed_meter_value: { signed_meter_data: "AQID", signing_method: "ECDSA", encoding_method: "" },
      },
    });
    await of.charger.call("stop_charging", { stop: true });
    expect(await ev.ask("ChargingStatusReq")).toMatchObject({
      message: {
        EVSEID: "DE*PNX*E1",
        MeterInfo: {
          ...{ MeterID: "YETI", MeterReading: 1235, TMeter: 1_767_225_610 },
          SigMeterReading: new Uint8Array([1, 2, 3]),
        },
        AC_EVSEStatus: { EVSENotification: "StopCharging" },
      },
    });
    expect(await of.heard()).toEqual([]);
  });

  it("send_error of a residual current forbids to begin, reset_error allows it again", async () => {
    const of = await start({ payment: ["ExternalPayment"] });
    await of.charger.call("send_error", { error: "Error_RCD" });
    await of.charger.call("reset_error");
    await of.charger.call("send_error", { error: "Error_EmergencyShutdown" });
    const ev = await TestEv.connectTo(of.network, TLS_PORT);
    await ev.agree();
    expect(code(await ev.ask("SessionSetupReq"))).toBe("FAILED");
  });

  it("update_supported_app_protocols: says whether all are spoken", async () => {
    const of = await start();
    const update = (...app_protocols: ("DIN70121" | "ISO15118D2" | "ISO15118D20")[]) =>
      of.charger.call("update_supported_app_protocols", { supported_app_protocols: { app_protocols } });
    expect(await update("ISO15118D2")).toBe(true);
    expect(await update("DIN70121", "ISO15118D2")).toBe(true);
    expect(await update("ISO15118D2", "ISO15118D20")).toBe(false);
    expect(await update()).toBe(true);
    const ev = await TestEv.connectTo(of.network, TLS_PORT);
    expect(await ev.agree()).toEqual({ ResponseCode: "Failed_NoNegotiation" });
  });

  it.each([
    [{}, ["DIN70121", "ISO15118D2"]],
    [{ supported_DIN70121: false }, ["ISO15118D2"]],
    [{ supported_ISO15118_2: false }, ["DIN70121"]],
  ])("says which protocols there are with %j", async (config, app_protocols) => {
    const of = await start({ config });
    expect(of.said[0]).toBe(`charger.supported_app_protocols_secc ${JSON.stringify({ app_protocols })}`);
  });

  it("bad case: an EVSE id that is too long", async () => {
    const of = await start();
    await of.charger.call("setup", {
      evse_id: { evse_id: "X".repeat(38) },
      sae_j2847_mode: "None",
      debug_mode: false,
    });
    expect(of.logged).toEqual([expect.stringContaining("37 characters")]);
  });

  it("bad case: energy transfer modes of which ISO 15118-2 has none leave what was on offer", async () => {
    const of = await start();
    await of.charger.call("update_energy_transfer_modes", { supported_energy_transfer_modes: ["AC_BPT"] });
    expect(of.logged).toEqual([expect.stringContaining("none of these")]);
    const ev = await connect(of);
    expect(await ev.ask("ServiceDiscoveryReq")).toMatchObject({
      message: {
        ChargeService: { SupportedEnergyTransferMode: { EnergyTransferMode: ["AC_three_phase_core"] } },
      },
    });
  });

  it("dlink_ready(false) ends everything", async () => {
    const of = await start();
    const ev = await connect(of);
    await of.charger.call("dlink_ready", { value: false });
    await ev.closed;
  });
});

describe("value added services", () => {
  const chosen: unknown[] = [];
  const provider: Commands<typeof ISO15118_vas> = {
    get_service_parameters: () => [
      {
        set_id: 1,
        parameters: [
          { name: "Protocol", value: { finite_string: "https" } },
          { name: "Port", value: { int_value: 443 } },
        ],
      },
    ],
    selected_services: ({ selected_services }) => {
      chosen.push(...selected_services);
      return null;
    },
  };

  it("of a provider are offered, described and chosen; charging stays ours", async () => {
    const of = await start({ vas: [provider] });
    of.mock.iso15118_vas[0]?.publish("offered_vas", {
      services: [
        { service_id: 1 },
        { service_id: 2 },
        { service_id: 3 },
        { service_id: 99, service_name: "Coffee", free_service: false },
      ],
    });
    await of.heard();
    const ev = await connect(of, "none");
    expect(await ev.ask("ServiceDiscoveryReq")).toMatchObject({
      message: {
        ServiceList: {
          Service: [
            { ServiceID: 3, ServiceName: "InternetAccess", ServiceCategory: "Internet", FreeService: true },
            { ServiceID: 99, ServiceName: "Coffee", ServiceCategory: "OtherCustom", FreeService: false },
          ],
        },
      },
    });
    expect(await ev.ask("ServiceDetailReq", { ServiceID: 99 })).toMatchObject({
      message: {
        ServiceParameterList: {
          ParameterSet: [
            {
              ParameterSetID: 1,
              Parameter: [
                { "@Name": "Protocol", stringValue: "https" },
                { "@Name": "Port", intValue: 443 },
              ],
            },
          ],
        },
      },
    });
    await ev.ask("PaymentServiceSelectionReq", {
      SelectedPaymentOption: "ExternalPayment",
      SelectedServiceList: { SelectedService: [{ ServiceID: 1 }, { ServiceID: 99, ParameterSetID: 1 }] },
    });
    await of.heard();
    expect(chosen).toEqual([{ service_id: 99, parameter_set_id: 1 }]);
  });

  it("bad case: a provider that fails has no parameters, and the session goes on", async () => {
    const failing = { ...provider, get_service_parameters: () => Promise.reject(new TypeError("broken")) };
    const of = await start({ vas: [failing] });
    of.mock.iso15118_vas[0]?.publish("offered_vas", { services: [{ service_id: 99 }] });
    await of.heard();
    const ev = await connect(of, "none");
    await ev.ask("ServiceDiscoveryReq");
    expect(await ev.ask("ServiceDetailReq", { ServiceID: 99 })).toEqual({
      name: "ServiceDetailRes",
      message: { ResponseCode: "OK", ServiceID: 99 },
    });
  });
});
