import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { EvseSecurity } from "../../../src/modules/EvseSecurity/index.ts";
import { createPki, type Pki, writePki } from "../../../src/pki/index.ts";
import { nodeFiles } from "../../../src/util/files.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { certificateHashData, toPem } from "../../../src/x509/index.ts";
import { startUnderTest, type UnderTest } from "../../framework/underTest.ts";

let module: UnderTest<typeof EvseSecurity.manifest>;
let dir = "";
afterEach(async () => {
  await module.station.stop();
  await rm(dir, { recursive: true });
});

async function start(pki?: Pki) {
  dir = await mkdtemp(join(tmpdir(), "plugcharge-module-"));
  if (pki) await writePki(pki, { files: nodeFiles, dir, password: "123456", audiences: ["station"] });
  module = await startUnderTest(EvseSecurity, {
    config: { private_key_password: "123456" },
    env: { certsDir: dir, shareDir: dir },
  });
  await module.heard();
  return module.on.main;
}

const pki = await createPki({ clock: new ManualClock(), random: cryptoRandom });

describe("Given EvseSecurity with EVerest's default paths", () => {
  test("When it starts without certificates, Then the log says what is missing and where to put it", async () => {
    const main = await start();
    expect(module.logged.join()).toContain(`${join(dir, "client/cso")}: there is no SECC certificate`);
    const info = { certificate_type: "V2G", encoding: "PEM", include_ocsp: true } as const;
    expect(await main.call("get_leaf_certificate_info", info)).toEqual({ status: "NotFound" });
  });
  test("When it has certificates, Then a TLS server gets its files by the interface", async () => {
    const main = await start(pki);
    expect(module.logged).toEqual([]);
    const info = { certificate_type: "V2G", encoding: "PEM", include_ocsp: true } as const;
    const answer = await main.call("get_all_valid_certificates_info", info);
    expect(answer.info[0]).toMatchObject({ key: join(dir, "client/cso/SECC_LEAF.key"), password: "123456" });
  });
  test("When a root is installed and deleted, Then certificate_store_update says so each time", async () => {
    const main = await start(pki);
    const other = await createPki({ clock: module.clock, random: cryptoRandom });
    const root = other.members.moRoot.certificate;
    const install = { certificate: toPem(root), certificate_type: "MO" } as const;
    expect(await main.call("install_ca_certificate", install)).toBe("Accepted");
    const { issuerNameHash, issuerKeyHash, serialNumber } = certificateHashData(root, root);
    const certificate_hash_data = {
      hash_algorithm: "SHA256",
      issuer_name_hash: issuerNameHash,
      issuer_key_hash: issuerKeyHash,
      serial_number: serialNumber,
    } as const;
    expect(await main.call("delete_certificate", { certificate_hash_data })).toBe("Accepted");
    expect(await module.heard()).toEqual([
      'main.certificate_store_update {"operation":"Installed","ca_certificate_type":"MO"}',
      'main.certificate_store_update {"operation":"Deleted","ca_certificate_type":"MO"}',
    ]);
  });
  test("When a request is never answered, Then its key is gone after an hour and a garbage round", async () => {
    const main = await start();
    const request = { certificate_type: "V2G", country: "DE", organization: "A", common: "S", use_tpm: false } as const;
    await main.call("generate_certificate_signing_request", request);
    const keys = async () => (await nodeFiles.list(join(dir, "client/cso"))).filter((name) => name.endsWith(".key"));
    await module.clock.advance(3600_000 - 1);
    await main.call("get_verify_file", { certificate_type: "V2G" });
    expect(await keys()).toHaveLength(1);
    await module.clock.advance(1200_000);
    await main.call("get_verify_file", { certificate_type: "V2G" });
    expect(await keys()).toHaveLength(0);
  });
});
