import { defineModule, type ModuleContext } from "../../framework/module.ts";
import { chooseLink } from "../../transport/interfaces.ts";
import { nodeNetwork } from "../../transport/node.ts";
import type { Network } from "../../transport/ports.ts";
import type { Clock } from "../../util/clock.ts";
import type { Logger } from "../../util/log.ts";
import { SDP_PORT } from "../../v2gtp/sdp.ts";
import { Communication } from "./communication.ts";
import { type Config, manifest } from "./manifest.ts";

type Context = ModuleContext<typeof manifest>;

/** The module over any network; tests give it one in memory. */
export function carOver(networkOf: (clock: Clock) => Network) {
  return defineModule(manifest, (ctx) => {
    warnOfGaps(ctx.config, ctx.log);
    const communication = communicationOf(ctx, networkOf(ctx.clock));
    /** Faults on order, and feeding back, no session of this car has. */
    const withoutEffect = (command: string) => () => {
      ctx.log.warn({}, `${command} has no effect: this car does not do it`);
      return null;
    };
    return {
      provides: {
        ev: {
          start_charging: (order) => communication.start(order),
          stop_charging: () => communication.stop("the car wants to stop").then(() => null),
          pause_charging: () => communication.pause("the car wants to pause").then(() => null),
          set_fault: withoutEffect("set_fault"),
          set_dc_params({ EvParameters }) {
            communication.setDcParameters(EvParameters);
            return null;
          },
          set_bpt_dc_params: withoutEffect("set_bpt_dc_params"),
          enable_sae_j2847_v2g_v2h: withoutEffect("enable_sae_j2847_v2g_v2h"),
          update_soc: ({ SoC }) => communication.batteryAt(SoC).then(() => null),
        },
      },
      stop: () => communication.close(),
    };
  });
}

/** The car's side of ISO 15118, named after the module of EVerest whose place it takes. */
export const PyEvJosev = carOver(nodeNetwork);

function communicationOf(ctx: Context, network: Network): Communication {
  const { config, env, simulation, clock, files, log, trace, provides } = ctx;
  const { delayFactor, sdpPort = SDP_PORT } = simulation;
  const options = { config, link: chooseLink(config.device), sdpPort, certsDir: env.certsDir, delayFactor };
  return new Communication(options, {
    ...{ network, clock, files, log, trace },
    publish: ({ name, value }) => provides.ev.publish(name, value),
  });
}

/** Keys that ask for what this car does not do yet: said once, because the configuration is EVerest's and stays valid. */
function warnOfGaps(config: Config, log: Logger): void {
  const gaps = ["supported_ISO15118_20_AC", "supported_ISO15118_20_DC"] as const;
  for (const key of [...gaps, "enable_tls_1_3" as const].filter((key) => config[key])) {
    log.warn({ key }, `${key} has no effect: this car speaks DIN SPEC 70121, and ISO 15118-2 by TLS 1.2`);
  }
}
