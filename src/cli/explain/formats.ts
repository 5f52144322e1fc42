/** The decision tables as text, Markdown and JSON lines. */
import { type AnswerLine, answerLines, explained, type Line, linesOf, type Version } from "./pncDecisions.ts";

const FIRST = "The first row that fits decides; a fact that a row does not name may be anything.";
const ANSWERS = "What the CSMS answers";
const HANDED_ON =
  "Statuses are handed on as they come. An accepted token with a bad certificateStatus is still accepted.";

export function asText(versions: readonly Version[]): string[] {
  return [...versions.flatMap(versionText), ...section(ANSWERS), HANDED_ON, "", ...answerLines.flatMap(answerText)];
}

function versionText(version: Version): string[] {
  const { table, glossary } = explained[version];
  const lines = linesOf(explained[version]);
  const facts = Object.entries(glossary).map(([fact, meaning]) => `  ${fact}: ${meaning}`);
  return [...section(table.title), FIRST, "", ...lines.flatMap(lineText), "Facts", ...facts, ""];
}

const section = (title: string) => [title, "=".repeat(title.length)];

function lineText({ id, when, ask, tokenStatus, certificateStatus, because, fix }: Line): string[] {
  return block(id, {
    when: when.join("; ") || "always",
    "asks CSMS": ask,
    token: tokenStatus,
    certificate: certificateStatus,
    because,
    "to change": fix,
  });
}

function answerText({ answer, tokenStatus, certificateStatus, because, fix }: AnswerLine): string[] {
  return block(answer, { token: tokenStatus, certificate: certificateStatus, because, "to change": fix });
}

function block(head: string, parts: Readonly<Record<string, string>>): string[] {
  const shown = Object.entries(parts).filter(([, text]) => text !== "");
  return [head, ...shown.map(([name, text]) => `  ${name.padEnd(11)} ${text}`), ""];
}

/** The page in docs/reference is this, to the letter. */
export function asMarkdown(versions: readonly Version[]): string[] {
  return [
    "# Plug & Charge: who may charge",
    "",
    "Printed by `plugcharge explain pnc-decisions --markdown` from the tables that the charge points walk",
    "(`src/chargePoint/contractTable.ts`, `v16/localTable.ts`, `v201/localTable.ts`, `answers.ts`); a test runs the code that",
    "decides against every combination of facts.",
    "",
    ...versions.flatMap(versionMarkdown),
    `## ${ANSWERS}`,
    "",
    HANDED_ON,
    "",
    ...table(
      ["answer", "token status", "certificate status", "because", "to change it"],
      answerLines.map((line) => [line.answer, line.tokenStatus, line.certificateStatus, line.because, line.fix]),
    ),
  ];
}

function versionMarkdown(version: Version): string[] {
  const { table: decisions, glossary } = explained[version];
  const rows = linesOf(explained[version]).map(({ id, when, ask, tokenStatus, certificateStatus, because, fix }) => {
    return [id, when.join("; "), ask, tokenStatus, certificateStatus, because, fix];
  });
  return [
    `## ${decisions.title}`,
    "",
    FIRST,
    "",
    ...table(["row", "when", "asks the CSMS", "token status", "certificate status", "because", "to change it"], rows),
    "",
    ...table(["fact", "values", "what it is"], factRows(version)),
    "",
  ];

  function factRows(of: Version): string[][] {
    const { facts } = explained[of].table;
    return Object.entries(glossary).map(([fact, meaning]) => [
      fact,
      (facts[fact] ?? []).map(String).join(", "),
      meaning,
    ]);
  }
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)];
}

/** One row a line; `table` says of which it is. */
export function asJson(versions: readonly Version[]): string[] {
  const decisions = versions.flatMap((version) => {
    const { table } = explained[version];
    return linesOf(explained[version]).map(({ id, ask, tokenStatus, certificateStatus, because, fix }, index) => {
      const when = table.rows[index]?.when;
      return { table: version, id, when, ask, tokenStatus, certificateStatus, because, ...(fix === "" ? {} : { fix }) };
    });
  });
  const answers = answerLines.map(({ fix, ...line }) => ({ table: "csms", ...line, ...(fix === "" ? {} : { fix }) }));
  return [...decisions, ...answers].map((row) => JSON.stringify(row));
}
