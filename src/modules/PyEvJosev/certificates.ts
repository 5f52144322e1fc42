/** What the car carries: V2G roots, its provisioning certificate, and a contract; in EVerest's layout unless it is said otherwise. */
import { join } from "node:path";
import type { Contract, Provisioning } from "../../evcc/index.ts";
import { Journal } from "../../evseSecurity/journal.ts";
import { normaliseEmaid } from "../../iso15118/emaid.ts";
import type { Files } from "../../util/files.ts";
import {
  type Certificate,
  describeCertificate,
  exportPrivateKey,
  loadPrivateKey,
  parseCertificate,
  parsePemChain,
  samePublicKey,
  toPem,
  X509Error,
} from "../../x509/index.ts";

/** Where the car's certificates lie, below one folder. */
export interface CarFiles {
  /** V2G roots, in one file. */
  readonly roots: string;
  readonly leaf: string;
  readonly key: string;
  /** Its first line is the key's password; it may be absent. */
  readonly password: string;
  readonly chain: string;
  /** Used where there is no chain file; from the leaf upwards. */
  readonly subCas: readonly string[];
  /** The leaf once more, in DER, for others who read this folder. */
  readonly leafDer: string;
  /** A new contract before it is in its place. */
  readonly journal: string;
  /** The provisioning certificate, its key, and the key's password. */
  readonly provisioning: { readonly leaf: string; readonly key: string; readonly password: string };
}

/** EVerest's layout. */
export const everestCar: CarFiles = {
  roots: "ca/v2g/V2G_ROOT_CA.pem",
  leaf: "client/mo/MO_LEAF.pem",
  key: "client/mo/MO_LEAF.key",
  password: "client/mo/MO_LEAF_PASSWORD.txt",
  chain: "client/mo/MO_CERT_CHAIN.pem",
  subCas: ["ca/mo/MO_SUB_CA2.pem", "ca/mo/MO_SUB_CA1.pem"],
  leafDer: "client/mo/MO_LEAF.der",
  journal: "client/mo/.new_contract",
  provisioning: {
    leaf: "client/oem/OEM_LEAF.pem",
    key: "client/oem/OEM_LEAF.key",
    password: "client/oem/OEM_LEAF_PASSWORD.txt",
  },
};

/** A thing that was looked for: what it is, or why there is none. */
export type Found<T> =
  | { readonly value: T; readonly note?: string }
  | { readonly missing: string; readonly fix: string };

/** Reads text files below one folder. */
class Folder {
  readonly #files: Files;
  readonly #path: string;

  constructor(files: Files, path: string) {
    this.#files = files;
    this.#path = path;
  }

  /** Undefined when there is no such file. */
  async text(name: string): Promise<string | undefined> {
    const path = join(this.#path, name);
    if (!(await this.#files.info(path))) return undefined;
    return Buffer.from(await this.#files.read(path)).toString("utf8");
  }

  /** Empty when there is no such file. */
  async firstLine(name: string): Promise<string> {
    const [line = ""] = ((await this.text(name)) ?? "").split(/\r?\n/);
    return line;
  }
}

/** The roots that the car trusts chargers by; a file with several is read whole. */
export function readV2gRoots(
  files: Files,
  certsDir: string,
  { roots } = everestCar,
): Promise<Found<readonly Certificate[]>> {
  return explained(`${roots} cannot be read`, `Put the V2G root certificate to ${roots} of the car.`, async () => {
    const text = await new Folder(files, certsDir).text(roots);
    return text === undefined ? undefined : { value: parsePemChain(text) };
  });
}

/** The contract, in the form in which it is shown to chargers. A key that is not the certificate's is noted, and used. */
export function readContract(files: Files, certsDir: string, names = everestCar): Promise<Found<Contract>> {
  const folder = new Folder(files, certsDir);
  return explained(
    "there is no contract that can be used",
    `Put a contract to ${names.leaf} and ${names.key} of the car.`,
    async () => {
      await contractJournal(files, certsDir, names).recover();
      const [pem, keyText] = [await folder.text(names.leaf), await folder.text(names.key)];
      if (pem === undefined || keyText === undefined) return undefined;
      const leaf = parseCertificate(pem);
      const key = loadPrivateKey(keyText, await folder.firstLine(names.password));
      if (key.asymmetricKeyType !== "ec") throw new X509Error("its key is not on an elliptic curve");
      const eMAID = normaliseEmaid(leaf.subject.CN ?? "");
      const chain = [leaf, ...(await readSubCas(folder, leaf, names))].map(({ der }) => der);
      const foreign = `the key in ${names.key} is not that of ${describeCertificate(leaf)}`;
      return { value: { eMAID, chain, key }, ...(!samePublicKey(key, leaf.publicKey) && { note: foreign }) };
    },
  );
}

/** What the car can ask for contracts with. */
export function readProvisioning(
  files: Files,
  certsDir: string,
  { provisioning: names } = everestCar,
): Promise<Found<Provisioning>> {
  const folder = new Folder(files, certsDir);
  const fix = `Put the car's provisioning certificate to ${names.leaf} and ${names.key} of the car.`;
  return explained("there is no provisioning certificate that can be used", fix, async () => {
    const [pem, keyText] = [await folder.text(names.leaf), await folder.text(names.key)];
    if (pem === undefined || keyText === undefined) return undefined;
    const { der, publicKey } = parseCertificate(pem);
    const key = loadPrivateKey(keyText, await folder.firstLine(names.password));
    const foreign = `the key in ${names.key} is not that of ${names.leaf}`;
    return { value: { certificate: der, key }, ...(!samePublicKey(key, publicKey) && { note: foreign }) };
  });
}

function contractJournal(files: Files, certsDir: string, { journal }: CarFiles): Journal {
  return new Journal(files, join(certsDir, journal));
}

/**
 * Puts a contract in the place of the one before, as one step: after a crash there is one or the other. The key is encrypted
 * with the password of the one before, and for its owner only. Never rejects; gives the reason when it could not.
 */
export async function storeContract(
  files: Files,
  certsDir: string,
  { chain, key }: Contract,
  names = everestCar,
): Promise<string | undefined> {
  try {
    const password = await new Folder(files, certsDir).firstLine(names.password);
    const [leaf, ...subs] = chain.map((der) => parseCertificate(der));
    if (!leaf) return "there is no certificate in it";
    const write = (name: string, content: string | Uint8Array, mode = 0o644) => ({
      write: join(certsDir, name),
      content,
      mode,
    });
    await contractJournal(files, certsDir, names).apply([
      write(names.key, exportPrivateKey(key, "traditional", password), 0o600),
      write(names.leaf, toPem(leaf)),
      write(names.leafDer, leaf.der),
      write(names.chain, toPem(leaf, ...subs)),
    ]);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Roots are left out: whoever checks the chain must have them. */
async function readSubCas(
  folder: Folder,
  leaf: Certificate,
  { chain: file, subCas }: CarFiles,
): Promise<Certificate[]> {
  const chain = await folder.text(file);
  const texts = chain === undefined ? await Promise.all(subCas.map((name) => folder.text(name))) : [chain];
  const all = texts.flatMap((text) => parsePemChain(text ?? ""));
  return all.filter(({ fingerprint, isSelfIssued }) => fingerprint !== leaf.fingerprint && !isSelfIssued);
}

type Value<T> = { readonly value: T; readonly note?: string };

async function explained<T>(
  missing: string,
  fix: string,
  read: () => Promise<Value<T> | undefined>,
): Promise<Found<T>> {
  try {
    return (await read()) ?? { missing, fix };
  } catch (error) {
    return { missing: `${missing}: ${reasonOf(error)}`, fix };
  }
}

/** What is wrong with a file is its owner's affair, and no reason to end anything here. */
function reasonOf(error: unknown): string {
  if (error instanceof X509Error) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code !== "string") throw error;
  return code;
}
