/** Source that writes one value. Whatever the type does not allow is a MISS before anything of it is written. */
import { bitsFor } from "../bits.ts";
import type { ValueForm } from "../model.ts";
import { integerCode } from "../values.ts";
import type { Program } from "./program.ts";
import type { Lines, WriteRun } from "./run.ts";

export interface Writing {
  readonly program: Program;
  readonly lines: Lines;
  readonly run: WriteRun;
}

type IntegerForm = Extract<ValueForm, { kind: "integer" }>;

/** Writes the variable `name`. */
export function writeValue(form: ValueForm, name: string, writing: Writing): void {
  const { program, lines, run } = writing;
  switch (form.kind) {
    case "boolean":
      lines.add(`if (${name} !== true && ${name} !== false) throw MISS;`);
      run.put(1, `(${name} ? 1 : 0)`);
      return;
    case "enumeration":
      lines.add(`${name} = M${program.tableOf(form.values)}.get(${name}); if (${name} === undefined) throw MISS;`);
      run.put(bitsFor(form.values.length), name);
      return;
    case "integer":
      writeInteger(form, name, writing);
      return;
    case "string":
      call(`if (typeof ${name} !== "string"${tooLong(name, form)}) throw MISS; w.string(${name})`, writing);
      return;
    case "binary":
      call(`if (!(${name} instanceof Uint8Array)${tooLong(name, form)}) throw MISS; w.binary(${name})`, writing);
      return;
  }
}

function call(source: string, { lines, run }: Writing): void {
  run.flush();
  lines.add(`w.p = p; ${source}; p = w.p;`);
}

function tooLong(name: string, { maxLength }: { maxLength: number }): string {
  return maxLength === Number.POSITIVE_INFINITY ? "" : ` || ${name}.length > ${maxLength}`;
}

function writeInteger(form: IntegerForm, name: string, writing: Writing): void {
  const code = integerCode(form);
  const { lines, run } = writing;
  if (code.kind !== "bits") {
    writeVariable(form, code.kind === "signed", name, writing);
    return;
  }
  const { min, max } = form;
  const isSmall = `typeof ${name} === "number" && ${name} >= ${min} && ${name} <= ${max} && (${name} | 0) === ${name}`;
  lines.add(`if (!(${isSmall})) throw MISS;`);
  run.put(code.bits, code.min === 0 ? name : `(${name} - ${code.min})`);
}

/** One and two octets go into the run with their neighbours; negative and longer ones are the writer's. */
function writeVariable(form: IntegerForm, signed: boolean, name: string, { lines, run }: Writing): void {
  const small = (octets: number) => inlineRange(form, name, 1n << BigInt(7 * octets));
  const sign = signed ? 1 : 0;
  const stored = (bits: number, value: string) => {
    const branch = run.copy();
    if (!branch.fits(sign + bits)) branch.flush();
    branch.put(sign, 0);
    branch.put(bits, value);
    branch.flush();
  };
  if (!run.fits(sign + 8)) run.flush();
  lines.add(`if (${small(1)}) {`);
  stored(8, name);
  lines.add(`} else if (${small(2)}) {`);
  stored(16, `((${name} & 127 | 128) << 8 | ${name} >> 7)`);
  lines.add(`} else if (${inRange(form, name)}) {`);
  run.flush();
  lines.add(`w.p = p; w.${signed ? "integer" : "unsigned"}(${name}); p = w.p;`, "} else throw MISS;");
}

/** A non-negative small integer below `top` that the type has. */
function inlineRange({ min = 0n, max = 1n << 64n }: IntegerForm, name: string, top: bigint): string {
  const least = min > 0n ? min : 0n;
  const most = max < top ? max : top - 1n;
  return `typeof ${name} === "number" && (${name} | 0) === ${name} && ${name} >= ${least} && ${name} <= ${most}`;
}

function inRange({ min, max }: IntegerForm, name: string): string {
  const isLarge = (value: bigint | undefined) => value === undefined || value > MAX_SAFE || value < -MAX_SAFE;
  const whole = `Number.isSafeInteger(${name})`;
  const bound = (operator: string, value: bigint | undefined) =>
    value === undefined ? "" : ` && ${name} ${operator} ${value}${isLarge(value) ? "n" : ""}`;
  const integer = isLarge(min) || isLarge(max) ? `(${whole} || typeof ${name} === "bigint")` : whole;
  return `${integer}${bound(">=", min)}${bound("<=", max)}`;
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
