/** What the functions of one emitted program share: numbers for types, tables of enumeration values. */
import type { AnyType, ComplexType } from "../model.ts";
import { type Shape, shapeOf } from "./shape.ts";

/** A property of `object`, as source. */
export function property(object: string, key: string): string {
  return IDENTIFIER.test(key) ? `${object}.${key}` : `${object}[${JSON.stringify(key)}]`;
}

/** A key of an object literal, as source. */
export function literalKey(key: string): string {
  return IDENTIFIER.test(key) ? key : JSON.stringify(key);
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

export class Program {
  readonly #functions = new Map<ComplexType, number>();
  readonly #tables = new Map<string, number>();
  readonly #queue: ComplexType[] = [];

  /** The number of the type's function, which is emitted later when it is asked for the first time. */
  functionOf(type: ComplexType): number {
    const known = this.#functions.get(type);
    if (known !== undefined) return known;
    const number = this.#functions.size;
    this.#functions.set(type, number);
    this.#queue.push(type);
    return number;
  }

  /** The number of the table that holds an enumeration's values. */
  tableOf(values: readonly string[]): number {
    const text = JSON.stringify(values);
    const known = this.#tables.get(text);
    if (known !== undefined) return known;
    const number = this.#tables.size;
    this.#tables.set(text, number);
    return number;
  }

  /**
   * The program of all types that can be reached from `roots`.
   * @param emit the source of the function with this number; no shape: one that leaves the work to the interpreter.
   * @param table the source of one table.
   */
  write(
    roots: readonly AnyType[],
    emit: (number: number, shape: Shape | undefined) => string,
    table: (number: number, values: string) => string,
  ): string {
    for (const root of roots) if (root.kind === "complex") this.functionOf(root);
    const functions: string[] = [];
    for (let type = this.#queue.shift(); type; type = this.#queue.shift()) {
      functions.push(emit(this.functionOf(type), shapeOf(type)));
    }
    const tables = [...this.#tables].map(([values, number]) => table(number, values));
    const all = roots.map((root) => (root.kind === "complex" ? `f${this.functionOf(root)}` : "undefined"));
    return ['"use strict";', ...tables, ...functions, `return [${all.join(", ")}];`].join("\n");
  }
}
