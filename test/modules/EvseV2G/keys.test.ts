import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type CertificateStore, openStore, resolvePaths } from "../../../src/evseSecurity/index.ts";
import { evseV2G } from "../../../src/modules/EvseV2G/index.ts";
import { manifest } from "../../../src/modules/EvseV2G/manifest.ts";
import { createPki, type Pki, requireFault, writePki } from "../../../src/pki/index.ts";
import { memoryNetwork } from "../../../src/transport/memory.ts";
import type { Network, TlsServerOptions } from "../../../src/transport/ports.ts";
import { nodeFiles } from "../../../src/util/files.ts";
import { silentLogger } from "../../../src/util/log.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { startUnderTest } from "../../framework/underTest.ts";
import { code, TestEv } from "../../secc/world.ts";
import { testKeys } from "../keyTable.ts";
import { commandsOf } from "./support.ts";

type Config = Readonly<Record<string, unknown>>;
const TLS_PORT = 64109;
const TCP_PORT = 61341;

const dir = mkdtempSync(join(tmpdir(), "plugcharge-v2gkeys-"));
const clock = new ManualClock();
let store: CertificateStore;
/** Its contract has expired. */
let pki: Pki;
beforeAll(async () => {
  pki = await createPki({ clock, random: cryptoRandom, faults: [requireFault("contract:expired")] });
  await writePki(pki, { files: nodeFiles, dir, password: "123456", audiences: ["station"] });
  store = await openStore({
    ...{ paths: resolvePaths({}, dir), password: "123456", files: nodeFiles },
    ...{ clock, random: cryptoRandom, log: silentLogger },
  });
  const tuple = { SAScheduleTupleID: 1, entries: [{ from: "00:00", EPriceLevel: 1 }] };
  writeFileSync(join(dir, "schedules.json"), JSON.stringify({ SAScheduleTuple: [tuple] }));
});
afterAll(() => rmSync(dir, { recursive: true }));

/** The module on a network in memory; stops it at the end. */
async function at<T>(config: Config, look: (v2g: Awaited<ReturnType<typeof start>>) => T | Promise<T>): Promise<T> {
  const v2g = await start(config);
  try {
    return await look(v2g);
  } finally {
    await v2g.station.stop();
  }
}

async function start(config: Config) {
  const plain = memoryNetwork();
  const opened: { tls?: TlsServerOptions; sdp: number[] } = { sdp: [] };
  const network: Network = {
    ...plain,
    listen(options) {
      if (options.tls) opened.tls = options.tls;
      return plain.listen(options);
    },
    openDatagrams(options) {
      opened.sdp.push(options.port);
      return plain.openDatagrams(options);
    },
  };
  const written: string[] = [];
  const files = { ...nodeFiles, write: async (path: string) => void written.push(path) };
  const own = new ManualClock();
  const module = await startUnderTest(evseV2G({ networkOf: () => network }), {
    config: { device: "lo", ...config },
    mocks: { security: [commandsOf(store)] },
    ports: { clock: own, files, simulation: { delayFactor: 0 } },
    env: { certsDir: dir, shareDir: dir },
  });
  const { charger } = module.on;
  await charger.call("update_energy_transfer_modes", { supported_energy_transfer_modes: ["AC_three_phase_core"] });
  await charger.call("session_setup", {
    payment_options: ["Contract", "ExternalPayment"],
    ...{ supported_certificate_service: true, central_contract_validation_allowed: false },
  });
  await charger.call("dlink_ready", { value: true });
  await module.heard();
  return { ...module, clock: own, network, opened, written };
}
type Started = Awaited<ReturnType<typeof start>>;

async function inSession({ network }: Started, security: "tls" | "none"): Promise<TestEv> {
  const ev = await TestEv.connectTo(network, security === "tls" ? TLS_PORT : TCP_PORT, security);
  await ev.agree();
  await ev.ask("SessionSetupReq");
  return ev;
}

/** Connections that are taken. */
async function open({ network }: Started): Promise<string[]> {
  const taken = async (port: number, security: "tls" | "none") => {
    try {
      (await TestEv.connectTo(network, port, security)).stream.destroy();
      return [security];
    } catch {
      return [];
    }
  };
  return [...(await taken(TLS_PORT, "tls")), ...(await taken(TCP_PORT, "none"))];
}

async function showContract(of: Started) {
  const ev = await inSession(of, "tls");
  await ev.ask("ServiceDiscoveryReq");
  await ev.ask("PaymentServiceSelectionReq");
  const { certificate } = pki.members.contract;
  const details = await ev.ask("PaymentDetailsReq", {
    eMAID: certificate.subject.CN ?? "",
    ContractSignatureCertChain: {
      Certificate: certificate.der,
      SubCertificates: { Certificate: pki.chain("contract").map(({ der }) => der) },
    },
  });
  return { ev, details };
}

/** What AuthorizationReq is answered in the end, when nobody decides for ten seconds. */
async function undecided(of: Started, ev: TestEv, challenge?: Uint8Array) {
  const { key } = pki.members.contract;
  let last: string | undefined;
  for (let second = 0; second < 10 && last !== "FAILED"; second++) {
    const asked = challenge
      ? ev.ask("AuthorizationReq", { GenChallenge: challenge }, key)
      : ev.ask("AuthorizationReq", { GenChallenge: undefined as never });
    await of.heard();
    await of.clock.advance(1000);
    last = code(await asked);
  }
  return last;
}

const protocols = (config: Config) =>
  at(config, ({ said }) => {
    const line = said.find((one) => one.startsWith("charger.supported_app_protocols_secc"));
    return line?.match(/\[.*\]/)?.[0];
  });

/** Whether it starts, or why not. */
async function starts(config: Config): Promise<string> {
  try {
    return await at(config, () => "starts");
  } catch (error) {
    return String((error as Error).message).replace(/.*did not start: /, "");
  }
}

testKeys("EvseV2G", manifest, {
  device: {
    from: "lo",
    to: "nope0",
    show: (config) => at(config, ({ said }) => said.includes("charger error generic/CommunicationFault Active")),
    sees: [false, true],
  },
  supported_DIN70121: { to: false, show: protocols, sees: ['["DIN70121","ISO15118D2"]', '["ISO15118D2"]'] },
  supported_ISO15118_2: { to: false, show: protocols, sees: ['["DIN70121","ISO15118D2"]', '["DIN70121"]'] },
  tls_security: { to: "force", show: (config) => at(config, open), sees: [["tls", "none"], ["tls"]] },
  terminate_connection_on_failed_response: {
    to: true,
    show: (config) =>
      at(config, async (of) => {
        const ev = await inSession(of, "none");
        await ev.ask("ServiceDetailReq", { ServiceID: 77 });
        await of.clock.advance(100);
        return Promise.race([ev.closed.then(() => "closed"), of.heard().then(() => "open")]);
      }),
    sees: ["open", "closed"],
  },
  tls_key_logging: {
    to: true,
    show: (config) => at(config, ({ opened }) => opened.tls?.onKeyLog !== undefined),
    sees: [false, true],
  },
  tls_key_logging_path: {
    besides: { tls_key_logging: true },
    to: "/var/log/keys",
    show: (config) =>
      at(config, async ({ opened, written, heard }) => {
        opened.tls?.onKeyLog?.(new TextEncoder().encode("CLIENT_RANDOM 00 00\n"));
        await heard();
        return written;
      }),
    sees: [["/tmp/tls_session_keys.log"], ["/var/log/keys/tls_session_keys.log"]],
  },
  tls_timeout: {
    to: 3000,
    show: (config) => at(config, ({ opened }) => opened.tls?.handshakeMs),
    sees: [15_000, 3000],
  },
  verify_contract_cert_chain: {
    to: true,
    show: (config) => at(config, async (of) => code((await showContract(of)).details)),
    sees: ["OK", "FAILED_CertificateExpired"],
  },
  auth_timeout_pnc: {
    to: 5,
    show: (config) =>
      at(config, async (of) => {
        const { ev, details } = await showContract(of);
        const challenge = details?.name === "PaymentDetailsRes" ? details.message.GenChallenge : undefined;
        return undecided(of, ev, challenge);
      }),
    sees: ["OK", "FAILED"],
  },
  auth_timeout_eim: {
    to: 5,
    show: (config) =>
      at(config, async (of) => {
        const ev = await inSession(of, "none");
        await ev.ask("ServiceDiscoveryReq");
        await ev.ask("PaymentServiceSelectionReq", { SelectedPaymentOption: "ExternalPayment" });
        return undecided(of, ev);
      }),
    sees: ["OK", "FAILED"],
  },
  free_service: {
    to: true,
    show: (config) =>
      at(config, async (of) => {
        const answer = await (await inSession(of, "none")).ask("ServiceDiscoveryReq");
        return answer?.name === "ServiceDiscoveryRes" && answer.message.ChargeService.FreeService;
      }),
    sees: [false, true],
  },
  schedules: { to: "missing.json", show: starts, sees: ["starts", "the file cannot be read (ENOENT)"] },
  sales_tariff_key: {
    besides: { schedules: "schedules.json" },
    to: "missing.pem",
    show: starts,
    sees: ["starts", "the file cannot be read (ENOENT)"],
  },
  sales_tariff_key_password: {
    besides: { schedules: "schedules.json", sales_tariff_key: "client/cso/SECC_LEAF.key" },
    to: "123456",
    show: starts,
    sees: ["the key is encrypted and there is no password for it", "starts"],
  },
  enable_sdp_server: {
    to: false,
    show: (config) => at(config, ({ opened }) => opened.sdp),
    sees: [[15118], []],
  },
  publish_telemetry_only_on_change: {
    to: false,
    show: (config) =>
      at(config, ({ logged }) => logged.some((line) => line.startsWith("publish_telemetry_only_on_change is"))),
    sees: [false, true],
  },
});
