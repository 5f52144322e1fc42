/**
 * Decisions as tables: the code walks the same rows that the documentation prints.
 *
 * The first row all of whose conditions hold decides. A fact is fetched when a row first asks for it, so a row's
 * conditions are written in the order in which they cost.
 */
import { InternalError } from "../util/errors.ts";

type FactValue = string | boolean;

export interface Row<F extends object, O> {
  readonly id: string;
  /** Values of each fact that fit; a fact not named may have any. */
  readonly when: { readonly [K in keyof F]?: readonly F[K][] };
  readonly verdict: O;
  /** The rule in words, as a person should read it on the timeline. */
  readonly because: string;
  /** One imperative sentence: what to change for another outcome. */
  readonly fix?: string;
}

export interface DecisionTable<F extends object, O> {
  readonly title: string;
  /** Every fact with all its values, in the order of the printed columns. */
  readonly facts: { readonly [K in keyof F]: readonly F[K][] };
  readonly rows: readonly Row<F, O>[];
}

/** Where each fact comes from. */
export type FactSources<F extends object> = { readonly [K in keyof F]: () => F[K] | Promise<F[K]> };

export interface Decision<F extends object, O> {
  readonly row: Row<F, O>;
  /** The facts that were looked at. */
  readonly facts: Partial<F>;
}

/** Walks the table. @throws InternalError when no row fits: a table must be total. */
export async function decide<F extends { [K in keyof F]: FactValue }, O>(
  table: DecisionTable<F, O>,
  sources: FactSources<F>,
): Promise<Decision<F, O>> {
  const facts: Partial<F> = {};
  const known = async <K extends keyof F>(name: K): Promise<F[K]> => {
    const value = facts[name] ?? (await sources[name]());
    facts[name] = value;
    return value;
  };
  for (const row of table.rows) {
    if (await fits(row, known)) return { row, facts };
  }
  throw new InternalError(`no row of "${table.title}" fits ${JSON.stringify(facts)}`);
}

async function fits<F extends object, O>(
  row: Row<F, O>,
  known: <K extends keyof F>(name: K) => Promise<F[K]>,
): Promise<boolean> {
  for (const name of Object.keys(row.when) as (keyof F)[]) {
    const values = row.when[name];
    if (values && !values.includes(await known(name))) return false;
  }
  return true;
}
