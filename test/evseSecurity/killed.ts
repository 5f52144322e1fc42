/** A process of its own that updates a store's leaf and is killed before its nth system call: `killed.ts FOLDER N`. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openStore, resolvePaths } from "../../src/evseSecurity/index.ts";
import { silentLogger } from "../../src/util/log.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { dying } from "./dying.ts";

const [folder = "", nth = "0"] = process.argv.slice(2);
const { files, begin } = dying(Number(nth), () => process.kill(process.pid, "SIGKILL"));
const store = await openStore({
  paths: resolvePaths({}, folder),
  password: "123456",
  clock: new ManualClock(Date.UTC(2026, 5, 1, 12)),
  random: cryptoRandom,
  log: silentLogger,
  files,
});
const certificate_chain = await readFile(join(folder, "chain.pem"), "utf8");
begin();
await store.update_leaf_certificate({ certificate_chain, certificate_type: "V2G" });
