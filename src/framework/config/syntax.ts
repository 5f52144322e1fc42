/** What YAML cannot read, told so that it can be mended without knowing YAML's grammar. */
import type { YAMLError } from "yaml";

export interface SyntaxFault {
  /** In characters from the beginning. */
  readonly offset: number;
  readonly message: string;
  readonly key?: string;
  readonly expected?: string;
  readonly fix?: string;
}

type Words = Pick<SyntaxFault, "expected" | "fix"> & { readonly message?: string };

const neighbours = "the indentation of its neighbours";
const move = "Move it to where its neighbours begin.";

/** For the codes that people meet; others are told in YAML's own words. */
const words: Readonly<Partial<Record<YAMLError["code"], Words>>> = {
  TAB_AS_INDENT: { message: "a tab is used as indentation", expected: "spaces", fix: "Replace it by spaces." },
  BLOCK_AS_IMPLICIT_KEY: {
    message: "a key below this line stands deeper, though the line has a value already",
    expected: neighbours,
    fix: move,
  },
  MULTILINE_IMPLICIT_KEY: { message: "a key is not followed by a colon", expected: "key: value" },
  MISSING_CHAR: { fix: "Write what is missing." },
  UNEXPECTED_TOKEN: { fix: "Put the whole text in quotes, or remove what is too much." },
  BAD_SCALAR_START: { fix: "Put the text in quotes." },
  MULTIPLE_DOCS: { message: "there is more than one document", fix: "Remove '---' and what follows it." },
};

/** Of a map or a list; the same code stands for brackets that are not closed, which YAML says well. */
const badIndent: Words = {
  message: "the line does not begin where its neighbours do",
  expected: neighbours,
  fix: move,
};

function wordsFor({ code, message }: YAMLError): Words {
  return (code === "BAD_INDENT" && message.startsWith("All ") ? badIndent : words[code]) ?? {};
}

/** These may only follow from an earlier fault. */
const consequences: readonly YAMLError["code"][] = [
  ...(["BAD_INDENT", "BLOCK_AS_IMPLICIT_KEY", "MULTILINE_IMPLICIT_KEY", "MISSING_CHAR", "UNEXPECTED_TOKEN"] as const),
];

/** Those that are worth telling, in the order of the text: what may follow from another one is left out. */
export function syntaxFaults(errors: readonly YAMLError[], text: string): SyntaxFault[] {
  const sorted = errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  if (sorted.some(({ code }) => code === "TAB_AS_INDENT")) return tabs(text);
  const own = sorted.filter(({ code }, index) => index === 0 || !consequences.includes(code));
  return own.map((error) => faultAt(error.pos[0], text, { message: error.message, ...wordsFor(error) }));
}

/** YAML's own account of tabs stops at the first one. */
function tabs(text: string): SyntaxFault[] {
  return [...text.matchAll(/^ *\t[\t ]*(?=\S)/gm)].map(({ index, 0: indentation }) => {
    return faultAt(index + indentation.indexOf("\t"), text, words.TAB_AS_INDENT ?? {});
  });
}

function faultAt(offset: number, text: string, { message = "", ...more }: Words): SyntaxFault {
  const line = lineAt(text, offset);
  const [, own] = /^["']?([\w.-]+)["']?(?::|$)/.exec(line) ?? [];
  const key = [...keysAbove(text, offset), ...(own === undefined ? [] : [own])].join(".");
  // A value may be a secret.
  const shown = JSON.stringify(line.replace(/: .*$/, ": ...").slice(0, 60));
  const told = line === "" ? message : `${message}: ${shown}`;
  return { offset, ...(key !== "" && { key }), message: told, ...more };
}

function lineAt(text: string, offset: number): string {
  const begin = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", begin);
  return text.slice(begin, end < 0 ? undefined : end).trim();
}

/** The keys that the lines above lead to, by their indentation. */
function keysAbove(text: string, offset: number): string[] {
  const lines = text.slice(0, offset).split("\n").slice(0, -1);
  const found: string[] = [];
  let limit = Number.POSITIVE_INFINITY;
  for (const line of lines.toReversed()) {
    const [, spaces = "", name] = /^( *)["']?([\w.-]+)["']?:(?: |$)/.exec(line) ?? [];
    if (name === undefined || spaces.length >= limit) continue;
    // The nearest line may be a neighbour or a parent; only one without a value can be a parent.
    if (limit === Number.POSITIVE_INFINITY && !/:\s*$/.test(line)) {
      limit = spaces.length;
      continue;
    }
    limit = spaces.length;
    found.unshift(name);
  }
  return found;
}
