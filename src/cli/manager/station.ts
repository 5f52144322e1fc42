/** A station with all that belongs to it: broker, bus, modules, health. */
import { createMqttBus, type MqttBus } from "../../framework/bus/mqtt.ts";
import { type Placement, placeModules, type Station, startStation } from "../../framework/manager.ts";
import { systemClock } from "../../util/clock.ts";
import { nodeFiles } from "../../util/files.ts";
import type { Logger } from "../../util/log.ts";
import { cryptoRandom } from "../../util/random.ts";
import { type ChosenBroker, defaultBroker, type Env, namedBroker } from "./broker.ts";
import type { StatusFifo } from "./fifo.ts";
import type { ManagerFlags } from "./flags.ts";
import { environmentOf } from "./folders.ts";
import { type HealthSide, type Phase, serveHealth } from "./health.ts";
import type { Loaded } from "./load.ts";
import { tellSupervisor } from "./supervisor.ts";
import { loggingTracer } from "./tracer.ts";

/** A broker that is started together with the station may be this late. */
const BROKER_START_MS = 10_000;

export interface RunOptions {
  readonly flags: ManagerFlags;
  readonly loaded: Loaded;
  readonly fifo: StatusFifo;
  readonly log: Logger;
  readonly env: Env;
}

export class RunningStation {
  hasFailed = false;
  /** Resolves when a module wants the station to be started again. */
  readonly restartWanted: Promise<void>;
  #wantRestart: () => void = () => {};
  readonly #options: RunOptions;
  readonly #placement: Placement;
  readonly #stop = new AbortController();
  readonly #startTime = systemClock.monotonic();
  #phase: Phase = "starting";
  #startedAfter: number | undefined;
  #starting: Promise<void> | undefined;
  #broker: ChosenBroker | undefined;
  #bus: MqttBus | undefined;
  #station: Station | undefined;
  #health: HealthSide | undefined;

  constructor(options: RunOptions) {
    this.#options = options;
    this.restartWanted = new Promise((resolve) => {
      this.#wantRestart = resolve;
    });
    const { standalone, ignore } = options.flags;
    this.#placement = placeModules(options.loaded.config, { standalone, ignored: ignore });
  }

  /** Resolves when every module is ready. @throws UserError when the station cannot be started; then nothing is left of it. */
  start(): Promise<void> {
    this.#starting = this.#start();
    return this.#starting;
  }

  /** Ends everything, however far the start has come. */
  async stop(): Promise<void> {
    const { fifo, flags, log, loaded } = this.#options;
    if (this.#phase === "stopping") return;
    this.#phase = "stopping";
    fifo.tell(this.hasFailed ? "MANAGER_CRASH_SHUTDOWN_IN_PROGRESS" : "MANAGER_SHUTDOWN_REQUESTED");
    this.#stop.abort();
    await this.#starting?.catch(() => {});
    if (flags.gracefulShutdown && this.#bus) {
      const { system } = this.#bus;
      system.publishPlain(`${system.topics.prefix}shutdown`, "true");
    }
    await this.#health?.close();
    await this.#station?.stop();
    await this.#broker?.embedded?.close();
    loaded.close();
    fifo.tell("MANAGER_SHUTDOWN_FINALIZING");
    if (!this.hasFailed) fifo.tell("ALL_MODULES_STOPPED_CLEAN");
    log.info({}, "the station has stopped");
  }

  /** Something of ours threw where nobody catches it: the station is brought into safety and ends. */
  crash(error: unknown): void {
    this.#options.log.error({ err: error }, "the station failed and is stopped");
    this.hasFailed = true;
  }

  /** To whoever supervises the station, a reset looks like a failure, as in EVerest. */
  #restart(reason: string): void {
    this.#options.log.warn({}, `${reason}: the station ends, to be started again`);
    this.hasFailed = true;
    this.#wantRestart();
  }

  async #start(): Promise<void> {
    const { flags, loaded, fifo, log } = this.#options;
    const { config, store, prefix } = loaded;
    if (flags.httpPort !== undefined) this.#health = await this.#serveHealth(flags.httpPort);
    this.#broker = await this.#chooseBroker();
    this.#bus = this.#broker && (await this.#connect(this.#broker));
    fifo.tell("MANAGER_STARTING_MODULES");
    this.#station = await startStation({
      ...{ config, store, placement: this.#placement, signal: this.#stop.signal, env: environmentOf(prefix) },
      ports: {
        ...{ clock: systemClock, random: cryptoRandom, files: nodeFiles, log, trace: loggingTracer(log) },
        simulation: {
          delayFactor: flags.hardwareDelays,
          ...(flags.sdpPort !== undefined && { sdpPort: flags.sdpPort }),
        },
      },
      ...(this.#bus && { bus: this.#bus }),
      retainTopics: flags.retainTopics ?? false,
      waiting: () => fifo.tell("WAITING_FOR_STANDALONE_MODULES"),
      begun: () => this.#begun(),
      restart: (reason) => this.#restart(reason),
      controlLossMs: flags.controlLossTimeout * 1000,
    });
  }

  /** As in EVerest, told before the modules do what they do when they are ready: a CSMS, for one, may be away. */
  #begun(): void {
    const { fifo, log } = this.#options;
    if (this.#stop.signal.aborted) return;
    this.#phase = "running";
    this.#startedAfter = systemClock.monotonic() - this.#startTime;
    tellSupervisor();
    fifo.tell("MANAGER_RUNNING");
    fifo.tell("ALL_MODULES_STARTED");
    const ms = Math.round(this.#startedAfter);
    log.info({ ms }, `All modules are initialized. The station is up and running [${ms}ms]`);
  }

  /** Modules elsewhere, or topics of the world outside, take a broker. */
  async #chooseBroker(): Promise<ChosenBroker | undefined> {
    const { loaded, env, log } = this.#options;
    const named = namedBroker(loaded.config.settings, env, log);
    if (named) return { address: named };
    const { here, elsewhere } = this.#placement;
    const isWanted = elsewhere.length > 0 || here.some(({ module }) => module.manifest.enable_external_mqtt);
    return isWanted ? defaultBroker(log) : undefined;
  }

  #connect({ address }: ChosenBroker): Promise<MqttBus> {
    const { mqtt_everest_prefix, mqtt_external_prefix } = this.#options.loaded.config.settings;
    const options = {
      ...{ broker: address, clock: systemClock, random: cryptoRandom, startTimeoutMs: BROKER_START_MS },
      ...{ everestPrefix: mqtt_everest_prefix, externalPrefix: mqtt_external_prefix },
      modules: this.#placement.here.map(({ id }) => id),
    };
    return createMqttBus(options, this.#options.log);
  }

  async #serveHealth(port: number): Promise<HealthSide> {
    const { flags, log } = this.#options;
    const source = {
      phase: () => this.#phase,
      modules: () => this.#placement.here.length,
      startedAfter: () => this.#startedAfter,
      bus: () => this.#bus,
    };
    const side = await serveHealth(source, flags.httpHost, port);
    log.info({ port: side.port }, `health and metrics on http://${flags.httpHost}:${side.port}`);
    return side;
  }
}
