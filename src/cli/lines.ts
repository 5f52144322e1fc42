import { StringDecoder } from "node:string_decoder";

/** Longest line kept; a message of 64 KiB in JSON, or a chain with all its roots, is shorter. */
export const MAX_LINE = 4 * 1024 * 1024;

/** Whole lines, as many as each chunk completes. One that is too long comes cut, longer than {@link MAX_LINE} still, so that its reader sees it. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<string[]> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of chunks) {
    const [first = "", ...others] = textOf(chunk, decoder).split("\n");
    const begun = rest.length > MAX_LINE ? rest : (rest + first).slice(0, MAX_LINE + 1);
    const last = others.pop();
    rest = last === undefined ? begun : last.slice(0, MAX_LINE + 1);
    if (last !== undefined) yield [begun, ...others];
  }
  yield [rest + decoder.end()];
}

function textOf(chunk: Uint8Array | string, decoder: StringDecoder): string {
  return typeof chunk === "string"
    ? chunk
    : decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
}
