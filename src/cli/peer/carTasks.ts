/** What a car has to do at a charger, one session after the other, with what it needs from a folder of certificates. */
import { resolve } from "node:path";
import type { Contract } from "../../evcc/index.ts";
import type { FaultVerdict } from "../../faults/index.ts";
import {
  type CarFiles,
  type Found,
  readContract,
  readProvisioning,
  readV2gRoots,
  storeContract,
} from "../../modules/PyEvJosev/certificates.ts";
import { UserError } from "../../util/errors.ts";
import { nodeFiles } from "../../util/files.ts";
import { cryptoRandom } from "../../util/random.ts";
import type { Certificate } from "../../x509/index.ts";
import { type CarOptions, driveCar } from "./car.ts";
import { driveFaultyCar } from "./faultyCar.ts";
import { faultyContract, faultyProvisioning } from "./faultyCertificates.ts";
import { openPkiFolder, type PkiFolder } from "./pkiFolder.ts";
import type { Task } from "./scenarioOption.ts";
import type { Scenario } from "./scenarios.ts";
import type { SessionVerdict } from "./verdict.ts";

export interface TaskOptions {
  /** Folder with certificates. */
  readonly pki?: string;
  /** False: without TLS. */
  readonly tls: boolean;
  /** Puts a contract that was installed or renewed into the folder. */
  readonly keepContract: boolean;
}

/** What is the same for all tasks. */
export type CarBase = Omit<CarOptions, "tls" | "scenario" | "contract" | "roots">;

/** Never rejects for what the charger does. @throws UserError when something is missing that the task needs. */
export async function perform(task: Task, base: CarBase, options: TaskOptions): Promise<SessionVerdict | FaultVerdict> {
  const { scenario, fault } = task;
  const tls = tlsOf(task, options);
  const car = { ...base, scenario, tls, ...(tls === "none" ? { roots: [] } : await certificatesFor(task, options)) };
  return fault ? driveFaultyCar({ ...car, fault, random: cryptoRandom }) : driveCar(car);
}

/** @throws UserError when the scenario is for TLS only, and there shall be none. */
function tlsOf({ scenario: { tls, name }, fault }: Task, options: TaskOptions): CarOptions["tls"] {
  if (options.tls && fault?.needs.tls !== false) return tls;
  if (tls !== "required") return "none";
  throw new UserError(`${name} is Plug & Charge, which is for TLS only`, {
    key: "--no-tls",
    fix: "Leave it out, or choose ac-eim.",
  });
}

type CarCertificates = Pick<CarOptions, "roots" | "contract" | "contractWish" | "storeContract">;

/** @throws UserError when something that the task needs is not there. */
async function certificatesFor(
  { scenario, fault }: Task,
  { pki, keepContract }: TaskOptions,
): Promise<CarCertificates> {
  if (pki === undefined) {
    throw new UserError("a car with TLS needs V2G roots", { key: "--pki", fix: "Name the folder that holds them." });
  }
  const folder = await openPkiFolder(nodeFiles, resolve(pki));
  const { dir, names } = folder;
  const roots = required(await readV2gRoots(nodeFiles, dir, names.car), dir);
  if (scenario.payment !== "Contract") return { roots };
  if (fault?.how.seam === "certificates") return faulty(fault.how, folder, roots);
  const keeping = keepContract && {
    storeContract: (contract: Contract) => storeContract(nodeFiles, dir, contract, names.car),
  };
  return { ...(await contractFor(scenario, dir, names.car, roots)), ...keeping };
}

/** With the fault of a certificate that is the car's. */
async function faulty(
  { fault, leaf }: { readonly fault: string; readonly leaf: string },
  folder: PkiFolder,
  roots: readonly Certificate[],
): Promise<CarCertificates> {
  if (leaf !== "oem") return { roots, contract: await faultyContract(nodeFiles, folder, fault) };
  const provisioning = await faultyProvisioning(nodeFiles, folder, fault);
  return { roots, contractWish: { action: "install", provisioning, roots, why: `the fault is ${fault}` } };
}

/** What the car pays with, or what it has a contract installed or renewed with. */
async function contractFor(
  { contract: wanted, name }: Scenario,
  dir: string,
  names: CarFiles,
  roots: readonly Certificate[],
): Promise<CarCertificates> {
  const wish = { roots, why: `the scenario is ${name}` };
  if (wanted === "install") {
    const provisioning = required(await readProvisioning(nodeFiles, dir, names), dir);
    return { roots, contractWish: { action: "install", provisioning, ...wish } };
  }
  const contract = required(await readContract(nodeFiles, dir, names), dir);
  return { roots, contract, ...(wanted === "update" && { contractWish: { action: "update", ...wish } }) };
}

function required<T>(found: Found<T>, dir: string): T {
  if ("missing" in found) throw new UserError(found.missing, { file: dir, fix: found.fix });
  return found.value;
}
