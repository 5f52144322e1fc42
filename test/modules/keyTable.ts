/** Every key of a module's configuration changes what it does, or is refused by its name: none is taken and forgotten. */
import { describe, expect, test } from "vitest";
import type { Manifest } from "../../src/framework/manifest.ts";

type Config = Readonly<Record<string, unknown>>;

/** What somebody outside of the module sees of one value, and of another. */
export interface Shown {
  /** Keys that this one needs to show, or that are mandatory. */
  readonly besides?: Config;
  /** The default when absent. */
  readonly from?: unknown;
  readonly to: unknown;
  show(config: Config): unknown | Promise<unknown>;
  /** What {@link show} gives for the one and for the other. */
  readonly sees: readonly [unknown, unknown];
}

/** The configuration is not accepted; that file, line and key are named is the framework's part. */
export interface Refused {
  readonly to: unknown;
  readonly refused: RegExp;
}

/** It only says more about another key. */
export interface PartOf {
  readonly partOf: string;
}

export type KeyRow = Shown | Refused | PartOf;

/** The compiler wants a row for every key. */
export type KeyTable<M extends Manifest> = {
  readonly [K in Extract<keyof NonNullable<M["config"]>["shape"], string>]: KeyRow;
};

export function testKeys<M extends Manifest>(name: string, manifest: M, table: KeyTable<M>): void {
  const rows = Object.entries<KeyRow>(table);
  describe(`${name}: every configuration key is honoured or refused`, () => {
    test.each(rows)("%s", async (key, row) => {
      if ("partOf" in row) {
        expect(Object.keys(table)).toContain(row.partOf);
        return;
      }
      if ("refused" in row) {
        const issues = manifest.config
          ?.safeParse({ [key]: row.to })
          .error?.issues.filter(({ path }) => path[0] === key);
        expect(issues).toMatchObject([{ message: expect.stringMatching(row.refused) }]);
        return;
      }
      const { besides = {}, from, to, show, sees } = row;
      expect(sees[0], "the two must differ").not.toEqual(sees[1]);
      expect(await show({ ...besides, ...(from === undefined ? {} : { [key]: from }) })).toEqual(sees[0]);
      expect(await show({ ...besides, [key]: to })).toEqual(sees[1]);
    });
  });
}
