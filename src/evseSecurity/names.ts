/** File names as EVerest makes them: `SECC_LEAF_M06_D01_Y2026_H12_M00_S00_i0_r1a2b3c4d.pem`, times in UTC. */
import { toHex } from "../util/bytes.ts";
import type { Clock } from "../util/clock.ts";
import type { Random } from "../util/random.ts";

const stamp = /_M(\d\d)_D(\d\d)_Y(\d{4})_H(\d\d)_M(\d\d)_S(\d\d)_i\d+_r[0-9a-f]+(?=[._]|$)/;

/** The part that makes a name unique; one maker a store counts up. */
export function createNameMaker(clock: Clock, random: Random): () => string {
  let count = 0;
  return () => {
    const [year, month, day, hour, minute, second] = new Date(clock.now()).toISOString().split(/[-T:.]/);
    return `M${month}_D${day}_Y${year}_H${hour}_M${minute}_S${second}_i${count++}_r${toHex(random.bytes(4))}`;
  };
}

/** When a name was made, milliseconds since 1970; undefined for a name that was not made here. */
export function madeAt(name: string): number | undefined {
  const [, month, day, year, hour, minute, second] = stamp.exec(name) ?? [];
  if (second === undefined) return undefined;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
