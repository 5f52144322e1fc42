/** All about decision tables: every combination of facts, and the rows that fit each. */
import type { DecisionTable } from "../../src/chargePoint/decisionTable.ts";

export function combinations<F extends object>(facts: DecisionTable<F, unknown>["facts"]): F[] {
  const entries = Object.entries(facts) as [string, readonly unknown[]][];
  return entries.reduce<object[]>(
    (rows, [name, values]) => rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value }))),
    [{}],
  ) as F[];
}

export function fitting<F extends object, O>(table: DecisionTable<F, O>, facts: F): string[] {
  return table.rows
    .filter(({ when }) =>
      (Object.keys(when) as (keyof F)[]).every((name) => when[name]?.includes(facts[name]) === true),
    )
    .map(({ id }) => id);
}

/** Sources that already know. */
export const sourcesOf = <F extends object>(facts: F) =>
  Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, () => value])) as never;
