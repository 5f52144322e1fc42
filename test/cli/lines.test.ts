import fc from "fast-check";
import { expect, test } from "vitest";
import { linesOf, MAX_LINE } from "../../src/cli/lines.ts";

async function* chunksOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield chunk;
}

async function read(chunks: readonly Uint8Array[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const some of linesOf(chunksOf(chunks))) lines.push(...some);
  return lines;
}

const encode = (text: string) => new TextEncoder().encode(text);

test("Lines are the same wherever they are cut, also in the middle of a character", async () => {
  const line = fc.string({ unit: "grapheme", maxLength: 10 }).map((text) => text.replaceAll("\n", " "));
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 6 }), fc.integer({ min: 1, max: 9 }), async (lines, size) => {
      const bytes = encode(lines.join("\n"));
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      expect(await read(chunks)).toEqual(lines.join("\n").split("\n"));
    }),
  );
});

test("bad case: an endless line is kept in part only, longer than allowed still, and the next one is whole", async () => {
  const mebibyte = encode("x".repeat(1024 * 1024));
  const [long = "", next] = await read([...Array(64).fill(mebibyte), encode("\nnext\n")]);
  expect(long.length).toBe(MAX_LINE + 1);
  expect(next).toBe("next");
});
