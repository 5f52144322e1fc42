import type { Database } from "../../src/util/database.ts";

/** A disk that fails for good after so many steps, as seen by a process that is killed. */
export function killedAfter(database: Database, steps: number): Database {
  let left = steps;
  return {
    ...database,
    atomically: (work) => {
      if (left-- <= 0) throw new RangeError("killed");
      return database.atomically(work);
    },
    run: (sql, ...values) => {
      if (sql.startsWith("DELETE FROM message") && left-- <= 0) throw new RangeError("killed");
      database.run(sql, ...values);
    },
  };
}
