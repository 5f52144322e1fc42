/** Contracts from a charger that has no CSMS: a clearing house over the keys of its folder, open to every car of its OEM root. */
import { join } from "node:path";
import { ClearingHouse } from "../../csms/clearingHouse/clearingHouse.ts";
import type { ContractAuthorities } from "../../csms/clearingHouse/ports.ts";
import { normaliseEmaid } from "../../iso15118/emaid.ts";
import { loadPki, type PkiView } from "../../pki/index.ts";
import type { Clock } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import type { Files } from "../../util/files.ts";
import type { Random } from "../../util/random.ts";
import type { PkiFolder } from "./pkiFolder.ts";

/** Whose contract cars get when the folder holds none. */
const ANYBODY = "DEPNCC00000001";

export type ContractService = { readonly clearingHouse: ClearingHouse } | { readonly missing: string };

/** @returns why there is none, when the folder lacks a key. */
export async function openContractService(
  { dir, layout, names }: PkiFolder,
  ports: { readonly files: Files; readonly clock: Clock; readonly random: Random },
): Promise<ContractService> {
  try {
    const password = await firstLine(ports.files, join(dir, names.secc.password));
    const pki = await loadPki({ files: ports.files, dir, layout, password });
    const authorities = authoritiesOf(pki);
    if (typeof authorities === "string") return { missing: authorities };
    return { clearingHouse: clearingHouseFor(authorities, emaidOf(pki), ports) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { missing: error.describe() };
  }
}

function authoritiesOf(pki: PkiView): ContractAuthorities | string {
  const cps = { certificate: pki.certificate("cps"), key: pki.key("cps") };
  const mo = { certificate: pki.certificate("moSub2"), key: pki.key("moSub2") };
  if (!cps.certificate || !cps.key) return "the folder lacks the provisioning service's certificate or key";
  if (!mo.certificate || !mo.key) return "the folder lacks the mobility operator's sub-CA 2 or its key";
  const known = (...ids: Parameters<PkiView["certificate"]>[0][]) => ids.flatMap((id) => pki.certificate(id) ?? []);
  const { trust } = pki;
  return {
    cps: { key: cps.key, chain: [cps.certificate, ...known("cpsSub2", "cpsSub1")] },
    mo: { key: mo.key, chain: [mo.certificate, ...known("moSub1")] },
    oem: { roots: trust.oem, intermediates: known("oemSub2", "oemSub1") },
    contracts: { roots: [...trust.mo, ...trust.v2g], intermediates: [] },
  };
}

function emaidOf(pki: PkiView): string {
  return normaliseEmaid(pki.certificate("contract")?.subject.CN ?? ANYBODY);
}

/** Nobody is asked about revocation, and certificates name no responder: there is no CSMS behind this charger. */
function clearingHouseFor(
  authorities: ContractAuthorities,
  emaid: string,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): ClearingHouse {
  return new ClearingHouse({
    ...{ clock, random, authorities: () => authorities, ocspUrl: () => undefined },
    accounts: {
      ofCar: () => ({ emaid, active: true }),
      ofContract: (shown) => ({ emaid: normaliseEmaid(shown), active: true }),
      isRevoked: () => false,
      issued: () => {},
    },
  });
}

async function firstLine(files: Files, path: string): Promise<string> {
  if (!(await files.info(path))) return "";
  const [line = ""] = Buffer.from(await files.read(path))
    .toString("utf8")
    .split(/\r?\n/);
  return line;
}
