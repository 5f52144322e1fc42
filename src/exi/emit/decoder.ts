/**
 * Writes, for each complex type, a function that decodes its plain form in a straight line.
 *
 * The code read where a step is next counts the events from there on. So `c === 0` means this step; an absent optional
 * step takes its codes off `c`; whatever is required needs what is left to be 0. There is no table of states.
 */
import type { AnyType } from "../model.ts";
import { objectLiteral, objectReturn, type Property } from "./objects.ts";
import { Program } from "./program.ts";
import { isSigned, type Reading, readValue, signOf } from "./readValue.ts";
import { Lines, ReadRun } from "./run.ts";
import { isSoleChoice, type Shape, type Step, type ValueEvent } from "./shape.ts";

/** Source of a function body with `view`, `MISS` and `negated` in scope; it returns, a root each, a function of the reader. */
export function decoderSource(roots: readonly AnyType[]): string {
  const program = new Program();
  return program.write(
    roots,
    (number, shape) => `function f${number}(r) {\n${shape ? new TypeDecoder(program, shape).body() : "throw MISS;"}\n}`,
    (number, values) => `const E${number} = ${values};`,
  );
}

class TypeDecoder {
  readonly #shape: Shape;
  readonly #lines = new Lines();
  readonly #run = new ReadRun(this.#lines);
  readonly #reading: Reading;
  readonly #variables = ["x", "c"];
  readonly #properties = new Map<string, Property>();
  /** Bits of the next code; undefined: `c` holds it. */
  #width: number | undefined;
  /** Codes that come before the next step's and are not taken: those of wildcards. */
  #offset = 0;

  constructor(program: Program, shape: Shape) {
    this.#shape = shape;
    this.#reading = { program, lines: this.#lines, run: this.#run };
    this.#width = shape.steps[0]?.width ?? shape.endWidth;
  }

  body(): string {
    const { steps, endWidth, keys } = this.#shape;
    for (const [index, step] of steps.entries()) this.#step(step, steps[index + 1]?.width ?? endWidth);
    this.#demand();
    this.#run.flush();
    const result = isSoleChoice(this.#shape)
      ? "return o;"
      : objectReturn(keys.map((key) => this.#properties.get(key) as Property));
    return [`let p = r.p, ${this.#variables.join(", ")};`, this.#lines, "r.p = p;", result].join("\n");
  }

  #variable(kind: string): string {
    const name = `${kind}${this.#variables.length}`;
    this.#variables.push(name);
    return name;
  }

  #step(step: Step, follow: number): void {
    if (step.events.length === 0) this.#offset += step.codes;
    else if (step.max > 1) this.#repeated(step, follow);
    else if (step.codes > 1) this.#choice(step, follow);
    else this.#single(step, follow);
  }

  // Codes

  /** Puts the code of what comes next into `c`. */
  #code(): void {
    if (this.#width !== undefined) this.#read(this.#width);
    this.#width = undefined;
  }

  #read(width: number): void {
    this.#run.field(width, "c");
    this.#run.flush();
  }

  /** Only the next step, whose only event it is, may come. */
  #demand(): void {
    if (this.#width === undefined) this.#lines.add(`if (c !== ${this.#offset}) throw MISS;`);
    else this.#run.constant(this.#width, this.#offset);
  }

  /** From here on the next code has this width, or is in `c`. */
  #known(width: number | undefined): void {
    this.#width = width;
    this.#offset = 0;
  }

  /** The step is absent: what `c` says is counted from the next step on. */
  #skip(codes: number): string {
    const skipped = this.#offset + codes;
    this.#offset = 0;
    return `c -= ${skipped};`;
  }

  // Steps

  #single(step: Step, follow: number): void {
    const [event] = step.events as [ValueEvent];
    if (step.min === 1) {
      this.#demand();
      const { key, value } = this.#value(event);
      this.#properties.set(key, { key, value });
      this.#known(follow);
      return;
    }
    this.#code();
    this.#lines.add(`if (c === ${this.#offset}) {`);
    const property = this.#value(event);
    this.#read(follow);
    this.#lines.add("} else {", this.#skip(1), "}");
    this.#properties.set(event.key, property);
  }

  #choice(step: Step, follow: number): void {
    const sole = isSoleChoice(this.#shape);
    const choice = { required: step.min === 1 };
    if (sole) this.#variables.push("o");
    this.#code();
    this.#lines.add("switch (c) {");
    for (const [index, event] of step.events.entries()) {
      this.#lines.add(`case ${this.#offset + index}:`);
      const property = this.#value(event);
      if (step.min === 0) this.#read(follow);
      this.#run.flush();
      if (sole) this.#lines.add(`o = ${objectLiteral([property])};`);
      this.#lines.add("break;");
      this.#properties.set(event.key, { ...property, choice });
    }
    const none = sole ? "o = {};" : "";
    this.#lines.add("default:", step.min === 1 ? "throw MISS;" : `${none}${this.#skip(step.codes)}`, "}");
    this.#known(step.min === 0 ? undefined : follow);
  }

  /** A list, or a choice that repeats and fills several. */
  #repeated(step: Step, follow: number): void {
    const [only] = step.events as [ValueEvent];
    const count = this.#variable("n");
    const lists = step.events.map((event) => this.#list(event, step));
    this.#code();
    if (this.#offset > 0) this.#lines.add(this.#skip(0));
    const codes = step.events.length;
    if (step.min === 1) this.#lines.add(`if (c < 0 || c >= ${codes}) throw MISS;`);
    this.#lines.add(`${count} = 0;`, `while (c >= 0 && c < ${codes}) {`, "if (p > r.end) throw MISS;");
    if (codes === 1) this.#push(only, lists[0] as string, count);
    else this.#pushOne(step.events, lists, count);
    this.#again(step, follow, count);
    this.#lines.add("}", this.#skip(step.codes));
  }

  #list(event: ValueEvent, step: Step): string {
    const list = this.#variable("a");
    const always = step.min === 1 && step.events.length === 1;
    this.#properties.set(event.key, { key: event.key, value: list, ...(always ? {} : { variable: list }) });
    return list;
  }

  #pushOne(events: readonly ValueEvent[], lists: readonly string[], count: string): void {
    this.#lines.add("switch (c) {");
    for (const [index, event] of events.entries()) {
      this.#lines.add(`case ${index}:`);
      this.#push(event, lists[index] as string, count);
      this.#run.flush();
      this.#lines.add("break;");
    }
    this.#lines.add("}");
  }

  #push(event: ValueEvent, list: string, count: string): void {
    const { value } = this.#value(event);
    this.#run.flush();
    this.#lines.add(`if (${list} === undefined) ${list} = [${value}]; else ${list}.push(${value});`, `${count}++;`);
  }

  /** The code after an item. After the last that may come, codes count from the next step on. */
  #again(step: Step, follow: number, count: string): void {
    if (step.max === Number.POSITIVE_INFINITY) {
      this.#read(step.loopWidth);
      return;
    }
    this.#lines.add(`if (${count} < ${step.max}) {`);
    this.#read(step.loopWidth);
    this.#lines.add("} else {");
    this.#read(follow);
    this.#lines.add(`c += ${step.codes};`, "}");
  }

  // Values

  /** Reads what the event holds. */
  #value(event: ValueEvent): Property {
    const name = this.#variable("v");
    return { key: event.key, value: this.#content(event, name), variable: name };
  }

  /** @returns an expression for the value. */
  #content(event: ValueEvent, name: string): string {
    const { type } = event;
    const run = this.#run;
    if (type.kind === "complex") {
      run.flush();
      const abstract = event.kind === "element" && event.abstract;
      const call = `f${this.#reading.program.functionOf(type)}`;
      this.#lines.add(abstract ? "throw MISS;" : `r.p = p; ${name} = ${call}(r); p = r.p;`);
      return name;
    }
    if (event.kind === "element") run.constant(1, 0);
    if (isSigned(type.form)) this.#variables.push(signOf(name));
    const value = readValue(type.form, name, this.#reading);
    if (event.kind === "element") run.constant(1, 0);
    return value;
  }
}
