/** The life of a manager: from its command line to its exit code. */

import { StoredConfigError } from "../../framework/boot.ts";
import { UserError } from "../../util/errors.ts";
import { createLogger } from "../../util/log.ts";
import type { Io } from "../io.ts";
import { dumpConfig, dumpManifests } from "./dump.ts";
import { noFifo, openStatusFifo, type StatusFifo } from "./fifo.ts";
import type { ManagerFlags } from "./flags.ts";
import { check, type Loaded, loadStation } from "./load.ts";
import { RunningStation } from "./station.ts";
import { supervise } from "./supervisor.ts";

/** EVerest's: nothing but this tells why. */
const FAILURE = 1;

/** Runs a station until it is interrupted. All faults of the person end here, as sentences and exit code 1. */
export async function runManager(flags: ManagerFlags, io: Io): Promise<void> {
  let fifo = noFifo;
  try {
    if (flags.statusFifo) fifo = openStatusFifo(flags.statusFifo);
    fifo.tell("MANAGER_INITIALIZING");
    io.setExitCode(await act(flags, fifo, io));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    io.stderr.write(`${error.describe()}\n`);
    io.setExitCode(FAILURE);
  } finally {
    fifo.tell("MANAGER_EXITING");
    fifo.close();
  }
}

async function act(flags: ManagerFlags, fifo: StatusFifo, io: Io): Promise<number> {
  if (flags.config !== undefined && flags.conf !== undefined) {
    throw new UserError("--config and --conf are given both", { fix: "Remove --conf, which is deprecated." });
  }
  if (flags.dumpmanifests !== undefined) {
    await dumpManifests(flags.dumpmanifests);
    return 0;
  }
  if (flags.check) return check(flags, io);
  if (flags.recoverModuleCrashes) return supervise(flags, fifo, io);
  const log = createLogger(flags.log);
  const loaded = await loadUnlessIdle(flags, io);
  if (loaded && flags.dump !== undefined) await dumpConfig(loaded.config, flags.dump);
  if (!loaded || flags.intoIdle) return idle(fifo, io);
  if (loaded.config.modules.length === 0) {
    if (flags.idleOnFailure) return idle(fifo, io);
    throw new UserError("there are no modules to start", {
      file: loaded.config.file,
      key: "active_modules",
      fix: "Add some, or stay without any with --into-idle or --idle-on-failure.",
    });
  }
  const station = new RunningStation({ flags, loaded, fifo, log, env: io.env });
  return untilInterrupted(station, fifo, io);
}

/** Only what is wrong in a database is survived. */
async function loadUnlessIdle(flags: ManagerFlags, io: Io): Promise<Loaded | undefined> {
  try {
    return await loadStation(flags);
  } catch (error) {
    if (!(error instanceof StoredConfigError && flags.intoIdle)) throw error;
    io.stderr.write(`${error.describe()}\n`);
    return undefined;
  }
}

async function idle(fifo: StatusFifo, io: Io): Promise<number> {
  fifo.tell("MANAGER_IDLE");
  await io.interrupted();
  fifo.tell("SIGINT_RECEIVED");
  return 0;
}

async function untilInterrupted(station: RunningStation, fifo: StatusFifo, io: Io): Promise<number> {
  let isInterrupted = false;
  const interrupted = io.interrupted().then(() => {
    isInterrupted = true;
    fifo.tell("SIGINT_RECEIVED");
    // Who asks twice does not want to wait.
    void io.interrupted().then(() => io.exit(FAILURE));
  });
  const crashed = io.crashed().then((error) => station.crash(error));
  try {
    const started = station.start();
    const ended = Promise.race([interrupted, crashed, station.restartWanted]);
    await Promise.race([started, ended]);
    await ended;
  } catch (error) {
    if (!isInterrupted) throw error;
  } finally {
    await station.stop();
  }
  return station.hasFailed ? FAILURE : 0;
}
