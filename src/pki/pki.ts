/** Makes a whole Plug & Charge PKI in memory: regular, or with faults by name. */
import type { KeyObject } from "node:crypto";
import { type Certificate, ocspNoCheck } from "../x509/index.ts";
import { createDraft, type Draft, type DraftOptions, type Holder, issue } from "./draft.ts";
import type { Fault } from "./faults.ts";
import type { PkiView } from "./layout.ts";
import { type MemberId, type MemberRow, members } from "./members.ts";

export interface PkiOptions extends DraftOptions {
  readonly faults?: readonly Fault[];
}

export interface OcspSigner extends Holder {
  /** Whose certificates it may speak about. */
  readonly issuer: Certificate;
}

export interface Pki extends PkiView {
  readonly members: Readonly<Record<MemberId, Holder>>;
  certificate(id: MemberId): Certificate;
  key(id: MemberId): KeyObject;
  /** The root above a member. */
  root(id: MemberId): Certificate;
  /** Roots to install: other ones than the real under the fault `unknown-root`. */
  readonly trust: PkiView["trust"];
  /** One delegated responder for each CA that issues something with a responder's URL. */
  readonly ocspSigners: readonly OcspSigner[];
  /** What a responder must call revoked, or not know. */
  readonly revoked: readonly Certificate[];
  readonly unknown: readonly Certificate[];
}

export async function createPki(options: PkiOptions): Promise<Pki> {
  const built = new Map<MemberId, Holder>();
  for (const row of members) {
    const issuer = row.issuer && built.get(row.issuer);
    const draft = applyFaults(createDraft(row, options), options.faults ?? []);
    built.set(row.id, await issue(draft, issuer, options));
  }
  const all = Object.fromEntries(built) as Record<MemberId, Holder>;
  const marked = (mark: "revoked" | "unknown") =>
    (options.faults ?? []).filter((fault) => fault.mark === mark).map((fault) => all[fault.member].certificate);
  const omitted = new Set((options.faults ?? []).filter(({ mark }) => mark === "missing").map(({ member }) => member));
  return {
    members: all,
    certificate: (id) => all[id].certificate,
    key: (id) => all[id].key,
    chain: (id) =>
      issuersOf(id)
        .filter((issuer) => !omitted.has(issuer))
        .map((issuer) => all[issuer].certificate),
    root: (id) => all[rootOf(id)].certificate,
    trust: await createTrust(all, options),
    ocspSigners: await createOcspSigners((id) => all[id], options),
    revoked: marked("revoked"),
    unknown: marked("unknown"),
  };
}

function applyFaults(draft: Draft, faults: readonly Fault[]): Draft {
  let changed = draft;
  for (const { member, change } of faults) {
    if (member === draft.row.id && change) changed = change(changed);
  }
  return changed;
}

function issuersOf(id: MemberId): MemberId[] {
  const issuer = members.find((row) => row.id === id)?.issuer;
  if (!issuer || !members.find((row) => row.id === issuer)?.issuer) return [];
  return [issuer, ...issuersOf(issuer)];
}

function rootOf(id: MemberId): MemberId {
  const issuer = members.find((row) => row.id === id)?.issuer;
  return issuer ? rootOf(issuer) : id;
}

const trustRoots = { v2g: "v2gRoot", mo: "moRoot", oem: "oemRoot", csms: "csmsRoot", mf: "mfRoot" } as const;

/** Under the fault `unknown-root` another root of the same kind is trusted, so that the chain in use ends nowhere. */
async function createTrust(all: Readonly<Record<MemberId, Holder>>, options: PkiOptions): Promise<Pki["trust"]> {
  const distrusted = new Set(
    (options.faults ?? []).filter(({ mark }) => mark === "unknownRoot").map(({ member }) => rootOf(member)),
  );
  const entries = Object.entries(trustRoots).map(async ([name, id]) => {
    if (!distrusted.has(id)) return [name, [all[id].certificate]] as const;
    const row = members.find((candidate) => candidate.id === id);
    const draft = row && createDraft({ ...row, CN: `${row.CN}-Other` }, options);
    return [name, draft ? [(await issue(draft, undefined, options)).certificate] : []] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as Pki["trust"];
}

/** For each CA whose key is there. */
export async function createOcspSigners(
  holderOf: (id: MemberId) => Holder | undefined,
  options: DraftOptions,
): Promise<readonly OcspSigner[]> {
  const issuers = new Set(members.flatMap((row) => (row.ocsp && row.issuer ? [row.issuer] : [])));
  const signers = [...issuers].map(async (id) => {
    const issuer = holderOf(id);
    return issuer ? [await createOcspSigner(issuer, id, options)] : [];
  });
  return (await Promise.all(signers)).flat();
}

async function createOcspSigner(issuer: Holder, id: MemberId, options: DraftOptions): Promise<OcspSigner> {
  const row: MemberRow = {
    id,
    about: "answers for its issuer",
    CN: `OCSP ${issuer.certificate.subject.CN}`,
    keyUsage: ["digitalSignature"],
    extendedKeyUsage: ["OCSPSigning"],
    days: 365,
    ocsp: false,
  };
  const draft = { ...createDraft(row, options), extra: [ocspNoCheck()] };
  return { ...(await issue(draft, issuer, options)), issuer: issuer.certificate };
}
