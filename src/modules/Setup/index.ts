import { hostname } from "node:os";
import { defineModule, type ModuleContext } from "../../framework/module.ts";
import { repeatedly, type Timer } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import { manifest } from "./manifest.ts";
import { Memory } from "./memory.ts";

const PERIOD_MS = 1000;

type Context = ModuleContext<typeof manifest>;

export const Setup = defineModule(manifest, (ctx) => {
  const { config, requires, clock, log } = ctx;
  if (config.setup_wifi) {
    log.warn(
      { key: "setup_wifi" },
      "no network is set up here: use the tools of the system, and set setup_wifi to false",
    );
  }
  const [store] = requires.store;
  if (!store) throw new UserError("Setup needs a connection 'store'");
  const memory = new Memory(store);
  const tellSetup = () => tellInformation(ctx, memory);
  takeCommands(ctx, memory, tellSetup);
  let timer: Timer | undefined;
  return {
    provides: {},
    ready() {
      timer = repeatedly(clock, PERIOD_MS, () => {
        const { localization, setup_simulation } = config;
        const features = { setup_wifi: false, localization, setup_simulation };
        tell(ctx, "supported_setup_features", JSON.stringify(features));
        tell(ctx, "hostname", hostname());
        tell(ctx, "ap_state", "disabled");
        tellSetup().catch((err) => log.warn({ err }, "the set-up could not be told"));
      });
    },
    stop: () => timer?.cancel(),
  };
});

function tell({ externalMqtt }: Context, variable: string, payload: string): void {
  externalMqtt.publish(`everest_api/setup/var/${variable}`, payload);
}

async function tellInformation(ctx: Context, memory: Memory): Promise<void> {
  const { release_metadata_file, initialized_by_default } = ctx.config;
  const { initialized, ...known } = await memory.recall();
  const information = { initialized: initialized || initialized_by_default, ...known, release_metadata_file };
  tell(ctx, "application_info", JSON.stringify(information));
}

function takeCommands({ externalMqtt }: Context, memory: Memory, tellSetup: () => Promise<void>): void {
  const commands: Readonly<Record<string, (payload: string) => void | Promise<void>>> = {
    set_mode: (mode) => memory.remember("mode", mode),
    set_initialized: () => memory.remember("initialized", true),
    reset_initialized: () => memory.remember("initialized", false),
    change_default_language: (language) => memory.remember("language", language),
    change_current_language(language) {
      memory.currentLanguage = language;
    },
    get_application_info: tellSetup,
  };
  for (const [name, act] of Object.entries(commands)) {
    externalMqtt.subscribe(`everest_api/setup/cmd/${name}`, (payload) => act(payload));
  }
}
