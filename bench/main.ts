/** `npm run bench [-- subject …]`: prints a table a subject. */
import { codecBench } from "./codec.ts";
import { sessionBench } from "./session.ts";

const subjects = { codec: codecBench, session: sessionBench } as const;

const asked = process.argv.slice(2);
for (const [name, run] of Object.entries(subjects)) {
  if (asked.length === 0 || asked.includes(name)) process.stdout.write(`${await run()}\n\n`);
}
