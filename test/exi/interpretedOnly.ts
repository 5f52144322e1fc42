/** Run by fallback.test.ts in a process that forbids code from strings. Prints one line. */
import { toHex } from "../../src/util/bytes.ts";
import { decoded, encoded, vectors } from "./vectors.ts";

let forbidden = false;
try {
  new Function("return 1");
} catch (error) {
  forbidden = error instanceof EvalError;
}
const all = vectors("shared");
const good = all.filter((vector) => {
  const { json } = decoded(vector);
  return JSON.stringify(json) === JSON.stringify(vector.json) && toHex(encoded(vector)) === vector.exi;
});
process.stdout.write(JSON.stringify({ forbidden, good: good.length, all: all.length }));
