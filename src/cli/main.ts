#!/usr/bin/env node
/** The executable `plugcharge`. */
import { processIo } from "./io.ts";
import { run } from "./program.ts";

// Whoever reads may have read enough (`| head`); there is nobody left to tell anything to.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

await run(process.argv.slice(2), processIo);
