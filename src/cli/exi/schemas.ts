/** The schema sets that `plugcharge exi` knows, by the names of `--schema`. */
import type { AnySet } from "../../exi/schema.ts";
import { appProtocol } from "../../iso15118/appProtocol.ts";
import { din } from "../../iso15118/din70121/index.ts";
import { iso2 } from "../../iso15118/iso2/index.ts";
import { xmldsig } from "../../iso15118/xmldsig.ts";
import { UserError } from "../../util/errors.ts";
import type { Kind } from "./message.ts";

const sets: ReadonlyMap<string, AnySet> = new Map([appProtocol, din, iso2, xmldsig].map((set) => [set.name, set]));

const names = `one of ${[...sets.keys()].join(", ")}`;

/**
 * @param name what was asked for, if anything.
 * @param guess for a document that nothing was said about. Fragments of one schema read as those of another.
 * @throws UserError when the name is unknown or nothing can be guessed.
 */
export function chooseSchema(name: unknown, kind: Kind, guess: () => AnySet): AnySet {
  if (name !== undefined) return schemaNamed(name);
  if (kind === "document") return guess();
  throw new UserError("the schema of a fragment cannot be guessed", { key: "--schema", expected: names });
}

/** @throws UserError that names the known ones. */
export function schemaNamed(name: unknown): AnySet {
  const set = sets.get(String(name));
  if (set) return set;
  throw new UserError(`unknown schema ${JSON.stringify(name)}`, { key: "--schema", expected: names });
}

/** Codes of V2G_Message among all documents of a schema; the app protocol has two documents, coded in two bits. */
const V2G_MESSAGE = new Map<number, AnySet>([
  [76, iso2],
  [77, din],
]);

/**
 * The schema of a document by its first code. Short messages of one schema can read as another, so a guess is made only
 * between the handshake and the messages of DIN SPEC 70121 and ISO 15118-2, whose codes differ.
 *
 * @throws UserError when it is none of them.
 */
export function guessSchema(exi: Uint8Array): AnySet {
  const code = exi[1] ?? 0xff;
  const set = V2G_MESSAGE.get(code >> 1);
  if (set) return set;
  if (code < 0x80) return appProtocol;
  throw new UserError("the schema cannot be guessed from the first code", {
    key: "--schema",
    expected: names,
  });
}

/** The schema of a document by its root's name. @throws UserError when it is of neither that are guessed. */
export function schemaOfRoot(root: string): AnySet {
  const set = [appProtocol, iso2].find(({ elements }) => Object.hasOwn(elements, root));
  if (set) return set;
  throw new UserError(`no schema is guessed for ${root}`, {
    key: "--schema",
    expected: names,
  });
}
