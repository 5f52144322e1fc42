/** What the CSMS takes over from a test PKI. */
import { type MemberId, members, type Pki, type PkiView } from "../pki/index.ts";
import { InternalError } from "../util/errors.ts";
import type { Certificate } from "../x509/index.ts";
import type { ContractAuthorities } from "./clearingHouse/ports.ts";
import type { CsmsPki, SigningAuthority } from "./options.ts";
import type { ContractAccount } from "./store/accounts.ts";

export const emptyPki: CsmsPki = {
  roots: { mo: [], v2g: [] },
  intermediates: [],
  ocspSigners: [],
  issued: [],
  revoked: [],
  signers: {},
};

/** A PKI, made or read from a folder; what of it is not there, the CSMS does without. */
export type PkiSource = PkiView & Partial<Pick<Pki, "ocspSigners" | "revoked" | "unknown">>;

/** Roots, sub-CAs, responders, the CPO's CA, and who makes contracts. Certificates that the PKI wants unknown are not listed as issued. */
export function csmsPki(pki: PkiSource): CsmsPki {
  const { ocspSigners = [], revoked = [], unknown = [], trust } = pki;
  const withIssuer = (certificate: Certificate) => {
    const issuer = issuerOf(pki, certificate);
    return issuer ? [{ certificate, issuer }] : [];
  };
  const all = members.flatMap(({ id }) => pki.certificate(id) ?? []);
  const v2g = authority(pki, "cpoSub2", ["cpoSub1"]);
  const chargingStation = authority(pki, "csmsRoot", []);
  const contracts = contractAuthorities(pki);
  return {
    roots: { mo: trust.mo, v2g: trust.v2g },
    intermediates: all.filter((certificate) => certificate.isCa && !certificate.isSelfIssued),
    ocspSigners,
    issued: all.filter((certificate) => !unknown.includes(certificate)).flatMap(withIssuer),
    revoked: revoked.flatMap(withIssuer),
    signers: {
      ...(v2g && { v2g }),
      ...(chargingStation && { chargingStation: { ...chargingStation, chain: [] } }),
    },
    ...(contracts && { contracts }),
  };
}

/** A CA with its key; behind what it signs goes it, and those above it that are known. */
function authority(pki: PkiView, id: MemberId, above: readonly MemberId[]): SigningAuthority | undefined {
  const [certificate, key] = [pki.certificate(id), pki.key(id)];
  if (!certificate || !key) return undefined;
  return { certificate, key, chain: [certificate, ...above.flatMap((one) => pki.certificate(one) ?? [])] };
}

/** Undefined without the keys of the provisioning service and of the operator's sub-CA. */
export function contractAuthorities(pki: PkiView): ContractAuthorities | undefined {
  const { trust } = pki;
  const [cps, cpsKey] = [pki.certificate("cps"), pki.key("cps")];
  const [mo, moKey] = [pki.certificate("moSub2"), pki.key("moSub2")];
  if (!cps || !cpsKey || !mo || !moKey) return undefined;
  const known = (...ids: readonly MemberId[]) => ids.flatMap((id) => pki.certificate(id) ?? []);
  // As the contract itself is sent, so that a link that is missing there is missing here too.
  const [, ...aboveMo] = pki.chain("contract").length > 0 ? pki.chain("contract") : known("moSub2", "moSub1");
  return {
    cps: { key: cpsKey, chain: [cps, ...pki.chain("cps")] },
    mo: { key: moKey, chain: [mo, ...aboveMo] },
    oem: { roots: trust.oem, intermediates: known("oemSub2", "oemSub1") },
    contracts: { roots: [...trust.mo, ...trust.v2g], intermediates: [] },
  };
}

/** The account of the PKI's contract, with its certificate, which the PKI's car may have installed; undefined where there is none. */
export function contractAccountOf(pki: PkiView): ContractAccount | undefined {
  const [certificate, issuer, oem] = [pki.certificate("contract"), pki.certificate("moSub2"), pki.certificate("oem")];
  if (!certificate || !issuer) return undefined;
  return {
    emaid: certificate.subject.CN ?? "",
    certificates: [{ certificate, issuer }],
    pcids: oem ? [oem.subject.CN ?? ""] : [],
  };
}

/** As {@link contractAccountOf}, of a PKI that is whole. */
export function contractAccount(pki: Pki): ContractAccount {
  const account = contractAccountOf(pki);
  if (!account) throw new InternalError("a whole PKI has a contract");
  return account;
}

/** Undefined for a root. */
function issuerOf(pki: PkiView, certificate: Certificate): Certificate | undefined {
  const row = members.find(({ id }) => pki.certificate(id) === certificate);
  return row?.issuer && pki.certificate(row.issuer);
}
