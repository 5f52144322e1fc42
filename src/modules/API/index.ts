import { defineModule } from "../../framework/module.ts";
import { repeatedly, type Timer } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import { takeDelayCommands, takeEvseCommands, takeLimits } from "./commands.ts";
import type { Context } from "./context.ts";
import { reportEvse } from "./evseReport.ts";
import { manifest } from "./manifest.ts";
import { Rounding } from "./rounding.ts";
import { StationReport } from "./stationReport.ts";

/** As often as EVerest tells everything. */
const PERIOD_MS = 1000;

export const API = defineModule(manifest, (ctx) => {
  checkSinks(ctx);
  const rounding = new Rounding(ctx.config);
  const reports = ctx.requires.evse_manager.map((evse) => reportEvse(ctx, evse, rounding));
  const ready = Promise.all(reports.map((report) => report.ready)).then(() => {});
  const station = new StationReport(
    ctx,
    reports.map(({ moduleId }) => moduleId),
  );
  for (const evse of ctx.requires.evse_manager) {
    takeEvseCommands(ctx, evse, ready);
    takeDelayCommands(ctx, evse);
  }
  let timer: Timer | undefined;
  let hasStopped = false;
  return {
    provides: {},
    async ready() {
      await station.prepare();
      await takeAllLimits(ctx);
      if (hasStopped) return;
      timer = repeatedly(ctx.clock, PERIOD_MS, () => {
        for (const report of reports) report.tell();
        station.tell();
      });
    },
    stop() {
      hasStopped = true;
      timer?.cancel();
    },
  };
});

async function takeAllLimits(ctx: Context): Promise<void> {
  for (const evse of ctx.requires.evse_manager) takeLimits(ctx, evse, (await evse.call("get_evse")).id);
}

/** @throws UserError for a sink of which nobody can say whose it is. */
function checkSinks({ requires, moduleId }: Context): void {
  const lost = requires.evse_energy_sink.find(({ mapping }) => mapping === undefined);
  if (!lost) return;
  throw new UserError(`energy sink ${lost.moduleId} is mapped to no EVSE`, {
    key: `active_modules.${moduleId}.connections.evse_energy_sink`,
    fix: `Give module ${lost.moduleId} a mapping to its EVSE.`,
  });
}
