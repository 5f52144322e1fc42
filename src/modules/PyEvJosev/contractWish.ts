/** Whether the car wants a contract from the charger. Pure. */
import type { Contract, ContractWish, Provisioning } from "../../evcc/index.ts";
import { type Certificate, parseCertificate, samePublicKey } from "../../x509/index.ts";

const DAY_MS = 24 * 3600_000;
/** A contract that ends within this time is renewed. */
const RENEW_BEFORE_DAYS = 30;

export interface Holdings {
  readonly contract: Contract | undefined;
  readonly provisioning: Provisioning | undefined;
  /** V2G roots. */
  readonly roots: readonly Certificate[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** See `is_cert_install_needed`. */
  readonly installAnyway: boolean;
  /** Until then no renewal may be asked for. */
  readonly noRenewalBefore: number;
}

/** Undefined for a car that is content with what it has, or has nothing to ask with. */
export function contractWish({ provisioning, roots, ...holdings }: Holdings): ContractWish | undefined {
  if (roots.length === 0) return undefined;
  const why = lack(holdings);
  if (why !== undefined) return provisioning && { action: "install", provisioning, roots, why };
  const days = daysLeft(holdings);
  if (days >= RENEW_BEFORE_DAYS || holdings.now < holdings.noRenewalBefore) return undefined;
  return { action: "update", roots, why: `it ends in ${Math.ceil(days)} days` };
}

/** Why the car needs a new contract; undefined when it has one that can be used. */
export function lack({ contract, installAnyway, now }: Pick<Holdings, "contract" | "installAnyway" | "now">) {
  if (installAnyway) return "is_cert_install_needed is set";
  if (!contract) return "it has none";
  const leaf = leafOf(contract);
  if (now > leaf.notAfter) return "its own has ended";
  if (!samePublicKey(contract.key, leaf.publicKey)) return "the key of its own is lost";
  return undefined;
}

function daysLeft({ contract, now }: Pick<Holdings, "contract" | "now">): number {
  return contract ? (leafOf(contract).notAfter - now) / DAY_MS : 0;
}

/** A contract's chain was read from certificates, so it can be read again. */
function leafOf({ chain: [leaf = new Uint8Array(0)] }: Contract): Certificate {
  return parseCertificate(leaf);
}
