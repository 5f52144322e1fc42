/** Source that reads one value. */
import { bitsFor } from "../bits.ts";
import type { ValueForm } from "../model.ts";
import { integerCode } from "../values.ts";
import type { Program } from "./program.ts";
import type { Lines, ReadRun } from "./run.ts";

export interface Reading {
  readonly program: Program;
  readonly lines: Lines;
  readonly run: ReadRun;
}

/**
 * Reads into the variable `name` what the stream holds.
 * @returns an expression for the value that this means.
 */
export function readValue(form: ValueForm, name: string, { program, lines, run }: Reading): string {
  switch (form.kind) {
    case "boolean":
      run.field(1, name);
      return `${name} === 1`;
    case "enumeration":
      run.field(bitsFor(form.values.length), name, form.values.length);
      return `E${program.tableOf(form.values)}[${name}]`;
    case "integer":
      return readInteger(form, name, { program, lines, run });
    default:
      run.flush();
      lines.add(`r.p = p; ${name} = r.${form.kind}(); p = r.p;`);
      return name;
  }
}

/** Whether a value of this form needs a second variable, for its sign. */
export function isSigned(form: ValueForm): boolean {
  return form.kind === "integer" && integerCode(form).kind === "signed";
}

export function signOf(name: string): string {
  return `${name}s`;
}

function readInteger(form: Extract<ValueForm, { kind: "integer" }>, name: string, { lines, run }: Reading): string {
  const code = integerCode(form);
  if (code.kind === "bits") {
    run.field(code.bits, name, code.count);
    return code.min === 0 ? name : `${name} + ${code.min}`;
  }
  const sign = signOf(name);
  if (code.kind === "signed") run.field(1, sign);
  run.field(8, name);
  run.flush();
  lines.add(`if (${name} > 127) { r.p = p; ${name} = r.more(${name}); p = r.p;${limitCheck(name, code.limit)} }`);
  if (code.kind === "unsigned") return name;
  const large = code.limit === undefined || code.limit > 2n ** 32n;
  return `${sign} === 1 ? ${large ? `negated(${name})` : `-${name} - 1`} : ${name}`;
}

function limitCheck(name: string, limit: bigint | undefined): string {
  if (limit === undefined) return "";
  return ` if (${name} >= ${limit}${limit > 2n ** 53n ? "n" : ""}) throw MISS;`;
}
