/** A folder of certificates in EVerest's or EcoG's layout, as a car or a charger reads it. */
import { dirname, join } from "node:path";
import { type CarFiles, everestCar } from "../../modules/PyEvJosev/certificates.ts";
import type { Content, LayoutName } from "../../pki/layout.ts";
import { layouts } from "../../pki/write.ts";
import type { TlsCredentials } from "../../transport/ports.ts";
import { UserError } from "../../util/errors.ts";
import type { Files } from "../../util/files.ts";
import { type Certificate, parsePemChain, X509Error } from "../../x509/index.ts";

/** Paths below the folder. */
interface Names {
  readonly car: CarFiles;
  readonly secc: { readonly chain: string; readonly key: string; readonly password: string };
  /** What contracts may lead to. */
  readonly roots: readonly string[];
  /** Of the operator's Sub-CA 2, which signs tariffs. */
  readonly tariffKey: string;
}

export interface PkiFolder {
  readonly dir: string;
  readonly layout: LayoutName;
  readonly names: Names;
}

const namesOf: Readonly<Record<LayoutName, Names>> = { everest: everestNames(), ecog: ecogNames() };

function path(layout: LayoutName, kind: Content["kind"], of: string): string {
  return (
    layouts[layout].find(({ content }) => content.kind === kind && "of" in content && content.of === of)?.path ?? ""
  );
}

function seccNames(layout: LayoutName, passwordOf: (key: string) => string): Omit<Names, "car"> {
  const key = path(layout, "key", "secc");
  return {
    secc: { chain: path(layout, "chain", "secc"), key, password: passwordOf(key) },
    roots: [path(layout, "root", "mo"), path(layout, "root", "v2g")],
    tariffKey: path(layout, "key", "moSub2"),
  };
}

function everestNames(): Names {
  return { car: everestCar, ...seccNames("everest", (key) => key.replace(/\.key$/, "_PASSWORD.txt")) };
}

function ecogNames(): Names {
  const passwordOf = (key: string) => key.replace(/\.key$/, "Password.txt");
  const key = path("ecog", "key", "contract");
  const provisioning = path("ecog", "key", "oem");
  const car: CarFiles = {
    roots: path("ecog", "root", "v2g"),
    leaf: path("ecog", "certificate", "contract"),
    key,
    password: passwordOf(key),
    chain: path("ecog", "chain", "contract"),
    subCas: [path("ecog", "certificate", "moSub2"), path("ecog", "certificate", "moSub1")],
    leafDer: path("ecog", "der", "contract"),
    journal: join(dirname(key), ".new_contract"),
    provisioning: { leaf: path("ecog", "certificate", "oem"), key: provisioning, password: passwordOf(provisioning) },
  };
  return { car, ...seccNames("ecog", passwordOf) };
}

/** Finds out the layout by what is there. @throws UserError when it is neither. */
export async function openPkiFolder(files: Files, dir: string): Promise<PkiFolder> {
  for (const layout of ["everest", "ecog"] as const) {
    const names = namesOf[layout];
    const telling = [names.car.roots, names.secc.chain, names.car.leaf];
    const found = await Promise.all(telling.map((name) => files.info(join(dir, name))));
    if (found.some((info) => info !== undefined)) return { dir, layout, names };
  }
  throw new UserError("there is no PKI in this folder", {
    file: dir,
    expected: `${namesOf.everest.car.roots} (EVerest's layout) or ${namesOf.ecog.car.roots} (EcoG's)`,
    fix: "Name the folder that holds these.",
  });
}

/** The charger's own certificate; undefined when the folder holds none. @throws UserError when it cannot be read. */
export async function readSeccCredentials(
  files: Files,
  { dir, names: { secc } }: PkiFolder,
): Promise<TlsCredentials | undefined> {
  const [chain, key] = [await text(files, join(dir, secc.chain)), await text(files, join(dir, secc.key))];
  if (chain === undefined || key === undefined) return undefined;
  const [passphrase = ""] = ((await text(files, join(dir, secc.password))) ?? "").split(/\r?\n/);
  return { chain, key, ...(passphrase === "" ? {} : { passphrase }) };
}

/** Roots of mobility operators and of V2G, as many as there are. @throws UserError for a file that cannot be read. */
export async function readContractRoots(files: Files, { dir, names }: PkiFolder): Promise<Certificate[]> {
  const roots = names.roots.map(async (name) => {
    const file = join(dir, name);
    try {
      return parsePemChain((await text(files, file)) ?? "");
    } catch (error) {
      if (!(error instanceof X509Error)) throw error;
      throw new UserError(error.message, { file, fix: "Replace the file by the root certificate as PEM." });
    }
  });
  return (await Promise.all(roots)).flat();
}

/** The password of the folder's keys; empty when no file says one. @throws UserError when it cannot be read. */
export async function readPassword(files: Files, dir: string, layout: LayoutName): Promise<string> {
  for (const { path: name, content } of layouts[layout]) {
    if (content.kind !== "password" && content.kind !== "passwordLine") continue;
    const [line = ""] = ((await text(files, join(dir, name))) ?? "").split(/\r?\n/);
    if (line !== "") return line;
  }
  return "";
}

async function text(files: Files, file: string): Promise<string | undefined> {
  if (!(await files.info(file))) return undefined;
  try {
    return Buffer.from(await files.read(file)).toString("utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`the file cannot be read (${code ?? "unknown reason"})`, { file, fix: "Make it readable." });
  }
}
