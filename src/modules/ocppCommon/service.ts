/** One charge point with its connection; what happens before it runs is kept for it. */
import { inBackground } from "../../chargePoint/block.ts";
import type { AnyChargePoint } from "../../chargePoint/chargePoint.ts";
import type { EvsePort } from "../../chargePoint/ports.ts";
import { sleep } from "../../util/clock.ts";
import type { Connection } from "./connection.ts";
import type { OcppContext } from "./context.ts";
import { evsePorts } from "./station.ts";
import { warnOfUnheard } from "./unheard.ts";

/** A charge point and its way to the CSMS. */
export interface Assembly<P> {
  readonly chargePoint: P;
  readonly connection: Connection;
}

export interface ServiceOptions<P> {
  readonly ctx: OcppContext;
  /** Puts everything together, when the other modules can be asked. @throws UserError when the configuration does not fit the station. */
  assemble(evses: readonly EvsePort[]): Promise<Assembly<P>>;
  /** Closes the databases. */
  close(): void;
}

/** @typeParam P a charge point of some version. */
export class Service<P extends AnyChargePoint> {
  readonly #options: ServiceOptions<P>;
  readonly #stopping = new AbortController();
  readonly #waiting: Set<number>;
  readonly #resumed = new Set<string>();
  #allReady: () => void = () => {};
  /** What waits for the charge point; undefined once it runs. */
  #kept: ((chargePoint: P) => void)[] | undefined = [];
  #running: Assembly<P> | undefined;

  constructor(options: ServiceOptions<P>) {
    this.#options = options;
    this.#waiting = new Set(options.ctx.requires.evse_manager.keys());
  }

  /** Does something with the charge point now, or as soon as it runs, in the order of the calls. */
  tell(act: (chargePoint: P) => void): void {
    if (this.#kept) this.#kept.push(act);
    else if (this.#running) act(this.#running.chargePoint);
  }

  /** The charge point when it runs. */
  get chargePoint(): P | undefined {
    return this.#kept ? undefined : this.#running?.chargePoint;
  }

  /** An EVSE can serve cars, or only waits for us to let it. */
  evseReady(index: number): void {
    this.#waiting.delete(index);
    if (this.#waiting.size === 0) this.#allReady();
  }

  /** An EVSE goes on with a session from before the restart. */
  sessionResumed(uuid: string): void {
    this.#resumed.add(uuid);
  }

  /** Makes everything ready; it runs when all EVSEs are ready too. @throws UserError when the configuration does not fit the station. */
  async start(): Promise<void> {
    const { ctx, assemble } = this.#options;
    warnOfUnheard(ctx);
    const running = await assemble(await evsePorts(ctx));
    this.#running = running;
    const ready = new Promise<void>((resolve) => {
      this.#allReady = resolve;
    });
    if (this.#waiting.size === 0) this.#allReady();
    inBackground(ctx, "the start of the charge point", async () => {
      await ready;
      await this.#run(running);
    });
  }

  /** Makes the connection again after {@link disconnect}. */
  connect(): boolean {
    if (!this.#running || this.#kept) return false;
    this.#running.connection.start();
    return true;
  }

  /** Cuts the connection; the charge point works on offline. */
  async disconnect(): Promise<boolean> {
    if (!this.#running || this.#kept) return false;
    await this.#running.connection.stop();
    return true;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    const { chargePoint, connection } = this.#running ?? {};
    await chargePoint?.stop();
    await connection?.stop();
    await chargePoint?.settled();
    this.#options.close();
  }

  async #run({ chargePoint, connection }: Assembly<P>): Promise<void> {
    const { ctx } = this.#options;
    const { clock, config, requires } = ctx;
    if (this.#stopping.signal.aborted) return;
    chargePoint.start(this.#resumed);
    const kept = this.#kept ?? [];
    this.#kept = undefined;
    for (const act of kept) inBackground(ctx, "what came before the start", () => act(chargePoint));
    await Promise.all(requires.evse_manager.map((evse) => evse.call("external_ready_to_start_charging")));
    await sleep(clock, config.DelayOcppStart, this.#stopping.signal);
    if (!this.#stopping.signal.aborted) connection.start();
  }
}
