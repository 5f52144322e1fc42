/** In whose names the clearing house acts, whose certificates it trusts, and what it knows of cars and contracts. */
import type { KeyObject } from "node:crypto";
import type { Certificate } from "../../x509/index.ts";

/** Where chains must end, and sub-CAs that do not come along with them. */
export interface Trusted {
  readonly roots: readonly Certificate[];
  readonly intermediates: readonly Certificate[];
}

export interface ContractAuthorities {
  /** Signs what goes to cars; the leaf first, then its sub-CAs, without the root. */
  readonly cps: { readonly chain: readonly Certificate[]; readonly key: KeyObject };
  /** Issues contracts; itself first, then the CAs above it, without the root. */
  readonly mo: { readonly chain: readonly [Certificate, ...Certificate[]]; readonly key: KeyObject };
  /** For provisioning certificates, which come alone. */
  readonly oem: Trusted;
  /** For contracts that are renewed. */
  readonly contracts: Trusted;
}

/** What the clearing house knows of a car or of a contract. */
export interface Account {
  /** 14 characters, or 15 with check digit. */
  readonly emaid: string;
  /** Whether it may be used. */
  readonly active: boolean;
}

export interface Accounts {
  /** Of the car with this PCID, the common name of its provisioning certificate. */
  ofCar(pcid: string): Account | undefined;
  ofContract(emaid: string): Account | undefined;
  isRevoked(certificate: Certificate, issuer: Certificate): boolean;
  /** A contract certificate was made, and goes to its car. */
  issued(certificate: Certificate, issuer: Certificate, emaid: string): void;
}
