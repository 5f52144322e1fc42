/** A PKI for one simulated session: folders for station and car, and what the test CSMS has in its hands. */
import { join } from "node:path";
import { UserError } from "../util/errors.ts";
import type { Files } from "../util/files.ts";
import type { Certificate } from "../x509/index.ts";
import type { DraftOptions, Holder } from "./draft.ts";
import { type Fault, faults, findFault } from "./faults.ts";
import type { MemberId } from "./members.ts";
import { createPki, type OcspSigner, type Pki } from "./pki.ts";
import { writePki } from "./write.ts";

export interface TestPkiOptions extends DraftOptions {
  /** Gets the folders `station` and `car`, each with EVerest's tree. */
  readonly dir: string;
  readonly files: Files;
  /** The state of the car's contract: a fault's name without `contract:`. */
  readonly contract?: string;
  /** Further faults by their whole name, for example `secc:wrong-dc`. */
  readonly faults?: readonly string[];
  /** What the car has been given: a contract, its provisioning certificate to get one with, or both, the default. */
  readonly car?: "contract" | "provisioning" | "both";
  /** Of the private keys; EVerest's 123456 when absent. */
  readonly password?: string;
}

export interface TestPki {
  readonly pki: Pki;
  /** EvseSecurity's paths lie below this folder; EVerest calls it `certs`. */
  readonly stationCerts: string;
  /** The simulated car's folder. */
  readonly carCerts: string;
  readonly password: string;
  readonly eMAID: string;
  readonly csms: {
    /** What the CSMS trusts: the same roots as the station. */
    readonly moRoots: readonly Certificate[];
    readonly v2gRoots: readonly Certificate[];
    /** Signs SECC certificates; its chain goes behind them. */
    readonly cpo: Holder & { readonly chain: readonly Certificate[] };
    /** Signs contract installations, and contracts. */
    readonly cps: Holder & { readonly chain: readonly Certificate[] };
    readonly mo: Holder & { readonly chain: readonly Certificate[] };
    readonly ocsp: {
      readonly signers: readonly OcspSigner[];
      readonly revoked: readonly Certificate[];
      readonly unknown: readonly Certificate[];
    };
    readonly server: Holder & { readonly chain: readonly Certificate[] };
    readonly clientRoots: readonly Certificate[];
    /** Signs the station's client certificates. */
    readonly clientCa: Holder;
  };
}

/** @throws UserError for a fault that does not exist. */
export async function createTestPki(options: TestPkiOptions): Promise<TestPki> {
  const { dir, files, contract = "valid", faults: names = [], password = "123456", car = "both", ...draft } = options;
  const wanted = contract === "valid" ? names : [`contract:${contract}`, ...names];
  const pki = await createPki({ ...draft, faults: wanted.map(requireFault) });
  const stationCerts = join(dir, "station");
  const carCerts = join(dir, "car");
  await writePki(pki, { files, dir: stationCerts, password, audiences: ["station"] });
  await writePki(pki, { files, dir: carCerts, password, audiences: ["car"], without: lacks[car] });
  const eMAID = pki.members.contract.certificate.subject.CN ?? "";
  return { pki, stationCerts, carCerts, password, eMAID, csms: csmsView(pki) };
}

const lacks: Readonly<Record<NonNullable<TestPkiOptions["car"]>, readonly MemberId[]>> = {
  contract: ["oem"],
  provisioning: ["contract", "moSub1", "moSub2"],
  both: [],
};

function csmsView(pki: Pki): TestPki["csms"] {
  const withChain = (id: Parameters<Pki["chain"]>[0]) => ({ ...pki.members[id], chain: pki.chain(id) });
  return {
    moRoots: pki.trust.mo,
    v2gRoots: pki.trust.v2g,
    cpo: withChain("cpoSub2"),
    cps: withChain("cps"),
    mo: withChain("moSub2"),
    ocsp: { signers: pki.ocspSigners, revoked: pki.revoked, unknown: pki.unknown },
    server: withChain("csmsServer"),
    clientRoots: pki.trust.csms,
    clientCa: pki.members.csmsRoot,
  };
}

/** @throws UserError */
export function requireFault(name: string): Fault {
  const fault = findFault(name);
  if (fault) return fault;
  const [prefix = ""] = name.split(":");
  const near = faults.map((known) => known.name).filter((known) => known.startsWith(`${prefix}:`));
  throw new UserError(`there is no fault ${name}`, {
    expected: (near.length > 0 ? near : faults.map((known) => known.name)).join(", "),
    fix: "Choose one of these; `plugcharge pki faults` explains them.",
  });
}
