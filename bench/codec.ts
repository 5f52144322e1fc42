/** µs a message of eleven typical ones, by emitted code and by the interpreter. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Codec } from "../src/exi/codec.ts";
import { decodeDocument } from "../src/exi/decodeInterpreted.ts";
import { encodeDocument } from "../src/exi/encodeInterpreted.ts";
import { appProtocol } from "../src/iso15118/appProtocol.ts";
import { iso2 } from "../src/iso15118/iso2/index.ts";
import { fromHex, toHex } from "../src/util/bytes.ts";
import { InternalError } from "../src/util/errors.ts";

const file = join(import.meta.dirname, "../test/vectors/exi/benchMix.jsonl");
/** Messages whose certificates take most of their time; without them the table shows what codes and names cost. */
const LARGE = 1000;
const ROUNDS = 9;
const WARM_UP = 2000;

interface Message {
  readonly name: string;
  readonly set: Codec;
  readonly root: string;
  readonly bytes: Uint8Array;
  readonly value: unknown;
}

function messages(): Message[] {
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return lines.map((line) => {
    const { id, schema, root, json, exi } = JSON.parse(line);
    const set = [appProtocol, iso2].find(({ name }) => name === schema);
    if (!(set instanceof Codec)) throw new InternalError(schema);
    const bytes = fromHex(exi);
    const { value } = set.decode(bytes);
    const same =
      toHex(set.encode(root, value)) === exi && JSON.stringify(set.toJson(root, value)) === JSON.stringify(json);
    if (!same) throw new InternalError(`${id} comes out different`);
    return { name: id.replace("bench/", ""), set, root, bytes, value };
  });
}

type Work = (message: Message) => void;

/** The lowest of several rounds, in µs, which other work on the machine disturbs least. All messages are warmed together, as code that knows one message only is faster than any real. */
function measure(mix: readonly Message[], repeats: number, work: Work): number[] {
  for (let pass = 0; pass < WARM_UP; pass++) mix.forEach(work);
  const rounds = Array.from({ length: ROUNDS }, () => mix.map((message) => once(message, repeats, work)));
  return mix.map((_, index) => lowest(rounds.map((round) => round[index] ?? 0)));
}

function once(message: Message, repeats: number, work: Work): number {
  const start = process.hrtime.bigint();
  for (let count = 0; count < repeats; count++) work(message);
  return Number(process.hrtime.bigint() - start) / repeats / 1000;
}

const lowest = (values: readonly number[]) => Math.min(...values);

const columns: readonly (readonly [string, number, Work])[] = [
  ["decode", 2000, ({ set, bytes }) => set.decode(bytes)],
  ["encode", 2000, ({ set, root, value }) => set.encode(root, value)],
  ["interpreted decode", 400, ({ set, bytes }) => decodeDocument(set.names, bytes)],
  ["interpreted encode", 400, ({ set, root, value }) => encodeDocument(set.names, root, value)],
];

export function codecBench(): string {
  const mix = messages();
  const measured = columns.map(([, repeats, work]) => measure(mix, repeats, work));
  const row = (name: string, bytes: number, picked: (message: Message, index: number) => boolean) => {
    const sums = measured.map((times) => times.filter((_, index) => picked(mix[index] as Message, index)));
    const cells = sums.map((times, column) => {
      const sum = times.reduce((all, time) => all + time, 0);
      return sum.toFixed(2).padStart(columns[column]?.[0].length ?? 0);
    });
    return [`  ${name.padEnd(28)}`, String(bytes).padStart(6), ...cells].join("  ");
  };
  const size = (picked: readonly Message[]) => picked.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const small = mix.filter(({ bytes }) => bytes.length < LARGE);
  return [
    `codec, µs a message, lowest of ${ROUNDS} rounds`,
    [`  ${"".padEnd(28)}`, " bytes", ...columns.map(([name]) => name)].join("  "),
    ...mix.map((message, index) => row(message.name, message.bytes.length, (_, other) => other === index)),
    row(`all ${mix.length}`, size(mix), () => true),
    row(`the ${small.length} without certificates`, size(small), ({ bytes }) => bytes.length < LARGE),
  ].join("\n");
}
