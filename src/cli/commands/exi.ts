/** `plugcharge exi`: EXI to text and back, one message or thousands. */
import { pipeline } from "node:stream/promises";
import { Command } from "commander";
import { ExiError } from "../../exi/errors.ts";
import { toHex } from "../../util/bytes.ts";
import { UserError } from "../../util/errors.ts";
import { readBytes, readText, unframed } from "../exi/input.ts";
import { answers, type Defaults, decodeLine, encodeLine } from "../exi/lines.ts";
import { decodeMessage, encodeJson, type Kind, type Message, messageToJson } from "../exi/message.ts";
import { chooseSchema, guessSchema, schemaNamed, schemaOfRoot } from "../exi/schemas.ts";
import { treeLines } from "../exi/tree.ts";
import { exitCodes, type Io, writeLine } from "../io.ts";

/** The part of the outside world that these commands touch. */
export type ExiIo = Pick<Io, "stdin" | "stdout" | "stderr" | "readFile" | "setExitCode">;

interface Flags {
  readonly schema?: string;
  readonly fragment: boolean;
  readonly jsonl: boolean;
}

interface DecodeFlags extends Flags {
  readonly json: boolean;
}

interface EncodeFlags extends Flags {
  readonly root?: string;
}

/** @param io the outside world. */
export function exiCommand(io: ExiIo): Command {
  const decode = common("decode", "Show a message as a tree, or as JSON.")
    .argument("[input]", "hexadecimal, a file, base64, or - for the standard input", "-")
    .option("--json", "print {schema, kind, root, json}, which encode takes", false)
    .action((input: string, flags: DecodeFlags) =>
      flags.jsonl ? manyLines(io, flags, decodeLine) : reported(io, () => decodeOne(io, input, flags)),
    );
  const encode = common("encode", "Write a message as hexadecimal EXI.")
    .argument("[input]", "JSON, a file of it, or - for the standard input", "-")
    .option("--root <name>", "the root element, where the JSON is its content only")
    .action((input: string, flags: EncodeFlags) =>
      flags.jsonl ? manyLines(io, flags, encodeLine) : reported(io, () => encodeOne(io, input, flags)),
    );
  return new Command("exi")
    .description("Decode and encode EXI messages of ISO 15118.")
    .addCommand(decode)
    .addCommand(encode);
}

function common(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option(
      "--schema <name>",
      "app-protocol, din, iso-2 or xmldsig (default: guessed for messages, iso-2 for V2G_Message as JSON)",
    )
    .option("--fragment", "a fragment, as signatures have them, instead of a document", false)
    .option("--jsonl", "many messages: one JSON object a line from the standard input, one answer a line", false);
}

function kindOf({ fragment }: Flags): Kind {
  return fragment ? "fragment" : "document";
}

function defaultsOf(flags: Flags): Defaults {
  return { kind: kindOf(flags), ...(flags.schema === undefined ? {} : { schema: flags.schema }) };
}

/** What cannot be coded is one line on stderr. */
async function reported(io: ExiIo, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof ExiError)) throw error;
    io.stderr.write(`${error.message}\n`);
    io.setExitCode(exitCodes.failed);
  }
}

async function decodeOne(io: ExiIo, input: string, flags: DecodeFlags): Promise<void> {
  const { exi, payloadType } = unframed(await readBytes(input, io));
  const kind = kindOf(flags);
  const set = chooseSchema(flags.schema, kind, () => guessSchema(exi));
  const message = decodeMessage(set, kind, exi);
  if (flags.json) {
    const json = messageToJson(set, kind, message);
    await writeLine(io.stdout, JSON.stringify({ schema: set.name, kind, root: message.root, json }, undefined, 2));
    return;
  }
  const frame = payloadType === undefined ? "" : `, V2GTP payload type ${payloadType.toString(16)}`;
  const how = flags.schema === undefined ? "guessed " : "";
  await writeLine(io.stdout, `${how}${set.name} ${kind}, ${exi.length} bytes${frame}`);
  await writeLine(io.stdout, tree(message));
}

function tree({ root, value }: Message): string {
  return treeLines(root, value).join("\n");
}

async function encodeOne(io: ExiIo, input: string, flags: EncodeFlags): Promise<void> {
  const { schema, kind, root, json } = record(await readText(input, io), flags);
  const set = chooseSchema(schema, kind, () => schemaOfRoot(root));
  await writeLine(io.stdout, toHex(encodeJson(set, kind, root, json)));
}

/** What `decode --json` prints, or the root's content alone. */
function record(text: string, flags: EncodeFlags) {
  const parsed = parse(text) as { schema?: string; kind?: Kind; root?: string; json?: unknown } | null;
  const kind = kindOf(flags);
  if (flags.root !== undefined) return { schema: flags.schema, kind, root: flags.root, json: parsed };
  if (typeof parsed?.root !== "string" || parsed.json === undefined) {
    throw new UserError("the JSON does not say its root element", {
      key: "--root",
      expected: "the name of the root element, or JSON as decode --json prints it",
    });
  }
  return { schema: flags.schema ?? parsed.schema, kind: parsed.kind ?? kind, root: parsed.root, json: parsed.json };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`the input is no JSON: ${(error as SyntaxError).message}`, { expected: "JSON" });
  }
}

async function manyLines(io: ExiIo, flags: Flags, work: typeof decodeLine): Promise<void> {
  const defaults = defaultsOf(flags);
  if (flags.schema !== undefined) schemaNamed(flags.schema);
  try {
    await pipeline(
      io.stdin,
      (chunks: AsyncIterable<Uint8Array>) => answers(chunks, (line) => work(line, defaults)),
      io.stdout,
      { end: false },
    );
  } catch (error) {
    // Whoever reads our output has seen enough.
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
  }
}
