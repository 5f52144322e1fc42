import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { Contract } from "../../../src/evcc/index.ts";
import { type ContractRequestName, contractRefusal } from "../../../src/iso15118/contractMessages.ts";
import { iso2, messageOf } from "../../../src/iso15118/iso2/index.ts";
import { readContract, storeContract } from "../../../src/modules/PyEvJosev/certificates.ts";
import { carOver } from "../../../src/modules/PyEvJosev/index.ts";
import { createPki, type Pki } from "../../../src/pki/pki.ts";
import { requireFault } from "../../../src/pki/testPki.ts";
import { writePki } from "../../../src/pki/write.ts";
import { memoryNetwork } from "../../../src/transport/memory.ts";
import { type Files, nodeFiles } from "../../../src/util/files.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { Timeline } from "../../../src/util/trace.ts";
import { encodeFrame, payloadType } from "../../../src/v2gtp/header.ts";
import { parseCertificate, samePublicKey } from "../../../src/x509/index.ts";
import { SessionID } from "../../evcc/fixtures.ts";
import { delivery, derOf, type Order } from "../../evcc/provisioning.ts";
import { type Script, scriptedCharger } from "../../evcc/scriptedCharger.ts";
import { startUnderTest } from "../../framework/underTest.ts";

const day = 24 * 3600_000;
const begin = Date.UTC(2026, 0, 1);
const order = {
  EnergyTransferMode: "AC_three_phase_core",
  SelectedPaymentOption: { payment_option: "Contract", enforce_payment_option: false },
  DepartureTime: 86400,
  EAmount: 11000,
} as const;

const root = await mkdtemp(join(tmpdir(), "plugcharge-contract-"));
afterAll(() => rm(root, { recursive: true }));

function newPki(eMAID: string, ...faults: string[]): Promise<Pki> {
  const clock = new ManualClock(begin);
  return createPki({ clock, random: cryptoRandom, eMAID, faults: faults.map(requireFault) });
}
const pki = await newPki("DEABCC11111111");
/** Another contract, for the same car. */
const other = await newPki("DEABCC22222222");
const deliverOther: Order = {
  pki,
  contractKey: other.members.contract.key,
  change: { contractChain: derOf(other, "contract"), eMAID: "DEABCC22222222" },
};

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A car's folder, as it was built: without a contract when that is said. */
async function folder(of: Pki = pki, contract: "with contract" | "without" = "without"): Promise<string> {
  const dir = await mkdtemp(join(root, "car-"));
  await writePki(of, { files: nodeFiles, dir, password: "123456", audiences: ["car"] });
  if (contract === "without") {
    for (const name of ["MO_LEAF.pem", "MO_LEAF.der", "MO_LEAF.key", "MO_CERT_CHAIN.pem"])
      await rm(join(dir, "client/mo", name));
  }
  return dir;
}

const offers = {
  ServiceDiscoveryReq: {
    ServiceList: { Service: [{ ServiceID: 2, ServiceCategory: "ContractCertificate", FreeService: true }] },
  },
  ServiceDetailReq: {
    ServiceID: 2,
    ServiceParameterList: {
      ParameterSet: ["Installation", "Update"].map((stringValue, index) => ({
        ParameterSetID: index + 1,
        Parameter: [{ "@Name": "Service", stringValue }],
      })),
    },
  },
} as const;

interface Setting {
  readonly dir: string;
  readonly now?: number;
  readonly config?: object;
  /** What the charger answers to a request for a contract. */
  readonly contract?: () => Uint8Array;
}

/** A car at a charger that has contracts to give. */
async function start({ dir, now = begin, config = {}, contract = () => delivery({ pki }) }: Setting) {
  const clock = new ManualClock(now);
  const timeline = new Timeline(clock);
  const chain = [pki.members.secc.certificate, ...pki.chain("secc")].map(({ der }) => der);
  const network = memoryNetwork({ certificates: { chain } });
  const answer: Script["answer"] = (name) =>
    name.startsWith("Certificate")
      ? encodeFrame(payloadType.exi, contract())
      : (offers[name as keyof typeof offers] ?? {});
  const charger = await scriptedCharger({ network, answer });
  closing.push(() => charger.close());
  const module = await startUnderTest(
    carOver(() => network),
    {
      config: { device: "lo", supported_ISO15118_2: true, tls_active: true, enforce_tls: true, ...config },
      ports: { clock, trace: timeline },
      env: { certsDir: dir, shareDir: dir },
    },
  );
  closing.push(() => module.station.stop());
  /** One session, from the plug to its end. */
  const charge = async () => {
    const [ended, heard] = [module.said.length, charger.heard.length];
    await module.on.ev.call("start_charging", order);
    while (!module.said.slice(ended).some((line) => line.startsWith("ev.v2g_session_finished"))) {
      await clock.advance(100);
      if (charger.heard.slice(heard).some(({ name }) => name === "ChargingStatusReq"))
        await module.on.ev.call("stop_charging");
    }
    return charger.heard.slice(heard);
  };
  return { ...module, clock, timeline, charge };
}

const namesOf = (heard: readonly { readonly name: string }[]) => heard.map(({ name }) => name);

async function stored(dir: string) {
  const found = await readContract(nodeFiles, dir);
  if ("missing" in found) throw new TypeError(found.missing);
  return found;
}

describe("a car without a contract", () => {
  it("has one installed, keeps it, and pays with it then and the next time", async () => {
    const dir = await folder();
    const car = await start({ dir });
    const first = await car.charge();
    expect(namesOf(first).slice(1, 7)).toEqual([
      "ServiceDiscoveryReq",
      "ServiceDetailReq",
      "PaymentServiceSelectionReq",
      "CertificateInstallationReq",
      "PaymentDetailsReq",
      "AuthorizationReq",
    ]);
    expect(first.find(({ name }) => name === "PaymentDetailsReq")?.message).toMatchObject({ eMAID: "DEABCC11111111" });
    const { value, note } = await stored(dir);
    expect([value.eMAID, value.chain, note]).toEqual(["DEABCC11111111", derOf(pki, "contract"), undefined]);
    const second = await car.charge();
    expect(namesOf(second)).not.toContain("CertificateInstallationReq");
    expect(second.find(({ name }) => name === "PaymentDetailsReq")?.message).toMatchObject({ eMAID: "DEABCC11111111" });
  });

  it("keeps the key for its owner only, under the password that the folder has", async () => {
    const dir = await folder();
    await (await start({ dir })).charge();
    const key = join(dir, "client/mo/MO_LEAF.key");
    expect((await stat(key)).mode & 0o777).toBe(0o600);
    expect(Buffer.from(await nodeFiles.read(key)).toString()).toContain("ENCRYPTED");
    expect(parseCertificate(await nodeFiles.read(join(dir, "client/mo/MO_LEAF.der"))).subject.CN).toBe(
      "DEABCC11111111",
    );
    expect(await readdir(join(dir, "client/mo"))).not.toContain(".new_contract");
  });

  it("takes none from a service that it does not trust, and says why", async () => {
    const dir = await folder();
    const foreign = await newPki("DEABCC33333333");
    const car = await start({
      dir,
      contract: () => delivery({ pki: foreign, recipient: pki.members.oem.certificate.publicKey }),
    });
    const heard = await car.charge();
    expect(namesOf(heard)).not.toContain("PaymentDetailsReq");
    expect(car.timeline.entries.at(-1)).toMatchObject({
      outcome: "refused",
      title: expect.stringContaining("contract not trusted"),
    });
    expect(await readContract(nodeFiles, dir)).toHaveProperty("missing");
  });

  it("pays otherwise when it has no provisioning certificate either, and says what is missing", async () => {
    const dir = await folder();
    await rm(join(dir, "client/oem/OEM_LEAF.key"));
    const car = await start({ dir });
    expect(namesOf(await car.charge())).not.toContain("CertificateInstallationReq");
    expect(car.timeline.entries).toContainEqual(
      expect.objectContaining({
        title: expect.stringContaining("has no provisioning certificate"),
        fix: expect.any(String),
      }),
    );
  });
});

/** A contract that ends so many days after the tests' begin. */
async function contractWith(daysLeft: number): Promise<Contract> {
  const issued = new ManualClock(begin - (730 - daysLeft) * day);
  const aged = await createPki({ clock: issued, random: cryptoRandom, eMAID: "DEABCC11111111" });
  return { eMAID: "DEABCC11111111", chain: derOf(aged, "contract"), key: aged.members.contract.key };
}

describe("a car with a contract", () => {
  const refusal = (name: ContractRequestName, retryDays?: number) =>
    iso2.encode("V2G_Message", messageOf({ SessionID }, contractRefusal(name, "FAILED", retryDays)));

  it.each<[string, object, number, ContractRequestName[]]>([
    ["is content with it", {}, 40, []],
    [
      "has another installed when it is configured so",
      { is_cert_install_needed: true },
      40,
      ["CertificateInstallationReq"],
    ],
    ["has it renewed when it ends within a month", {}, 20, ["CertificateUpdateReq"]],
    ["has another installed when its own has ended", {}, -1, ["CertificateInstallationReq"]],
  ])("%s", async (_, config, daysLeft, requests) => {
    const dir = await folder();
    await storeContract(nodeFiles, dir, await contractWith(daysLeft));
    const car = await start({ dir, config, contract: () => refusal(requests[0] ?? "CertificateUpdateReq") });
    expect(namesOf(await car.charge()).filter((name) => name.startsWith("Certificate"))).toEqual(requests);
  });

  it.each([
    ["asks again at the next charging", 0, 0, 1],
    ["does not ask before the days are over", 3, 2, 0],
    ["asks again when the days are over", 3, 3, 1],
    ["never asks again", -1, 20, 0],
  ])("whose renewal was refused %s", async (_, retryDays, daysLater, asked) => {
    const dir = await folder();
    await storeContract(nodeFiles, dir, await contractWith(25));
    const car = await start({ dir, contract: () => refusal("CertificateUpdateReq", retryDays) });
    expect(namesOf(await car.charge())).toContain("CertificateUpdateReq");
    await car.clock.advance(daysLater * day);
    const again = namesOf(await car.charge());
    expect(again.filter((name) => name === "CertificateUpdateReq")).toHaveLength(asked);
    // Meanwhile it pays with what it has.
    expect(again.includes("PaymentDetailsReq")).toBe(asked === 0);
  });

  it("overwrites it with what came, whole", async () => {
    const dir = await folder(pki, "with contract");
    const car = await start({ dir, config: { is_cert_install_needed: true }, contract: () => delivery(deliverOther) });
    const heard = await car.charge();
    expect(heard.find(({ name }) => name === "PaymentDetailsReq")?.message).toMatchObject({ eMAID: "DEABCC22222222" });
    const { value, note } = await stored(dir);
    expect([value.eMAID, value.chain, note]).toEqual(["DEABCC22222222", derOf(other, "contract"), undefined]);
  });
});

describe("storing a contract", () => {
  const before = { eMAID: "DEABCC11111111", chain: derOf(pki, "contract"), key: pki.members.contract.key };
  const after = { eMAID: "DEABCC22222222", chain: derOf(other, "contract"), key: other.members.contract.key };

  /** Files of a machine that loses its power at the n-th change. */
  function failingAt(n: number): Files {
    let changes = 0;
    const counted = <A extends unknown[], R>(change: (...args: A) => Promise<R>) => {
      return (...args: A): Promise<R> => {
        if (changes++ >= n) return Promise.reject(Object.assign(new TypeError("power is gone"), { code: "EIO" }));
        return change(...args);
      };
    };
    return {
      ...nodeFiles,
      write: counted(nodeFiles.write),
      remove: counted(nodeFiles.remove),
      rename: counted(nodeFiles.rename),
    };
  }

  it.each([...Array(8).keys()])("leaves the old one or the new one, whole, when power goes at change %d", async (n) => {
    const dir = await folder(pki, "with contract");
    const problem = await storeContract(failingAt(n), dir, after);
    const { value, note } = await stored(dir);
    expect(note).toBeUndefined();
    const wholes = [before, after].map(({ eMAID, chain }) => ({ eMAID, chain }));
    expect(wholes).toContainEqual({ eMAID: value.eMAID, chain: value.chain });
    expect(samePublicKey(value.key, value.eMAID === after.eMAID ? after.key : before.key)).toBe(true);
    if (problem === undefined) expect(value.eMAID).toBe(after.eMAID);
    else expect(problem).toBe("EIO");
  });

  it("needs no password where there is none", async () => {
    const dir = await folder();
    await rm(join(dir, "client/mo/MO_LEAF_PASSWORD.txt"));
    expect(await storeContract(nodeFiles, dir, after)).toBeUndefined();
    expect((await stored(dir)).value.eMAID).toBe(after.eMAID);
  });
});
