import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Car, CarSession, checkCharger, type Outcome } from "../../src/evcc/index.ts";
import { createPki, type Pki } from "../../src/pki/index.ts";
import { iso2Protocol } from "../../src/secc/handshake.ts";
import type { SeccOptions } from "../../src/secc/secc.ts";
import { Secc } from "../../src/secc/secc.ts";
import { chooseLink, type Link } from "../../src/transport/interfaces.ts";
import { memoryNetwork } from "../../src/transport/memory.ts";
import { nodeNetwork } from "../../src/transport/node.ts";
import type { Network } from "../../src/transport/ports.ts";
import { systemClock } from "../../src/util/clock.ts";
import { silentLogger } from "../../src/util/log.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { Timeline } from "../../src/util/trace.ts";
import { toPem } from "../../src/x509/certificate.ts";
import { exportPrivateKey } from "../../src/x509/keys.ts";
import { evse, settings } from "./fixtures.ts";
import { link as loopback, type Manager, obliging } from "./world.ts";

let pki: Pki;
beforeAll(async () => {
  pki = await createPki({ clock: systemClock, random: cryptoRandom });
});
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Setting {
  readonly network: Network;
  readonly link: Link;
  readonly roots?: readonly Pki["members"]["v2gRoot"]["certificate"][];
  readonly manager?: Manager;
  readonly tlsSecurity?: SeccOptions["tlsSecurity"];
  readonly tls?: "none" | "required";
}

function car(): Car {
  const { certificate, key } = pki.members.contract;
  return {
    EVCCID: Uint8Array.of(2, 0, 0, 0, 0, 1),
    mode: "AC_three_phase_core",
    payment: { enforced: false },
    contract: {
      eMAID: certificate.subject.CN ?? "",
      chain: [certificate, ...pki.chain("contract")].map(({ der }) => der),
      key,
    },
    limits: { voltage: 400, maxCurrent: 16, minCurrent: 6 },
    energyAmount: 22_000,
    services: { internet: false, allDetails: true, selectAll: false },
    pace: { ongoing: 10, loop: 10 },
  };
}

async function session({ network, link, roots, manager = obliging, tlsSecurity = "allow", tls = "required" }: Setting) {
  const timeline = new Timeline(systemClock);
  const published: string[] = [];
  const { certificate, key } = pki.members.secc;
  const credentials = { chain: toPem(certificate, ...pki.chain("secc")), key: exportPrivateKey(key, "pkcs8") };
  let driver: CarSession | undefined;
  const secc: Secc = new Secc({
    network,
    clock: systemClock,
    random: cryptoRandom,
    log: silentLogger,
    trace: timeline,
    sdpPort: 0,
    tlsSecurity,
    tls: { handshakeMs: 5000 },
    protocols: [iso2Protocol],
    settings,
    closeAtOnce: false,
    maxConnections: 4,
    checkContract: async () => ({ result: "unchecked" }),
    serviceParameters: async () => undefined,
    perform: (effect) => {
      if (effect.to === "services") return;
      published.push(effect.name);
      manager(effect, secc);
    },
  });
  await secc.open(link, [credentials]);
  closing.push(() => secc.close());
  secc.update(evse);
  secc.dlinkReady(true);
  driver = new CarSession(
    { car: car(), link, sdpPort: secc.sdpPort ?? 0, sdpCycles: 1, tls },
    {
      network,
      clock: systemClock,
      trace: timeline,
      verifyCharger: (shown) =>
        checkCharger({ shown, roots: roots ?? [pki.members.v2gRoot.certificate], time: systemClock.now() }),
      publish: ({ name, value }) => {
        if (name === "ev_power_ready" && value === true) driver?.stop("enough for a test");
      },
    },
  );
  const outcome: Outcome = await driver.finished;
  return { outcome, published, timeline, secc };
}

const messages = ({ entries }: Timeline) => entries.filter(({ kind }) => kind === "message").map(({ title }) => title);

describe("the SECC and the car", () => {
  const real: Setting = { network: nodeNetwork(), link: chooseLink("lo") };
  const multicast = chooseLink("auto");

  it("charge by Plug & Charge over real UDP and TLS", async () => {
    const { outcome, published, timeline } = await session(real);
    expect(outcome).toMatchObject({ ended: "completed" });
    expect(published).toContain("require_auth_pnc");
    expect(published.slice(-3)).toEqual(["ac_close_contactor", "ac_open_contactor", "dlink_terminate"]);
    const seen = messages(timeline);
    expect(seen.slice(0, 6)).toEqual([
      "SECCDiscoveryReq",
      "SECCDiscoveryRes",
      "supportedAppProtocolReq",
      "supportedAppProtocolRes",
      "SessionSetupReq",
      "SessionSetupRes",
    ]);
    expect(seen.slice(-4)).toEqual(["PowerDeliveryReq", "PowerDeliveryRes", "SessionStopReq", "SessionStopRes"]);
  });

  it.runIf(multicast.mode === "multicast")("charge over a real interface, found by multicast", async () => {
    const { outcome } = await session({ network: nodeNetwork(), link: multicast });
    expect(outcome).toMatchObject({ ended: "completed" });
  });

  it("charge over a network in memory that cuts every message", async () => {
    const shown = [pki.members.secc.certificate, ...pki.chain("secc")].map(({ der }) => der);
    const network = memoryNetwork({ cut: 7, certificates: { chain: shown } });
    const { outcome } = await session({ network, link: loopback });
    expect(outcome).toMatchObject({ ended: "completed" });
  });

  it("charge without TLS by external payment", async () => {
    const { outcome, published } = await session({ ...real, tls: "none" });
    expect(outcome).toMatchObject({ ended: "completed" });
    expect(published).toContain("require_auth_eim");
    expect(published).not.toContain("require_auth_pnc");
  });

  it("bad case: the car does not know the root", async () => {
    const { outcome, published } = await session({ ...real, roots: [pki.members.moRoot.certificate] });
    expect(outcome).toMatchObject({ ended: "charger not trusted" });
    expect(published).not.toContain("evcc_id");
  });

  it("bad case: the contract was revoked", async () => {
    const { outcome, published } = await session({
      ...real,
      manager: (effect, secc) => {
        if (effect.to !== "charger" || effect.name !== "require_auth_pnc") return;
        const revoked = { authorization_status: "Invalid", certificate_status: "CertificateRevoked" } as const;
        secc.apply({ type: "authorization_response", ...revoked });
      },
    });
    expect(outcome.ended).not.toBe("completed");
    expect(outcome.reason).toContain("FAILED_CertificateRevoked");
    expect(published).not.toContain("ac_close_contactor");
  });
});
