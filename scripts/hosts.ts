/**
 * `npm run hosts`: a station on two hosts. The EVSE and the car are in one network namespace; Auth, OCPP, the CSMS and
 * Mosquitto are in another one. The last line is "N passed, M failed"; where it cannot run it is skipped, with the reason.
 */
import { fileURLToPath } from "node:url";
import { commands, EMAID, type Hosts, makeHosts, missingForHosts } from "../test/peers/hosts.ts";
import { killAll, type Program } from "../test/peers/processes.ts";

const main = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
const cli = [process.execPath, "--import", import.meta.resolve("tsx"), main];
const plugcharge = (command: readonly string[]) => [...cli, ...command];

/** Milliseconds. */
const limits = { start: 60_000, session: 60_000, end: 30_000 } as const;
const plugIn = [
  ...["iso_wait_slac_matched", "iso_start_v2g_session AC contract 86400 0", "iso_wait_pwr_ready"],
  ...["iso_draw_power_regulated 16,3", "iso_wait_for_stop"],
].join(";");
const unplug = "iso_wait_v2g_session_stopped;unplug";

let passed = 0;
let failed = 0;
function check(what: string, isRight: boolean): void {
  if (isRight) passed++;
  else failed++;
  console.log(`${isRight ? "ok  " : "FAIL"} ${what}`);
}

interface Running {
  readonly csms: Program;
  readonly manager: Program;
  readonly modules: Program;
}

async function startAll(hosts: Hosts): Promise<Running> {
  const broker = hosts.office(commands.broker(hosts));
  check("the broker is up", await broker.says("running", limits.start));
  const csms = hosts.office(plugcharge(commands.csms(hosts)));
  check("the CSMS is up", await csms.says("ocspUrl", limits.start));
  const manager = hosts.station(plugcharge(commands.manager(hosts)));
  const modules = hosts.office(plugcharge(commands.modules(hosts)));
  check("the station is up", await manager.says("All modules are initialized", limits.start));
  check("Auth and OCPP are up", await modules.says("ocpp, auth ready", limits.start));
  check("the CSMS has taken the station in", await csms.says("accepted after", limits.start));
  return { csms, manager, modules };
}

const drive = async (hosts: Hosts, command: string, payload: string) =>
  void (await hosts.office(commands.car(command, payload)).ended(limits.end));

async function session(hosts: Hosts, { csms, manager }: Running): Promise<void> {
  await drive(hosts, "execute_charging_session", `${plugIn} 2;${unplug}`);
  check("a contract is authorised over both hosts", await csms.says(EMAID, limits.session));
  check("its transaction ends complete and in order", await csms.says("complete and in order", limits.session));
  check("the car has left", await manager.says("the car's script has ended", limits.end));
}

/** The cable is cut while the car charges: the station ends the transaction by itself, and tells when it can. */
async function cut(hosts: Hosts, { csms, manager }: Running): Promise<void> {
  await drive(hosts, "execute_charging_session", `${plugIn} 600;${unplug}`);
  check("another car charges", await manager.says("charging started", limits.session, 2));
  hosts.cable("down");
  check("the station ends what nobody else could", await manager.says("the transaction is stopped", limits.end));
  hosts.cable("up");
  check("the CSMS hears of it afterwards", await csms.says('"stoppedReason":"Other"', limits.session));
}

async function end({ manager, modules, csms }: Running): Promise<void> {
  manager.interrupt();
  const [station, office] = [await manager.ended(limits.end), await modules.ended(limits.end)];
  check("SIGINT ends the manager with 0", station.exitCode === 0);
  check("and the modules of the other host with it", office.exitCode === 0);
  csms.interrupt();
  await csms.ended(limits.end);
}

async function run(hosts: Hosts): Promise<void> {
  const running = await startAll(hosts);
  await drive(hosts, "enable", "true");
  await session(hosts, running);
  await cut(hosts, running);
  await end(running);
  check("no process is left but the broker", hosts.left().length === 1);
}

const lacking = missingForHosts();
if (lacking.length > 0) {
  console.log(`skipped: a station on two hosts needs ${lacking.join("; ")}\n0 passed, 0 failed`);
} else {
  const hosts = await makeHosts(cli);
  const clean = () => {
    killAll();
    hosts.remove();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      clean();
      process.exit(1);
    });
  }
  try {
    await run(hosts);
  } finally {
    clean();
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
