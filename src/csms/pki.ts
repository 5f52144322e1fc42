/** What the CSMS takes over from a test PKI. */
import { type MemberId, members, type Pki } from "../pki/index.ts";
import type { Certificate } from "../x509/index.ts";
import type { ContractAuthorities } from "./clearingHouse/ports.ts";
import type { CsmsPki } from "./options.ts";
import type { ContractAccount } from "./store/accounts.ts";

export const emptyPki: CsmsPki = {
  roots: { mo: [], v2g: [] },
  intermediates: [],
  ocspSigners: [],
  issued: [],
  revoked: [],
  signers: {},
};

/** Roots, sub-CAs, responders, and the CPO's CA. Certificates that the PKI wants unknown are not listed as issued. */
export function csmsPki(pki: Pki): CsmsPki {
  const withIssuer = (certificate: Certificate) => {
    const issuer = issuerOf(pki, certificate);
    return issuer ? [{ certificate, issuer }] : [];
  };
  const all = members.map(({ id }) => pki.members[id].certificate);
  const unknown = new Set(pki.unknown);
  const authority = (id: MemberId) => ({ ...pki.members[id], chain: [pki.members[id].certificate, ...pki.chain(id)] });
  return {
    roots: { mo: pki.trust.mo, v2g: pki.trust.v2g },
    intermediates: all.filter((certificate) => certificate.isCa && !certificate.isSelfIssued),
    ocspSigners: pki.ocspSigners,
    issued: all.filter((certificate) => !unknown.has(certificate)).flatMap(withIssuer),
    revoked: pki.revoked.flatMap(withIssuer),
    signers: {
      v2g: authority("cpoSub2"),
      chargingStation: { ...pki.members.csmsRoot, chain: [] },
    },
    contracts: contractAuthorities(pki),
  };
}

function contractAuthorities({ members: all, chain, trust }: Pki): ContractAuthorities {
  const { cps, moSub2, oemSub1, oemSub2 } = all;
  return {
    cps: { key: cps.key, chain: [cps.certificate, ...chain("cps")] },
    mo: { key: moSub2.key, chain: [moSub2.certificate, ...chain("moSub2")] },
    oem: { roots: trust.oem, intermediates: [oemSub2.certificate, oemSub1.certificate] },
    contracts: { roots: [...trust.mo, ...trust.v2g], intermediates: [] },
  };
}

/** The account of the PKI's contract, with its certificate, which the PKI's car may have installed. */
export function contractAccount(pki: Pki): ContractAccount {
  const { contract, moSub2, oem } = pki.members;
  return {
    emaid: contract.certificate.subject.CN ?? "",
    certificates: [{ certificate: contract.certificate, issuer: moSub2.certificate }],
    pcids: [oem.certificate.subject.CN ?? ""],
  };
}

/** Undefined for a root. */
function issuerOf(pki: Pki, certificate: Certificate): Certificate | undefined {
  const row = members.find(({ id }) => pki.members[id].certificate === certificate);
  return row?.issuer && pki.members[row.issuer].certificate;
}
