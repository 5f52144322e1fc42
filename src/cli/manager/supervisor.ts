/** `--recover-module-crashes`: the station runs in a process of its own, which is started again when it fails. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Io } from "../io.ts";
import type { StatusFifo } from "./fifo.ts";
import type { ManagerFlags } from "./flags.ts";

const MAX_RESTARTS = 3;
const FLAG = "--recover-module-crashes";

/** The variable by which a station knows that it is supervised. */
const SUPERVISED = "PLUGCHARGE_SUPERVISED";

/** What a supervised station tells its supervisor when every module is ready. */
const STARTED = "started";

export async function supervise(flags: ManagerFlags, fifo: StatusFifo, io: Io): Promise<number> {
  let child: ChildProcess | undefined;
  let isInterrupted = false;
  const forward = (): void => {
    isInterrupted = true;
    child?.kill("SIGINT");
    void io.interrupted().then(forward);
  };
  void io.interrupted().then(forward);
  for (let restarts = 0; ; restarts++) {
    child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1).filter((word) => word !== FLAG)], {
      stdio: ["inherit", "inherit", "inherit", "ipc"],
      env: { ...process.env, [SUPERVISED]: "1" },
    });
    let wasReady = restarts > 0;
    child.on("message", (message) => {
      wasReady ||= message === STARTED;
    });
    const [code] = await once(child, "exit");
    // What never ran, such as a faulty configuration, does not get better by trying again.
    if (isInterrupted || code === 0 || !wasReady) return typeof code === "number" ? code : 1;
    if (restarts === MAX_RESTARTS) break;
    fifo.tell(`CRASH_RECOVERY_ATTEMPT:${restarts + 1}/${MAX_RESTARTS}`);
    io.stderr.write(`the station failed and is started again (${restarts + 1} of ${MAX_RESTARTS})\n`);
  }
  fifo.tell("CRASH_RECOVERY_EXHAUSTED");
  if (!flags.idleOnFailure || isInterrupted) return 1;
  fifo.tell("MANAGER_IDLE");
  await io.interrupted();
  return 0;
}

/** To be called by every station when it runs: a supervised one says so, and does not outlive its supervisor. */
export function tellSupervisor(): void {
  // Others than a supervisor may hold such a channel as well, and need it.
  if (!process.send || process.env[SUPERVISED] !== "1") return;
  process.send(STARTED);
  process.once("disconnect", () => process.exit(1));
  process.channel?.unref();
}
