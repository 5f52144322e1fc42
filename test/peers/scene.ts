/** What a run with a foreign peer plays in: two ends of a cable and a PKI in EcoG's layout, all gone afterwards. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPki, writePki } from "../../src/pki/index.ts";
import { systemClock } from "../../src/util/clock.ts";
import { UserError } from "../../src/util/errors.ts";
import { nodeFiles } from "../../src/util/files.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { type Cable, connect, settled } from "./namespaces.ts";
import { killAll } from "./processes.ts";

export interface Scene {
  readonly cable: Cable;
  /** A folder; logs of the peer may lie there too. */
  readonly pki: string;
}

/** Programs that `work` leaves running are killed, also when the person interrupts it. @throws UserError when the system gives no addresses. */
export async function inScene<T>(work: (scene: Scene) => Promise<T>): Promise<T> {
  const pki = mkdtempSync(join(tmpdir(), "plugcharge-peers-"));
  const cable = connect();
  const clean = () => {
    killAll();
    cable.remove();
    rmSync(pki, { recursive: true, force: true });
  };
  const interrupt = () => {
    clean();
    process.exit(1);
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.once(signal, interrupt);
  try {
    if (!(await settled(cable))) throw new UserError("a veth pair gets no IPv6 link-local address here");
    const made = await createPki({ clock: systemClock, random: cryptoRandom });
    await writePki(made, { files: nodeFiles, dir: pki, layout: "ecog", password: "12345" });
    return await work({ cable, pki });
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
    clean();
  }
}
