/** Contracts from a charger that has no CSMS: a clearing house over the keys of its folder, open to every car of its OEM root. */
import { ClearingHouse } from "../../csms/clearingHouse/clearingHouse.ts";
import type { ContractAuthorities } from "../../csms/clearingHouse/ports.ts";
import { contractAuthorities } from "../../csms/pki.ts";
import { normaliseEmaid } from "../../iso15118/emaid.ts";
import { loadPki, type PkiView } from "../../pki/index.ts";
import type { Clock } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import type { Files } from "../../util/files.ts";
import type { Random } from "../../util/random.ts";
import { type PkiFolder, readPassword } from "./pkiFolder.ts";

/** Whose contract cars get when the folder holds none. */
const ANYBODY = "DEPNCC00000001";

export type ContractService = { readonly clearingHouse: ClearingHouse } | { readonly missing: string };

/** @returns why there is none, when the folder lacks a key. */
export async function openContractService(
  { dir, layout }: PkiFolder,
  ports: { readonly files: Files; readonly clock: Clock; readonly random: Random },
): Promise<ContractService> {
  try {
    const password = await readPassword(ports.files, dir, layout);
    return contractServiceOf(await loadPki({ files: ports.files, dir, layout, password }), ports);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { missing: error.describe() };
  }
}

/** @returns why there is none, when the PKI lacks a key. */
export function contractServiceOf(
  pki: PkiView,
  ports: { readonly clock: Clock; readonly random: Random },
): ContractService {
  const authorities = contractAuthorities(pki);
  if (!authorities)
    return { missing: "the keys of the provisioning service and of the operator's sub-CA 2 are needed" };
  return { clearingHouse: clearingHouseFor(authorities, emaidOf(pki), ports) };
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
