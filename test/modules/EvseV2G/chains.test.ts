/** Several V2G roots: the store's chains, the real TLS server, and cars that say whom they trust. */
import { createHash, X509Certificate } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import { evseV2G } from "../../../src/modules/EvseV2G/index.ts";
import { createPki, type Pki } from "../../../src/pki/index.ts";
import { nodeNetwork } from "../../../src/transport/node.ts";
import type { Network } from "../../../src/transport/ports.ts";
import { toBase64, toHex } from "../../../src/util/bytes.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { Timeline } from "../../../src/util/trace.ts";
import { createOcspResponse, exportPrivateKey, ocspCertId, toPem } from "../../../src/x509/index.ts";
import { chainOf, clock, hashOf, openWorld, password, shared } from "../../evseSecurity/world.ts";
import { startUnderTest } from "../../framework/underTest.ts";
import {
  certificateHash,
  type Flight,
  firstFlight,
  helloBody,
  helloRecords,
  keyHash,
  nameOf,
  statusRequest,
  trustedCaKeys,
} from "../../transport/rawHello.ts";
import { commandsOf } from "./support.ts";

const sha1 = (octets: Uint8Array) => new Uint8Array(createHash("sha1").update(octets).digest());
const HOUR = 3600_000;
/** Younger than the shared one, with roots of the same names. */
const young = await createPki({
  clock: new ManualClock(clock.now() + HOUR),
  random: cryptoRandom,
  ocspUrl: "http://127.0.0.1:8889/ocsp",
});
const rootOf = (pki: Pki) => pki.members.v2gRoot.certificate;

type World = Awaited<ReturnType<typeof openWorld>>;

/** A store whose clock has come to both, with both roots; the young leaf's key is there, as after its request. */
async function twoRoots() {
  const now = new ManualClock(clock.now() + 2 * HOUR);
  const world = await openWorld({ clock: now });
  const certificate = toPem(rootOf(young));
  expect(await world.store.install_ca_certificate({ certificate, certificate_type: "V2G" })).toBe("Accepted");
  const key = exportPrivateKey(young.members.secc.key, "traditional", password);
  await writeFile(world.at("client/cso/SECC_LEAF_M01_young.key"), key);
  return { ...world, now };
}

const installYoung = ({ store }: World) =>
  store.update_leaf_certificate({ certificate_chain: chainOf(young, "secc"), certificate_type: "V2G" });

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** The module over the machine's network. */
async function start({ store, now }: World & { now: ManualClock }) {
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
  const timeline = new Timeline(now);
  const module = await startUnderTest(evseV2G({ networkOf: () => network }), {
    config: { device: "lo", enable_sdp_server: false },
    mocks: { security: [commandsOf(store)] },
    ports: { clock: now, trace: timeline },
  });
  closing.push(() => module.station.stop());
  await module.on.charger.call("dlink_ready", { value: true });
  const ask = (...extensions: readonly Uint8Array[]) => firstFlight(port, helloRecords(helloBody(...extensions)));
  return { ...module, timeline, ask };
}

const leafOf = ({ certificates: [leaf] }: Flight) => leaf && new X509Certificate(leaf).fingerprint256;
const seccOf = (pki: Pki) => new X509Certificate(pki.members.secc.certificate.der).fingerprint256;
const trusts = (...pkis: readonly Pki[]) => trustedCaKeys(...pkis.map((pki) => certificateHash(sha1(rootOf(pki).der))));

describe("Given leaves below two V2G roots", () => {
  it("Then a car sees the one below the root that it names, and else the one that began last", async () => {
    const world = await twoRoots();
    expect(await installYoung(world)).toBe("Accepted");
    const { ask, timeline } = await start(world);
    expect(leafOf(await ask(trusts(shared)))).toBe(seccOf(shared));
    expect(leafOf(await ask(trusts(young)))).toBe(seccOf(young));
    expect(leafOf(await ask())).toBe(seccOf(young));
    expect(leafOf(await ask(trusts(shared, young)))).toBe(seccOf(young));
    const decisions = timeline.entries.filter(({ kind }) => kind === "decision");
    expect(decisions.map(({ title }) => title)).toEqual([
      expect.stringMatching(/below CN=V2GRootCA.*, which it trusts$/),
      expect.stringMatching(/which it trusts$/),
      expect.stringMatching(/: it does not say whom it trusts$/),
      expect.stringMatching(/which it trusts$/),
    ]);
  });

  it.each<[string, (pki: Pki) => Uint8Array]>([
    ["the root key's bit string, as RFC 6066 has it", (pki) => keyHash(sha1(rootOf(pki).publicKeyBits))],
    ["the root key's SubjectPublicKeyInfo, as EVerest has it", (pki) => keyHash(sha1(rootOf(pki).spki))],
    ["a sub-CA", (pki) => certificateHash(sha1(pki.members.cpoSub1.certificate.der))],
    ["the root's certificate", (pki) => certificateHash(sha1(rootOf(pki).der))],
  ])("Then a car may name it by %s", async (_, authority) => {
    const world = await twoRoots();
    await installYoung(world);
    const { ask } = await start(world);
    expect(leafOf(await ask(trustedCaKeys(authority(shared))))).toBe(seccOf(shared));
    expect(leafOf(await ask(trustedCaKeys(authority(young))))).toBe(seccOf(young));
  });

  it("Then a name that both roots have gives the one that began last", async () => {
    const world = await twoRoots();
    await installYoung(world);
    const { ask } = await start(world);
    expect(leafOf(await ask(trustedCaKeys(nameOf(rootOf(shared).subject.der))))).toBe(seccOf(young));
  });

  it("Then a car that trusts neither gets the first, and the timeline says what to do", async () => {
    const world = await twoRoots();
    await installYoung(world);
    const { ask, timeline } = await start(world);
    const stranger = new Uint8Array(20).fill(7);
    expect(leafOf(await ask(trustedCaKeys(certificateHash(stranger))))).toBe(seccOf(young));
    expect(timeline.entries.find(({ kind }) => kind === "decision")).toMatchObject({
      title: expect.stringMatching(/not among those that it trusts$/),
      fix: expect.stringContaining("below one of the EV's"),
      detail: { named: 1, trusted_ca_keys: [`cert_sha1_hash ${toHex(stranger)}`] },
    });
  });

  it("Then each is stapled its own OCSP response", async () => {
    const world = await twoRoots();
    await installYoung(world);
    const responses = new Map<Pki, string>();
    for (const pki of [shared, young]) {
      const response = ocspFor(pki, world.now.now());
      responses.set(pki, toHex(response));
      const [issuer] = pki.chain("secc");
      if (!issuer) throw new TypeError("no issuer");
      const certificate_hash_data = hashOf(pki.members.secc.certificate, issuer);
      await world.store.update_ocsp_cache({ certificate_hash_data, ocsp_response: toBase64(response) });
    }
    const { ask } = await start(world);
    for (const pki of [shared, young]) {
      const { ocsp } = await ask(trusts(pki), statusRequest);
      expect(ocsp && toHex(ocsp)).toBe(responses.get(pki));
    }
    expect((await ask(trusts(young))).ocsp).toBeUndefined();
  });

  it("Then a leaf that comes or goes shows with the next car, without a restart", async () => {
    const world = await twoRoots();
    const { ask, mock } = await start(world);
    expect(leafOf(await ask(trusts(young)))).toBe(seccOf(shared));
    expect(await installYoung(world)).toBe("Accepted");
    mock.security[0]?.publish("certificate_store_update", { operation: "Installed", leaf_certificate_type: "V2G" });
    await expect.poll(async () => leafOf(await ask(trusts(young)))).toBe(seccOf(young));
    const [issuer] = shared.chain("secc");
    if (!issuer) throw new TypeError("no issuer");
    const certificate_hash_data = hashOf(shared.members.secc.certificate, issuer);
    expect(await world.store.delete_certificate({ certificate_hash_data })).toBe("Accepted");
    mock.security[0]?.publish("certificate_store_update", { operation: "Deleted", leaf_certificate_type: "V2G" });
    await expect.poll(async () => leafOf(await ask(trusts(shared)))).toBe(seccOf(young));
  });

  it("bad case: one whose key is gone does not keep the other from being served", async () => {
    const world = await twoRoots();
    await installYoung(world);
    const { ask } = await start(world);
    expect(leafOf(await ask())).toBe(seccOf(young));
    const all = await world.store.get_all_valid_certificates_info({ certificate_type: "V2G", include_ocsp: true });
    for (const { key } of all.info.slice(0, 1)) await rename(key, `${key}.gone`);
    const again = await start(world);
    expect(leafOf(await again.ask())).toBe(seccOf(shared));
  });
});

describe("Given leaves of both editions below one root", () => {
  it("Then ISO 15118-2 is served with the P-256 one, also when the P-521 one is younger", async () => {
    const edition20 = await createPki({
      clock: new ManualClock(clock.now() + HOUR),
      random: cryptoRandom,
      ocspUrl: "http://127.0.0.1:8889/ocsp",
      profile: "iso20",
    });
    const world = await twoRoots();
    const certificate = toPem(rootOf(edition20));
    await world.store.install_ca_certificate({ certificate, certificate_type: "V2G" });
    const key = exportPrivateKey(edition20.members.secc.key, "traditional", password);
    await writeFile(world.at("client/cso/SECC_LEAF_M01_20.key"), key);
    const certificate_chain = chainOf(edition20, "secc");
    expect(await world.store.update_leaf_certificate({ certificate_chain, certificate_type: "V2G" })).toBe("Accepted");
    const { ask, logged } = await start(world);
    expect(leafOf(await ask())).toBe(seccOf(shared));
    expect(logged).toEqual([expect.stringContaining("its certificate is of P-521, not of P-256")]);
  });
});

function ocspFor(pki: Pki, time: number): Uint8Array {
  const [issuer] = pki.chain("secc");
  const signer = pki.ocspSigners.find((candidate) => candidate.issuer === issuer);
  if (!issuer || !signer) throw new TypeError("no responder");
  const certId = ocspCertId(pki.members.secc.certificate, issuer, "SHA256");
  return createOcspResponse({
    answers: [{ status: "good", certId, thisUpdate: time, nextUpdate: time + HOUR }],
    signer,
    certificates: [signer.certificate],
    producedAt: time,
  });
}
