/** The vectors of test/vectors/exi: made of random valid documents by three codecs (EXIficient, OpenEXI nagasena, libcbv2g). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AnySet, Json } from "../../src/exi/schema.ts";
import { appProtocol } from "../../src/iso15118/appProtocol.ts";
import { din } from "../../src/iso15118/din70121/index.ts";
import { iso2 } from "../../src/iso15118/iso2/index.ts";
import { xmldsig } from "../../src/iso15118/xmldsig.ts";
import { fromHex } from "../../src/util/bytes.ts";

export interface Vector {
  readonly id: string;
  readonly schema: string;
  readonly kind: "document" | "fragment";
  readonly root: string;
  readonly json: Json;
  readonly exi: string;
}

export interface MalformedVector extends Omit<Vector, "json"> {
  readonly category: string;
  readonly expect: "reject" | "accept" | "either" | "accept-or-capacity-error";
  readonly json?: Json;
}

export const sets: Readonly<Record<string, AnySet>> = {
  "app-protocol": appProtocol,
  din,
  "iso-2": iso2,
  xmldsig,
};

export function vectors<V = Vector>(name: string): V[] {
  const text = readFileSync(join(import.meta.dirname, `../vectors/exi/${name}.jsonl`), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as V);
}

export function setOf({ schema }: { schema: string }): AnySet {
  const set = sets[schema];
  if (!set) throw new RangeError(schema);
  return set;
}

export function decoded({ schema, kind, exi }: Omit<Vector, "json">): { root: string; json: Json } {
  const set = setOf({ schema });
  if (kind === "document") {
    const { root, value } = set.decode(fromHex(exi));
    return { root, json: set.toJson(root, value) };
  }
  const { name, value } = set.decodeFragment(fromHex(exi));
  return { root: name, json: set.fragmentToJson(name, value) };
}

export function encoded({ schema, kind, root, json }: Omit<Vector, "exi">): Uint8Array {
  const set = setOf({ schema });
  return kind === "document"
    ? set.encode(root, set.fromJson(root, json))
    : set.encodeFragment(root, set.fragmentFromJson(root, json));
}
