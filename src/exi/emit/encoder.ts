/**
 * Writes, for each complex type, a function that encodes its values in a straight line, the mirror of `decoder.ts`.
 *
 * The code of a step is how many codes were passed over since the last event: known when the source is written, or, behind
 * something optional, at run time in `c`, to be written in `n` bits.
 */
import type { AnyType } from "../model.ts";
import { Program, property } from "./program.ts";
import { Lines, WriteRun } from "./run.ts";
import { isSoleChoice, type Shape, type Step, type ValueEvent } from "./shape.ts";
import { type Writing, writeValue } from "./writeValue.ts";

/** Source of a function body with `out`, `outView`, `MISS` and `LIMIT` in scope; it returns, a root each, a function of writer and value. */
export function encoderSource(roots: readonly AnyType[]): string {
  const program = new Program();
  return program.write(
    roots,
    (number, shape) =>
      `function f${number}(w, v) {\n${shape ? new TypeEncoder(program, shape).body() : "throw MISS;"}\n}`,
    (number, values) => `const M${number} = new Map(${values}.map((value, code) => [value, code]));`,
  );
}

class TypeEncoder {
  readonly #shape: Shape;
  readonly #lines = new Lines();
  readonly #run = new WriteRun(this.#lines);
  readonly #writing: Writing;
  readonly #variables = ["c", "n", "i"];
  /** Bits of the next code; undefined: as many as `n` says, and what was passed over is in `c`. */
  #width: number | undefined;
  /** Codes passed over, on top of `c`. */
  #passed = 0;

  constructor(program: Program, shape: Shape) {
    this.#shape = shape;
    this.#writing = { program, lines: this.#lines, run: this.#run };
    this.#width = shape.steps[0]?.width ?? shape.endWidth;
  }

  body(): string {
    const { steps, endWidth, mixed } = this.#shape;
    this.#lines.add(`if (${this.#isWrong()}) throw MISS;`);
    if (mixed) this.#lines.add('if (v["#text"] !== undefined) throw MISS;');
    for (const [index, step] of steps.entries()) this.#step(step, steps[index + 1]?.width ?? endWidth);
    this.#putCode(0);
    this.#run.flush();
    return [`let p = w.p, ${this.#variables.join(", ")};`, this.#lines, "w.p = p;"].join("\n");
  }

  /** Where something is required, its absence shows what is no object at all. */
  #isWrong(): string {
    const demanding = this.#shape.steps.some(({ min }) => min === 1);
    return demanding
      ? "v === undefined || v === null"
      : 'typeof v !== "object" || v === null || Array.isArray(v) || ArrayBuffer.isView(v)';
  }

  #variable(kind: string, value?: string): string {
    const name = `${kind}${this.#variables.length}`;
    this.#variables.push(name);
    if (value !== undefined) this.#lines.add(`${name} = ${value};`);
    return name;
  }

  #step(step: Step, follow: number): void {
    if (step.events.length === 0) this.#passed += step.codes;
    else if (step.max > 1) this.#repeated(step, follow);
    else if (step.codes === 1) this.#single(step, follow);
    else if (isSoleChoice(this.#shape)) this.#onlyMember(step, follow);
    else this.#choice(step, follow);
  }

  // Codes

  /** Writes the code of the step's event with this index. */
  #putCode(index: number): void {
    if (this.#width === undefined) this.#run.code(this.#passed + index);
    else this.#run.put(this.#width, this.#passed + index);
  }

  /** From here on the next code is known. */
  #known(width: number, passed = 0): void {
    this.#width = width;
    this.#passed = passed;
  }

  /** From here on the next code is in `c` and `n`, which all branches have set. */
  #unknown(): void {
    this.#width = undefined;
    this.#passed = 0;
  }

  /** Source that passes over `codes` more. */
  #pass(codes: number): string {
    const passed = this.#passed + codes;
    if (this.#width !== undefined) return `c = ${passed}; n = ${this.#width};`;
    return passed === 0 ? "" : `c += ${passed};`;
  }

  // Steps

  #single(step: Step, follow: number): void {
    const [event] = step.events as [ValueEvent];
    const value = this.#variable("v", property("v", event.key));
    if (step.min === 1) {
      this.#putCode(0);
      this.#content(event, value);
      this.#known(follow);
      return;
    }
    this.#run.flush();
    this.#lines.add(`if (${value} !== undefined) {`);
    this.#putCode(0);
    this.#content(event, value);
    this.#run.flush();
    this.#lines.add(`c = 0; n = ${follow};`, "} else {", this.#pass(1), "}");
    this.#unknown();
  }

  /** The one alternative that is there. */
  #choice(step: Step, follow: number): void {
    const values = step.events.map((event) => this.#variable("v", property("v", event.key)));
    this.#run.flush();
    for (const [index, event] of step.events.entries()) {
      const others = values.slice(index + 1).map((other) => `${other} !== undefined`);
      this.#lines.add(`if (${values[index]} !== undefined) {`);
      if (others.length > 0) this.#lines.add(`if (${others.join(" || ")}) throw MISS;`);
      this.#alternative(step, index, event, values[index] as string, follow);
      this.#lines.add("} else ");
    }
    this.#lines.add(step.min === 1 ? "throw MISS;" : `{ ${this.#pass(step.codes)} }`);
    this.#afterChoice(step, follow);
  }

  /** The same where the value holds nothing else: its only key tells, instead of asking for all of them. */
  #onlyMember(step: Step, follow: number): void {
    const key = this.#variable("k");
    this.#lines.add(`for (const name in v) if (v[name] !== undefined) {`);
    this.#lines.add(`if (${key} !== undefined) throw MISS;`, `${key} = name;`, "}");
    this.#run.flush();
    const names = this.#writing.program.tableOf(step.events.map((event) => event.key));
    this.#lines.add(`switch (M${names}.get(${key})) {`);
    for (const [index, event] of step.events.entries()) {
      this.#lines.add(`case ${index}:`);
      const value = this.#variable("v", property("v", event.key));
      this.#alternative(step, index, event, value, follow);
      this.#lines.add("break;");
    }
    this.#lines.add("default:", `if (${key} !== undefined) throw MISS;`);
    this.#lines.add(step.min === 1 ? "throw MISS;" : this.#pass(step.codes), "}");
    this.#afterChoice(step, follow);
  }

  #alternative(step: Step, index: number, event: ValueEvent, value: string, follow: number): void {
    this.#putCode(index);
    this.#content(event, value);
    this.#run.flush();
    if (step.min === 0) this.#lines.add(`c = 0; n = ${follow};`);
  }

  #afterChoice(step: Step, follow: number): void {
    if (step.min === 1) this.#known(follow);
    else this.#unknown();
  }

  /** A list, or several that one repeating choice fills: the items of one come after those of the other. */
  #repeated(step: Step, follow: number): void {
    const lists = step.events.map((event) => this.#variable("a", property("v", event.key)));
    const count = this.#variable("k", "0");
    for (const list of lists) {
      this.#lines.add(`if (${list} !== undefined) {`, `if (!Array.isArray(${list})) throw MISS;`);
      this.#lines.add(`${count} += ${list}.length;`, "}");
    }
    const most = step.max === Number.POSITIVE_INFINITY ? "" : ` || ${count} > ${step.max}`;
    this.#lines.add(`if (${count} < ${step.min}${most}) throw MISS;`);
    this.#run.flush();
    this.#lines.add(this.#pass(0));
    this.#unknown();
    for (const [index, event] of step.events.entries()) this.#items(step, index, event, lists[index] as string);
    this.#afterItems(step, follow, count);
  }

  #items(step: Step, index: number, event: ValueEvent, list: string): void {
    const at = this.#variable("j");
    const item = this.#variable("v");
    const some = step.min === 1 && step.events.length === 1 ? "" : `if (${list} !== undefined) `;
    this.#lines.add(`${some}for (${at} = 0; ${at} < ${list}.length; ${at}++) {`);
    this.#lines.add("if (p > LIMIT) throw MISS;", `${item} = ${list}[${at}];`);
    this.#putCode(index);
    this.#content(event, item);
    this.#run.flush();
    this.#lines.add(`c = 0; n = ${step.loopWidth};`, "}");
  }

  /** What may come after the items depends on how many there were. */
  #afterItems(step: Step, follow: number, count: string): void {
    const { codes, max, min, loopWidth } = step;
    if (max === Number.POSITIVE_INFINITY && min === 1) {
      this.#known(loopWidth, codes);
      return;
    }
    if (max !== Number.POSITIVE_INFINITY) this.#lines.add(`if (${count} === ${max}) n = ${follow}; else `);
    this.#lines.add(`c += ${codes};`);
  }

  // Values

  #content(event: ValueEvent, value: string): void {
    const { type } = event;
    const { program } = this.#writing;
    if (type.kind === "complex") {
      this.#run.flush();
      const abstract = event.kind === "element" && event.abstract;
      this.#lines.add(abstract ? "throw MISS;" : `w.p = p; f${program.functionOf(type)}(w, ${value}); p = w.p;`);
      return;
    }
    if (event.kind === "element") this.#run.put(1, 0);
    writeValue(type.form, value, this.#writing);
    if (event.kind === "element") this.#run.put(1, 0);
  }
}
