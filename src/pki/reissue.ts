/** A leaf issued anew with a fault, by the CAs of a PKI that exists: what else is in it stays as it is. */
import type { KeyObject } from "node:crypto";
import { UserError } from "../util/errors.ts";
import { type Certificate, createOcspResponse, ocspCertId } from "../x509/index.ts";
import { createDraft, type DraftOptions, type Holder, issue } from "./draft.ts";
import type { Fault } from "./faults.ts";
import type { PkiView } from "./layout.ts";
import { type MemberId, type MemberRow, members } from "./members.ts";
import { createPki } from "./pki.ts";

export interface Reissued {
  readonly certificate: Certificate;
  readonly key: KeyObject;
  /** Sub-CAs, from below. */
  readonly chain: readonly Certificate[];
  /** For a certificate that its issuer calls revoked: the OCSP response that says so. */
  readonly ocsp?: Uint8Array;
}

/** @throws UserError when the key that has to sign is not there. */
export async function reissue(leaf: MemberId, fault: Fault, pki: PkiView, options: DraftOptions): Promise<Reissued> {
  const like = { ...options, ...namesOf(pki, leaf) };
  if (fault.mark === "unknownRoot") {
    const other = await createPki(like);
    return { certificate: other.certificate(leaf), key: other.key(leaf), chain: other.chain(leaf) };
  }
  const path = pathTo(leaf);
  const from = path.findIndex(({ id }) => id === fault.member);
  let issuer = existing(pki, path[from - 1]?.id);
  let signer = issuer;
  const made: Holder[] = [];
  for (const row of path.slice(from)) {
    const draft = createDraft(row, like);
    const changed = row.id === fault.member && fault.change ? fault.change(draft) : draft;
    signer = issuer;
    issuer = await issue(changed, signer, like);
    if (row.id === leaf || row.id !== fault.member || fault.mark !== "missing") made.push(issuer);
  }
  const above = path.slice(1, from).flatMap(({ id }) => pki.certificate(id) ?? []);
  const [last, ...subs] = [...above, ...made.map(({ certificate }) => certificate)].reverse();
  if (!last || !issuer) throw new UserError(`${fault.name} is no fault of ${leaf}'s chain`);
  const ocsp = fault.mark === "revoked" && revocation(last, signer, options.clock.now());
  return { certificate: last, key: issuer.key, chain: subs, ...(ocsp && { ocsp }) };
}

const DAY_MS = 24 * 3600_000;

function revocation(leaf: Certificate, signer: Holder, now: number): Uint8Array {
  const certId = ocspCertId(leaf, signer.certificate);
  const answer = {
    status: "revoked",
    revokedAt: now - DAY_MS,
    certId,
    thisUpdate: now,
    nextUpdate: now + DAY_MS,
  } as const;
  return createOcspResponse({ answers: [answer], signer, producedAt: now });
}

/** From the root to the leaf. */
function pathTo(leaf: MemberId): MemberRow[] {
  const row = members.find(({ id }) => id === leaf);
  if (!row) return [];
  return [...(row.issuer ? pathTo(row.issuer) : []), row];
}

/** @throws UserError */
function existing(pki: PkiView, id: MemberId | undefined): Holder {
  const certificate = id && (pki.certificate(id) ?? rootOf(pki, id));
  const key = id && pki.key(id);
  if (certificate && key) return { certificate, key };
  throw new UserError(`the ${certificate ? "key" : "certificate"} of ${id} is not there, which has to sign`, {
    fix: "Take a folder that `plugcharge pki init` has made, with all of its keys.",
  });
}

const roots = { v2gRoot: "v2g", moRoot: "mo", oemRoot: "oem" } as const;

function rootOf(pki: PkiView, id: MemberId): Certificate | undefined {
  return id in roots ? pki.trust[roots[id as keyof typeof roots]][0] : undefined;
}

/** So that only the fault is different. */
function namesOf(pki: PkiView, leaf: MemberId): Partial<DraftOptions> {
  const { CN, O, C } = pki.certificate(leaf)?.subject ?? {};
  return {
    ...(leaf === "contract" && CN !== undefined && { eMAID: CN }),
    ...(leaf === "secc" && CN !== undefined && { seccId: CN }),
    ...(O !== undefined && { organization: O }),
    ...(C !== undefined && { country: C }),
  };
}
