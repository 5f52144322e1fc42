/** Settings of EVerest that are taken but have no effect here: whoever sets one is told so at the start, by name. */
import type { Logger } from "../../util/log.ts";

export interface Unused {
  /** As the configuration spells it. */
  readonly key: string;
  readonly value: unknown;
  /** With these values nobody misses anything. */
  readonly harmless: readonly unknown[];
  /** What happens instead, in words. */
  readonly because: string;
}

/** Lists are compared member by member: each may be any of the harmless ones. */
export function sayUnused(log: Pick<Logger, "warn">, settings: readonly Unused[]): void {
  for (const { key, value, harmless, because } of settings) {
    const values = Array.isArray(value) ? value : [value];
    if (values.every((one) => one === undefined || harmless.includes(one))) continue;
    log.warn({ key, value }, `'${key}' has no effect here: ${because}`);
  }
}
