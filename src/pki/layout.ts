/** Where a PKI's files lie: one table a layout, one row a file. */
import type { Certificate } from "../x509/index.ts";
import { exportPrivateKey, toPem } from "../x509/index.ts";
import type { MemberId } from "./members.ts";
import type { Pki } from "./pki.ts";

/** Who needs a file: `authority` is whoever issues certificates and tests with them. */
export type Audience = "station" | "car" | "csms" | "authority";

export interface PkiFile {
  /** Below the folder, with `/`. */
  readonly path: string;
  readonly content: Uint8Array | string;
  /** 0600 for what is secret. */
  readonly mode: number;
}

/** Makes the content of a row; undefined leaves the file out. */
export type Content = (pki: Pki, password: string) => Uint8Array | string | undefined;

export interface LayoutRow {
  readonly path: string;
  readonly for: readonly Audience[];
  readonly content: Content;
  readonly secret?: true;
}

export type LayoutName = "everest" | "ecog";

const pem = (...certificates: readonly (Certificate | undefined)[]) =>
  toPem(...certificates.filter((c) => c !== undefined));

/** Contents that rows choose from. */
export const content = {
  root:
    (trust: keyof Pki["trust"]): Content =>
    (pki) =>
      pem(...pki.trust[trust]),
  rootDer:
    (trust: keyof Pki["trust"]): Content =>
    (pki) =>
      pki.trust[trust][0]?.der,
  certificate:
    (id: MemberId): Content =>
    (pki) =>
      pem(pki.members[id].certificate),
  der:
    (id: MemberId): Content =>
    (pki) =>
      pki.members[id].certificate.der,
  /** The leaf, then its sub-CAs from below. */
  chain:
    (id: MemberId): Content =>
    (pki) =>
      pem(pki.members[id].certificate, ...pki.chain(id)),
  intermediates:
    (id: MemberId): Content =>
    (pki) =>
      pem(...pki.chain(id)),
  key:
    (id: MemberId): Content =>
    (pki, password) =>
      exportPrivateKey(pki.members[id].key, "traditional", password),
  /** Without password whatever the others have, as a CSMS's server key is. */
  openKey:
    (id: MemberId): Content =>
    (pki) =>
      exportPrivateKey(pki.members[id].key, "pkcs8"),
  password: ((_, password) => (password === "" ? undefined : password)) as Content,
} as const;

/** The files of a layout for some audiences, or for all when none is named. */
export function layoutFiles(
  rows: readonly LayoutRow[],
  pki: Pki,
  password: string,
  audiences: readonly Audience[],
): PkiFile[] {
  return rows
    .filter((row) => row.for.some((audience) => audiences.includes(audience)))
    .flatMap(({ path, content: make, secret }) => {
      const made = make(pki, password);
      return made === undefined || made.length === 0 ? [] : [{ path, content: made, mode: secret ? 0o600 : 0o644 }];
    });
}
