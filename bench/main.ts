/** `npm run bench [-- subject …]`: prints a table a subject. */
import { busBench } from "./bus.ts";
import { codecBench } from "./codec.ts";
import { evsesBench } from "./evses.ts";
import { idleTlsBench } from "./idleTls.ts";
import { ocppBench } from "./ocpp.ts";
import { peerBench } from "./peer.ts";
import { sessionBench } from "./session.ts";
import { sessionsBench } from "./sessions.ts";
import { startupBench } from "./startup.ts";

const subjects = {
  codec: codecBench,
  session: sessionBench,
  startup: startupBench,
  bus: busBench,
  sessions: sessionsBench,
  idleTls: idleTlsBench,
  evses: evsesBench,
  ocpp: ocppBench,
  peer: peerBench,
} as const;

const asked = process.argv.slice(2);
for (const [name, run] of Object.entries(subjects)) {
  if (asked.length === 0 || asked.includes(name)) process.stdout.write(`${await run()}\n\n`);
}
