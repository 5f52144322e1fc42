/** Runs scripts: command by command, each as soon as what it waits for has happened. */

import type { Timer } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import { Car, type CarPorts } from "./car.ts";
import type { Config } from "./manifest.ts";
import { type Connections, parseScript, type ScriptCommand } from "./script.ts";

/** EVerest's car looks at the world this often; here it reacts so much later to what happens. */
export const REACTION_MS = 250;
/** Before an endless script starts over; not scaled, so that it never spins. */
const RESTART_MS = 250;

export interface SimulatorOptions {
  readonly config: Config;
  readonly delayFactor: number;
  readonly connections: Connections;
  readonly ports: Omit<CarPorts, "onTime" | "onPlug">;
  readonly tellEnabled: (enabled: boolean) => void;
  /** Remembers whether the car is plugged in, and by which script. */
  readonly remember: (pluggedIn: boolean, script: string) => Promise<void>;
}

export class Simulator {
  readonly car: Car;
  readonly #options: SimulatorOptions;
  #enabled = false;
  #script = "";
  #queue: ScriptCommand[] = [];
  #active = false;
  #cancelled = false;
  #stopped = false;
  #tick: Timer | undefined;
  #tickQueued = false;
  #restart: Timer | undefined;
  /** Everything the simulator does, one after the other. */
  #work: Promise<void> = Promise.resolve();

  constructor(options: SimulatorOptions) {
    this.#options = options;
    const onPlug = (pluggedIn: boolean) => options.remember(pluggedIn, this.#script);
    this.car = new Car(options.config, { ...options.ports, onTime: () => this.#queueTick(), onPlug });
  }

  /** Switches the simulation; a change forgets the script and everything about the car. */
  enable(value: boolean): Promise<void> {
    return this.#exclusive(async () => {
      const { ports, config, tellEnabled } = this.#options;
      if (this.#enabled === value) {
        ports.log.warn({}, `the simulated car is ${value ? "enabled" : "disabled"} already`);
        return;
      }
      this.#drop();
      this.car.reset();
      await ports.board.allow_power_on(false);
      await ports.board.set_ac_max_current(config.max_current);
      await ports.board.set_three_phases(config.three_phases);
      this.#enabled = value;
      await ports.board.enable(value);
      tellEnabled(value);
    });
  }

  /** Starts a script with a new car, unless one is running. @throws UserError for a script that is none. */
  async execute(script: string): Promise<void> {
    const queue = parseScript(script, this.#options.connections);
    return this.#exclusive(async () => {
      if (!this.#mayRun()) return;
      if (this.#active) {
        this.#options.ports.log.warn({}, "a script is running already: the new one is not started");
        return;
      }
      this.car.reset();
      this.#start(script, queue);
    });
  }

  /** Puts a script in the place of the running one; the car stays as it is. @throws UserError for a script that is none. */
  async modify(script: string): Promise<void> {
    const queue = parseScript(script, this.#options.connections);
    return this.#exclusive(async () => {
      if (this.#mayRun()) this.#start(script, queue);
    });
  }

  /** Ends the running script. */
  cancel(): void {
    this.#cancelled = true;
    this.wake();
  }

  /** Something happened that the running script may wait for. */
  wake(): void {
    const { ports, delayFactor } = this.#options;
    if (!this.#active || this.#tick || this.#tickQueued) return;
    if (delayFactor === 0) {
      this.#queueTick();
      return;
    }
    this.#tick = ports.clock.setTimer(REACTION_MS * delayFactor, () => {
      this.#tick = undefined;
      this.#queueTick();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#drop();
    this.car.stop();
    await this.#work;
  }

  #queueTick(): void {
    if (!this.#active || this.#tickQueued) return;
    this.#tickQueued = true;
    this.#exclusive(async () => {
      this.#tickQueued = false;
      if (this.#active) await this.#run();
    }).catch((err) => this.#options.ports.log.error({ err }, "the simulated car failed"));
  }

  async #run(): Promise<void> {
    while (this.#queue[0] && (await this.#isDone(this.#queue[0]))) this.#queue.shift();
    if (this.#stopped) return;
    await this.car.show();
    const { replacement } = this.car.session;
    if (replacement !== undefined) {
      delete this.car.session.replacement;
      this.#start(replacement, parseScript(replacement, this.#options.connections));
    }
    if (this.#queue.length === 0 || this.#cancelled) this.#finish();
  }

  /** A command that fails is skipped. */
  async #isDone({ text, step }: ScriptCommand): Promise<boolean> {
    if (this.#stopped) return false;
    try {
      return await step(this.car);
    } catch (err) {
      this.#options.ports.log.error({ err }, `the car's command '${text}' failed and is skipped`);
      return true;
    }
  }

  #finish(): void {
    const { config, ports } = this.#options;
    ports.log.info({}, "the car's script has ended");
    this.#drop();
    this.car.reset();
    if (!config.auto_exec || !config.auto_exec_infinite) return;
    this.#restart = ports.clock.setTimer(RESTART_MS, () => {
      this.execute(config.auto_exec_commands).catch((err) =>
        ports.log.error({ err }, "the script could not be repeated"),
      );
    });
  }

  #start(script: string, queue: ScriptCommand[]): void {
    this.#drop();
    this.#script = script;
    this.#queue = queue;
    this.#active = queue.length > 0;
    this.wake();
  }

  #drop(): void {
    this.#queue = [];
    this.#active = false;
    this.#cancelled = false;
    this.#tick?.cancel();
    this.#tick = undefined;
    this.#restart?.cancel();
  }

  #mayRun(): boolean {
    if (!this.#enabled) this.#options.ports.log.warn({}, "the simulated car is disabled: the script is not run");
    return this.#enabled && !this.#stopped;
  }

  #exclusive(act: () => Promise<void>): Promise<void> {
    const done = this.#work.then(act);
    this.#work = done.catch(() => {});
    return done;
  }
}

/** @throws UserError when a script in the configuration is none. */
export function checkConfiguredScripts(config: Config, connections: Connections): void {
  for (const key of ["auto_exec_commands", "plugin_commands"] as const) {
    try {
      parseScript(config[key], connections);
    } catch (error) {
      if (error instanceof UserError) throw new UserError(error.message, { ...error.details, key });
      throw error;
    }
  }
}
