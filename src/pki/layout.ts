/** Where a PKI's files lie: one table a layout, one row a file, read and written by the same table. */
import type { KeyObject } from "node:crypto";
import { type Certificate, exportPrivateKey, toPem } from "../x509/index.ts";
import type { MemberId } from "./members.ts";

/** Who needs a file: `authority` is whoever issues certificates and tests with them. */
export type Audience = "station" | "car" | "csms" | "authority";

/** Kinds of root. */
export type TrustName = "v2g" | "mo" | "oem" | "csms" | "mf";

/** What a PKI has for its files; a part of one lacks some. */
export interface PkiView {
  certificate(id: MemberId): Certificate | undefined;
  key(id: MemberId): KeyObject | undefined;
  /** The sub-CAs to send behind a leaf, from below. */
  chain(id: MemberId): readonly Certificate[];
  readonly trust: Readonly<Record<TrustName, readonly Certificate[]>>;
}

/** What is in a file. `chain` is a leaf with its sub-CAs; `openKey` has no password whatever the others have. */
export type Content =
  | { readonly kind: "root" | "rootDer"; readonly of: TrustName }
  | { readonly kind: "certificate" | "der" | "chain" | "intermediates" | "key" | "openKey"; readonly of: MemberId }
  /** The second one is there, empty, for keys without a password. */
  | { readonly kind: "password" | "passwordLine" };

export interface LayoutRow {
  /** Below the folder, with `/`. */
  readonly path: string;
  readonly for: readonly Audience[];
  readonly content: Content;
}

export interface PkiFile {
  readonly path: string;
  readonly content: Uint8Array | string;
  /** 0600 for what is secret. */
  readonly mode: number;
}

export type LayoutName = "everest" | "ecog";

const secrets: ReadonlySet<Content["kind"]> = new Set(["key", "openKey", "password", "passwordLine"]);

/**
 * The files of a layout for some audiences. Of several PKIs, the roots share their bundles and the others' files have
 * `_20` at the end of their names; TLS certificates of the CSMS and the like come from the first alone.
 */
export function layoutFiles(
  rows: readonly LayoutRow[],
  pkis: readonly PkiView[],
  password: string,
  audiences: readonly Audience[],
): PkiFile[] {
  const wanted = rows.filter((row) => row.for.some((audience) => audiences.includes(audience)));
  return wanted.flatMap(({ path, content }) => {
    const mode = secrets.has(content.kind) ? 0o600 : 0o644;
    const made = pkis.map((pki) => render(content, pki, password));
    if (isShared(content)) return file(path, made[0], mode);
    if (content.kind === "root") return file(path, made.filter((text) => text !== undefined).join(""), mode);
    return made.flatMap((one, i) => file(i === 0 ? path : path.replace(/(\.\w+)$/, "_20$1"), one, mode));
  });
}

function file(path: string, content: Uint8Array | string | undefined, mode: number): PkiFile[] {
  return content === undefined || content.length === 0 ? [] : [{ path, content, mode }];
}

/** What is not of an edition of ISO 15118. */
function isShared(content: Content): boolean {
  return "of" in content && /^(csms|mf)/.test(content.of);
}

function render(content: Content, pki: PkiView, password: string): Uint8Array | string | undefined {
  switch (content.kind) {
    case "root":
      return toPem(...pki.trust[content.of]);
    case "rootDer":
      return pki.trust[content.of][0]?.der;
    case "der":
      return pki.certificate(content.of)?.der;
    case "intermediates":
      return toPem(...pki.chain(content.of));
    case "certificate":
      return renderChain(pki.certificate(content.of), []);
    case "chain":
      return renderChain(pki.certificate(content.of), pki.chain(content.of));
    case "key":
      return renderKey(pki.key(content.of), password);
    case "openKey":
      return renderKey(pki.key(content.of), "");
    default:
      return content.kind === "passwordLine" ? `${password}\n` : password;
  }
}

function renderChain(leaf: Certificate | undefined, chain: readonly Certificate[]): string | undefined {
  return leaf && toPem(leaf, ...chain);
}

function renderKey(key: KeyObject | undefined, password: string): string | undefined {
  return key && exportPrivateKey(key, "traditional", password);
}
