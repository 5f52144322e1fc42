import { describe, expect, it } from "vitest";
import { ExiError } from "../../src/exi/errors.ts";
import { toHex } from "../../src/util/bytes.ts";
import { decoded, encoded, type MalformedVector, type Vector, vectors } from "./vectors.ts";

interface HitVector extends Vector {
  readonly exiNoHits: string;
}

/** The same with an order of keys, which JSON comparison ignores. */
const inOrder = (json: unknown) => JSON.stringify(json);

describe("vectors that three codecs agree on", () => {
  it.each(vectors("shared"))("$id", (vector) => {
    const { root, json } = decoded(vector);
    expect({ root, json }).toEqual({ root: vector.root, json: vector.json });
    expect(inOrder(json)).toBe(inOrder(vector.json));
    expect(toHex(encoded(vector))).toBe(vector.exi);
  });
});

describe("vectors that EXIficient and nagasena agree on", () => {
  it.each(vectors<Vector & { reason: string[] }>("disputed"))("$id ($reason)", (vector) => {
    expect(decoded(vector)).toEqual({ root: vector.root, json: vector.json });
    const ours = toHex(encoded(vector));
    if (vector.reason.includes("empty-string-as-second-level-EE")) {
      expect(decoded({ ...vector, exi: ours }).json).toEqual(vector.json);
    } else {
      expect(ours).toBe(vector.exi);
    }
  });
});

describe("streams that refer to earlier strings", () => {
  it.each(vectors<HitVector>("valuehits"))("$id", (vector) => {
    expect(decoded(vector)).toEqual({ root: vector.root, json: vector.json });
    expect(toHex(encoded(vector))).toBe(vector.exiNoHits);
  });
});

describe("malformed streams", () => {
  it.each(vectors<MalformedVector>("malformed"))("$id $category: $expect", (vector) => {
    const result = attempt(vector);
    if (vector.expect === "reject") expect(result).toBeInstanceOf(ExiError);
    if (vector.json !== undefined) expect(result).toMatchObject({ json: vector.json });
  });
});

function attempt(vector: MalformedVector): unknown {
  try {
    return decoded(vector);
  } catch (error) {
    if (error instanceof ExiError) return error;
    throw error;
  }
}
