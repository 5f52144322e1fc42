/** The car's communication: at most one session at a time, and what is kept between two of them. */
import {
  CarSession,
  type Contract,
  type ContractWish,
  checkCharger,
  type Effect,
  type EnergyTransferMode,
  type PausedSession,
} from "../../evcc/index.ts";
import type { DcEvParameters } from "../../interfaces/types/iso15118.ts";
import type { Link } from "../../transport/interfaces.ts";
import type { Network } from "../../transport/ports.ts";
import type { Clock } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import type { Files } from "../../util/files.ts";
import type { Logger } from "../../util/log.ts";
import type { Tracer } from "../../util/trace.ts";
import type { Certificate } from "../../x509/index.ts";
import { carFor, changedBattery, isSupported, type Order, usualBattery } from "./car.ts";
import { type Found, readContract, readProvisioning, readV2gRoots, storeContract } from "./certificates.ts";
import { contractWish, lack } from "./contractWish.ts";
import { type Language, languageFor } from "./language.ts";
import type { Config } from "./manifest.ts";

export interface CommunicationPorts {
  readonly network: Network;
  readonly clock: Clock;
  readonly files: Files;
  readonly log: Logger;
  readonly trace: Tracer;
  publish(variable: Extract<Effect, { to: "ev" }>): void;
}

export interface CommunicationOptions {
  readonly config: Config;
  readonly link: Link;
  readonly sdpPort: number;
  readonly certsDir: string;
  readonly delayFactor: number;
}

/** As EVerest's car: one round of SECC discovery. */
const SDP_CYCLES = 1;
const DAY_MS = 24 * 3600_000;

export class Communication {
  readonly #options: CommunicationOptions;
  readonly #ports: CommunicationPorts;
  #session: Promise<CarSession> | undefined;
  #paused: PausedSession | undefined;
  /** Milliseconds since 1970; as the last refusal of a renewal said. */
  #noRenewalBefore = 0;
  #battery = usualBattery;

  constructor(options: CommunicationOptions, ports: CommunicationPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  /** Begins a session; false when the car cannot, or has one already. */
  async start(order: Order): Promise<boolean> {
    const { EnergyTransferMode } = order;
    if (this.#session) return this.#no("a session is under way already");
    if (!isSupported(EnergyTransferMode)) return this.#no(`${EnergyTransferMode} is nothing that this car can`);
    const language = languageFor(this.#options.config, EnergyTransferMode);
    if ("obstacle" in language) return this.#no(language.obstacle);
    const opening = this.#open({ ...order, EnergyTransferMode }, language);
    this.#session = opening;
    try {
      this.#follow(await opening);
    } catch (error) {
      // What failed here must not stand in the way of the next try.
      this.#session = undefined;
      throw error;
    }
    return true;
  }

  #follow({ finished }: CarSession): void {
    void finished.then(
      (outcome) => {
        if (outcome.ended === "refused") this.#heed(outcome.retryDays);
        this.#end(outcome.ended === "paused" ? outcome.resume : undefined);
      },
      (error: unknown) => this.#fail(error),
    );
  }

  /** Ends the session in good order. */
  async stop(reason: string): Promise<void> {
    (await this.#session)?.stop(reason);
  }

  async pause(reason: string): Promise<void> {
    (await this.#session)?.pause(reason);
  }

  /** For sessions that begin later. */
  setDcParameters(parameters: DcEvParameters): void {
    this.#battery = changedBattery(this.#battery, parameters);
  }

  /** The car's instruments tell how full the battery is. @param soc percent */
  async batteryAt(soc: number): Promise<void> {
    const percent = Math.min(soc, 100);
    this.#battery = { ...this.#battery, soc: percent };
    (await this.#session)?.batteryAt(percent);
  }

  /** Drops the session at once and waits until nothing is open. */
  async close(): Promise<void> {
    const session = await this.#session;
    session?.abort("the car is switched off");
    await session?.finished.catch(() => {});
  }

  #no(reason: string): false {
    this.#ports.log.warn({}, `the car starts no session: ${reason}`);
    return false;
  }

  async #open(
    order: Order & { EnergyTransferMode: EnergyTransferMode },
    { protocols, tls }: Language,
  ): Promise<CarSession> {
    const { config, link, sdpPort, certsDir, delayFactor } = this.#options;
    const { files, clock, network, trace, publish } = this.#ports;
    const contract = this.#told("contract", await readContract(files, certsDir));
    const roots = this.#told("V2G root", await readV2gRoots(files, certsDir)) ?? [];
    const wish = await this.#contractWish(contract, roots);
    const resume = this.#paused;
    return new CarSession(
      {
        ...{ link, sdpPort, sdpCycles: SDP_CYCLES, protocols, tls },
        car: {
          ...carFor(order, config, link, { contract, battery: this.#battery }, delayFactor),
          ...(wish && { contractWish: wish }),
        },
        ...(resume && { resume }),
      },
      {
        ...{ network, clock, trace, publish },
        verifyCharger: (shown) => checkCharger({ shown, roots, time: clock.now() }),
        storeContract: (fresh) => storeContract(files, certsDir, fresh),
      },
    );
  }

  /** What it can ask with is looked for only when it wants to ask. */
  async #contractWish(
    contract: Contract | undefined,
    roots: readonly Certificate[],
  ): Promise<ContractWish | undefined> {
    const { config, certsDir } = this.#options;
    const { files, clock } = this.#ports;
    const needs = { contract, installAnyway: config.is_cert_install_needed, now: clock.now() };
    const provisioning =
      lack(needs) === undefined
        ? undefined
        : this.#told("provisioning certificate", await readProvisioning(files, certsDir));
    return contractWish({ ...needs, provisioning, roots, noRenewalBefore: this.#noRenewalBefore });
  }

  /** What is missing or odd is on the timeline before anybody wonders. */
  #told<T>(what: string, found: Found<T>): T | undefined {
    const { trace } = this.#ports;
    if ("missing" in found) {
      trace.add({ step: 1, kind: "state", from: "EV", title: `has no ${what}: ${found.missing}`, fix: found.fix });
      return undefined;
    }
    if (found.note !== undefined) trace.add({ step: 1, kind: "state", from: "EV", title: found.note });
    return found.value;
  }

  /** ISO 15118-2, [V2G2-696]: days to wait, or never again. */
  #heed(retryDays: number | undefined): void {
    if (retryDays === undefined) return;
    const wait = retryDays < 0 ? Number.POSITIVE_INFINITY : retryDays * DAY_MS;
    this.#noRenewalBefore = this.#ports.clock.now() + wait;
  }

  #end(paused: PausedSession | undefined): void {
    this.#session = undefined;
    this.#paused = paused;
    this.#ports.publish({ to: "ev", name: "v2g_session_finished", value: null });
  }

  #fail(error: unknown): void {
    const { log } = this.#ports;
    if (error instanceof UserError) log.error({}, error.describe());
    else log.error({ err: error }, "the car's session failed by our own fault");
    this.#end(undefined);
  }
}
