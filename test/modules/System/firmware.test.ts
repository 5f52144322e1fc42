import { generateKeyPairSync, sign } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FirmwareUpdateRequest, FirmwareUpdateStatus } from "../../../src/interfaces/types/system.ts";
import { Firmware, UNSIGNED } from "../../../src/modules/System/firmware.ts";
import { isSigned, metadataBehind, metadataIn } from "../../../src/modules/System/firmwareFile.ts";
import { createPki, type Pki } from "../../../src/pki/index.ts";
import { TransferError } from "../../../src/transport/fileTransfer.ts";
import { silentLogger } from "../../../src/util/log.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { toPem } from "../../../src/x509/certificate.ts";

const file = new TextEncoder().encode(
  "code\n===== BEGIN METADATA =====\n#x=y\ndisable_connectors_during_install=true\n===== END METADATA =====\nmore",
);
const pki: Pki = await createPki({
  clock: { ...new ManualClock(), now: () => Date.UTC(2026, 0, 1) } as never,
  random: cryptoRandom,
  faults: [],
});
const signed: FirmwareUpdateRequest = {
  ...{ request_id: 7, location: "http://csms/firmware" },
  signing_certificate: toPem(pki.members.contract.certificate),
  signature: sign("sha256", file, pki.members.contract.key).toString("base64"),
};
const unsigned: FirmwareUpdateRequest = { request_id: UNSIGNED, location: "http://csms/firmware" };

let clock: ManualClock;
let firmware: Firmware;
let told: string[];
let installed: number[];
/** What the server does, each time it is asked; the last one for ever. */
let server: ("file" | "nothing" | "silence")[];

beforeEach(() => {
  clock = new ManualClock();
  [told, installed, server] = [[], [], ["file"]];
  const download = (_url: string, signal: AbortSignal) => {
    const does = server.length > 1 ? server.shift() : server[0];
    if (does === "file") return Promise.resolve(file);
    if (does === "nothing") return Promise.reject(new TransferError("nothing there"));
    return new Promise<never>((_resolve, reject) =>
      signal.addEventListener("abort", () => reject(new TransferError("end"))),
    );
  };
  firmware = new Firmware({
    ...{ clock, delayFactor: 1, log: silentLogger },
    transfer: { download, upload: () => expect.unreachable("nothing is put") },
    attempts: ({ retries = 1, retry_interval_s = 1 }) => ({ count: retries, intervalMs: retry_interval_s * 1000 }),
    tell: ({ firmware_update_status, request_id, firmware_update_metadata: more }: FirmwareUpdateStatus) => {
      told.push(`${request_id} ${firmware_update_status}${more ? ` ${JSON.stringify(more)}` : ""}`);
    },
    async onInstalled({ request_id }) {
      installed.push(request_id);
    },
  });
});
afterEach(() => firmware.stop());

/** Lets the promises run between the timers as well. */
async function pass(seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed++) await clock.advance(1000);
  await clock.advance(0);
}

describe("a firmware update", () => {
  it("without signature: the states of EVerest, two seconds apart", async () => {
    const request = { ...unsigned, location: "http://csms/firmware#a=b&disable_connectors_during_install=false" };
    expect(firmware.update(request)).toBe("Accepted");
    await pass(0);
    const more = '{"disable_connectors_during_install":false}';
    expect(told).toEqual([`-1 Downloading ${more}`]);
    await pass(3);
    expect(told.at(-1)).toBe(`-1 Downloaded ${more}`);
    await pass(6);
    expect(told.slice(2)).toEqual([`-1 Installing ${more}`, `-1 Installed ${more}`]);
    expect(installed).toEqual([UNSIGNED]);
  });

  it("with signature: checked, with metadata, installed", async () => {
    expect(firmware.update(signed)).toBe("Accepted");
    await pass(20);
    expect(told).toEqual([
      ...["7 Downloading", "7 Downloaded", '7 SignatureVerified {"disable_connectors_during_install":true}'],
      ...["7 Installing", "7 Installed"],
    ]);
    expect(installed).toEqual([7]);
  });

  it("waits for its times", async () => {
    const at = (seconds: number) => new Date(clock.now() + seconds * 1000).toISOString();
    firmware.update({ ...signed, retrieve_timestamp: at(100), install_timestamp: at(200) });
    await pass(90);
    expect(told).toEqual(["7 DownloadScheduled"]);
    await pass(60);
    expect(told.slice(1).map((it) => it.split(" ")[1])).toEqual([
      "Downloading",
      "Downloaded",
      "SignatureVerified",
      "InstallScheduled",
    ]);
    await pass(60);
    expect(told.slice(5)).toEqual(["7 Installing", "7 Installed"]);
  });

  it("is tried again as often as it may be", async () => {
    server = ["nothing", "nothing", "file"];
    firmware.update({ ...unsigned, retries: 3, retry_interval_s: 10 });
    await pass(60);
    expect(told.map((it) => it.split(" ")[1])).toEqual([
      ...["Downloading", "DownloadFailed", "Downloading", "DownloadFailed", "Downloading", "Downloaded"],
      ...["Installing", "Installed"],
    ]);
  });

  it("bad case: gives up after its attempts", async () => {
    server = ["nothing"];
    firmware.update({ ...signed, retries: 2 });
    await pass(60);
    expect(told.map((it) => it.split(" ")[1])).toEqual([
      "Downloading",
      "DownloadFailed",
      "Downloading",
      "DownloadFailed",
    ]);
    expect(installed).toEqual([]);
    expect(firmware.update(signed)).toBe("Accepted");
  });

  it("bad case: a signature that is not that of the file", async () => {
    firmware.update({
      ...signed,
      signature: sign("sha256", file.subarray(1), pki.members.contract.key).toString("base64"),
    });
    await pass(20);
    expect(told.at(-1)).toBe("7 InvalidSignature");
    expect(installed).toEqual([]);
  });

  it("bad case: a signed one without signature or certificate", () => {
    expect(firmware.update({ request_id: 7, location: "http://csms/firmware" })).toBe("Rejected");
    expect(firmware.update({ ...unsigned, request_id: 7, signature: "x" })).toBe("Rejected");
  });

  it("is called off by a new one while it is got, and not while it is installed", async () => {
    server = ["silence", "file"];
    firmware.update(signed);
    await pass(10);
    expect(told).toEqual(["7 Downloading"]);
    expect(firmware.update({ ...signed, request_id: 8 })).toBe("AcceptedCanceled");
    await pass(4);
    expect(told.slice(1).map((it) => it.split(" ")[0])).not.toContain("7");
    await pass(1);
    expect(told.at(-1)).toBe("8 Installing");
    expect(firmware.update({ ...signed, request_id: 9 })).toBe("Rejected");
    await pass(20);
    expect(installed).toEqual([8]);
  });

  it("ends with the station, and says nothing afterwards", async () => {
    server = ["silence"];
    firmware.update(signed);
    await pass(10);
    await firmware.stop();
    await pass(100);
    expect(told).toEqual(["7 Downloading"]);
  });
});

describe("a firmware file", () => {
  it("is signed by the key of the certificate, RSA or EC, or it is not", () => {
    expect(isSigned(file, signed)).toBe(true);
    expect(isSigned(file.subarray(1), signed)).toBe(false);
    for (const wrong of [
      { ...signed, signature: "" },
      { ...signed, signature: "no base64 at all" },
      { ...signed, signing_certificate: "" },
      { ...signed, signing_certificate: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" },
      { ...signed, signing_certificate: toPem(pki.members.oem.certificate) },
    ]) {
      expect(isSigned(file, wrong)).toBe(false);
    }
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    expect(isSigned(file, { ...signed, signature: sign("sha256", file, other).toString("base64") })).toBe(false);
  });

  it("may have metadata", () => {
    expect(metadataIn(file)).toEqual({ disable_connectors_during_install: true });
    expect(metadataIn(new Uint8Array())).toEqual({});
    expect(metadataIn(new TextEncoder().encode("===== BEGIN METADATA =====\nno end"))).toEqual({});
    expect(metadataBehind("http://a/b")).toEqual({});
    expect(metadataBehind("http://a/b#disable_connectors_during_install=true")).toEqual({
      disable_connectors_during_install: true,
    });
  });
});
