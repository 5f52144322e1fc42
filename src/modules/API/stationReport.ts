/** What is told of the station every second: its EVSEs, its type plate, its connection to the CSMS, its errors. */
import { parse, YAMLError } from "yaml";
import { dataPath } from "../../framework/module.ts";
import type { Context } from "./context.ts";

export class StationReport {
  readonly #ctx: Context;
  readonly #evses: readonly string[];
  #information: unknown;
  #connection = "unknown";
  #schedules: unknown;

  constructor(ctx: Context, evses: readonly string[]) {
    this.#ctx = ctx;
    this.#evses = evses;
    const [ocpp] = ctx.requires.ocpp;
    ocpp?.subscribe("connection_status", ({ connected }) => {
      this.#connection = connected ? "connected" : "disconnected";
    });
    ocpp?.subscribe("charging_schedules", (schedules) => {
      this.#schedules = schedules;
    });
  }

  /** Finds out what is on the type plate; a file that cannot be read is logged. */
  async prepare(): Promise<void> {
    const { requires, config, log } = this.#ctx;
    const [connected] = requires.charger_information;
    const { charger_information_file: file } = config;
    if (connected) {
      if (file !== "") log.warn({ file }, "charger_information_file is ignored: charger_information is connected");
      this.#information = await connected.call("get_charger_information");
    } else if (file !== "") this.#information = await this.#read(file);
  }

  tell(): void {
    const { externalMqtt, requires, log } = this.#ctx;
    externalMqtt.publish("everest_api/connectors", JSON.stringify(this.#evses));
    if (this.#information !== undefined) {
      externalMqtt.publish("everest_api/info/var/info", JSON.stringify(this.#information));
    }
    externalMqtt.publish("everest_api/ocpp/var/connection_status", this.#connection);
    if (this.#schedules !== undefined) {
      externalMqtt.publish("everest_api/ocpp/var/charging_schedules", JSON.stringify(this.#schedules));
      this.#schedules = undefined;
    }
    const [history] = requires.error_history;
    history
      ?.call("get_errors", { filters: { state_filter: "Active" } })
      .then((errors) => externalMqtt.publish("everest_api/errors/var/active_errors", JSON.stringify(errors)))
      .catch((err) => log.warn({ err }, "the active errors could not be found out"));
  }

  async #read(name: string): Promise<unknown> {
    const { env, files, log } = this.#ctx;
    const file = dataPath(env, name);
    try {
      return parse(new TextDecoder().decode(await files.read(file)));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (!(error instanceof YAMLError) && code === undefined) throw error;
      log.error({ file }, `charger_information_file cannot be read: ${code ?? (error as Error).message}`);
      return undefined;
    }
  }
}
