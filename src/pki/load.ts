/** A PKI read back from the files of a layout, as far as they are there. */
import type { KeyObject } from "node:crypto";
import { join } from "node:path";
import { UserError } from "../util/errors.ts";
import type { Files } from "../util/files.ts";
import { type Certificate, loadPrivateKey, parsePemChain, X509Error } from "../x509/index.ts";
import type { Content, LayoutName, LayoutRow, PkiView, TrustName } from "./layout.ts";
import type { MemberId } from "./members.ts";
import { layouts } from "./write.ts";

export interface LoadOptions {
  readonly files: Files;
  readonly dir: string;
  readonly layout?: LayoutName;
  readonly password?: string;
}

/** @throws UserError for a file that cannot be read, or a folder with none of a PKI's files. */
export async function loadPki(options: LoadOptions): Promise<PkiView> {
  const certificates = new Map<MemberId, Certificate>();
  const chains = new Map<MemberId, readonly Certificate[]>();
  const keys = new Map<MemberId, KeyObject>();
  const trust: Record<TrustName, readonly Certificate[]> = { v2g: [], mo: [], oem: [], csms: [], mf: [] };
  for (const row of layouts[options.layout ?? "everest"]) {
    const { content } = row;
    if (content.kind === "key" || content.kind === "openKey") {
      const key = await read(options, row, (text) => loadPrivateKey(text, options.password));
      if (key) keys.set(content.of, key);
    } else if (isPemCertificates(content)) {
      const [first, ...rest] = (await read(options, row, parsePemChain)) ?? [];
      if (!first) continue;
      if (content.kind === "root") trust[content.of] = [first, ...rest];
      certificates.set(content.kind === "root" ? `${content.of}Root` : content.of, first);
      if (content.kind === "chain") chains.set(content.of, rest);
    }
  }
  if (certificates.size + chains.size === 0) throw nothingThere(options);
  return {
    certificate: (id) => certificates.get(id),
    key: (id) => keys.get(id),
    chain: (id) => chains.get(id) ?? [],
    trust,
  };
}

type PemCertificates =
  | { readonly kind: "root"; readonly of: TrustName }
  | { readonly kind: "certificate" | "chain"; readonly of: MemberId };

function isPemCertificates(content: Content): content is PemCertificates {
  return content.kind === "root" || content.kind === "certificate" || content.kind === "chain";
}

async function read<T>(
  { files, dir }: LoadOptions,
  row: LayoutRow,
  parse: (text: string) => T,
): Promise<T | undefined> {
  const file = join(dir, row.path);
  const info = await files.info(file);
  if (!info || info.isDirectory) return undefined;
  try {
    return parse(Buffer.from(await files.read(file)).toString("latin1"));
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    throw new UserError(error.message, { file, fix: "Replace the file, or give the right --password." });
  }
}

function nothingThere({ dir, layout = "everest" }: LoadOptions): UserError {
  return new UserError(`there are no certificates of a PKI in layout ${layout}`, {
    file: dir,
    fix: "Give the folder that `plugcharge pki init` made, or another --from-layout.",
  });
}
