/**
 * `npm run crashes [-- seed …]`: stations of OCPP 1.6 and 2.0.1 killed by SIGKILL in the middle of sessions, with a CSMS that comes
 * and goes. Afterwards the CSMS must hold each message of each transaction once, whole and in order, compared by content.
 * The last line is "N passed, M failed"; with seeds, only the runs with these.
 */
import { systemClock } from "../src/util/clock.ts";
import { Csms } from "../test/chargePoint/crashes/csms.ts";
import { type Plan, planOf, type Version } from "../test/chargePoint/crashes/plan.ts";
import { runPlan } from "../test/chargePoint/crashes/run.ts";

const RUNS = 100;
const AT_ONCE = 2;

const versions: readonly Version[] = ["1.6", "2.0.1"];

async function main(asked: readonly number[]): Promise<number> {
  const seeds = asked.length > 0 ? asked : Array.from({ length: RUNS }, (_, index) => index + 1);
  const plans = seeds.flatMap((seed) => versions.map((version) => planOf(version, seed)));
  const csms = new Csms();
  await csms.open();
  const began = systemClock.monotonic();
  const totals = { passed: 0, failed: 0, kills: 0, held: 0, repeats: 0 };
  const worker = async () => {
    for (let plan = plans.shift(); plan; plan = plans.shift()) {
      const verdict = await runPlan(plan, csms);
      totals[verdict.faults.length === 0 ? "passed" : "failed"]++;
      for (const what of ["kills", "held", "repeats"] as const) totals[what] += verdict[what];
      tell(plan, verdict.faults);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await csms.close();
  const { passed, failed, kills, held, repeats } = totals;
  const seconds = ((systemClock.monotonic() - began) / 1000).toFixed(0);
  console.log(`${kills} kills, ${held} messages held, ${repeats} of them told again, ${seconds} s`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function tell({ version, seed }: Plan, faults: readonly string[]): void {
  for (const fault of faults) console.log(`OCPP ${version}, seed ${seed}: ${fault}`);
}

process.exitCode = await main(process.argv.slice(2).map(Number));
