/** One charge point with its connection; what happens before it runs is kept for it. */

import { inBackground } from "../../chargePoint/block.ts";
import { ChargePoint } from "../../chargePoint/v201/chargePoint.ts";
import { sleep } from "../../util/clock.ts";
import { Connection } from "./connection.ts";
import { endpointOf } from "./endpoint.ts";
import { applySettings } from "./settings.ts";
import { type Context, evsePorts, only, stationOf } from "./station.ts";
import { checkEvses, type Storage } from "./storage.ts";

export class Service {
  readonly #ctx: Context;
  readonly #storage: Storage;
  readonly #stopping = new AbortController();
  readonly #waiting: Set<number>;
  #allReady: () => void = () => {};
  /** What waits for the charge point; undefined once it runs. */
  #kept: ((chargePoint: ChargePoint) => void)[] | undefined = [];
  #running: { readonly chargePoint: ChargePoint; readonly connection: Connection } | undefined;

  constructor(ctx: Context, storage: Storage) {
    this.#ctx = ctx;
    this.#storage = storage;
    this.#waiting = new Set(ctx.requires.evse_manager.keys());
  }

  /** Does something with the charge point now, or as soon as it runs, in the order of the calls. */
  tell(act: (chargePoint: ChargePoint) => void): void {
    if (this.#kept) this.#kept.push(act);
    else if (this.#running) act(this.#running.chargePoint);
  }

  /** The charge point when it runs. */
  get chargePoint(): ChargePoint | undefined {
    return this.#kept ? undefined : this.#running?.chargePoint;
  }

  /** An EVSE can serve cars, or only waits for us to let it. */
  evseReady(index: number): void {
    this.#waiting.delete(index);
    if (this.#waiting.size === 0) this.#allReady();
  }

  /** Makes everything ready; it runs when all EVSEs are ready too. @throws UserError when the configuration does not fit the station. */
  async start(): Promise<void> {
    const ctx = this.#ctx;
    const { model } = this.#storage;
    const evses = await evsePorts(ctx);
    checkEvses(model, evses);
    await applySettings(model, ctx.requires);
    const connection = this.#connect(() => chargePoint);
    await connection.prepare();
    const { clock, random, log, trace, config, requires } = ctx;
    const chargePoint = new ChargePoint({
      ...{ clock, random, log, trace, model },
      database: this.#storage.core,
      link: connection.link,
      station: stationOf(ctx, evses, {
        applySettings: () => applySettings(model, requires),
        clientCertificateRenewed: () => connection.renew(),
      }),
      bootReason: (await requires.system[0]?.call("get_boot_reason")) ?? "PowerUp",
      resumeDelayMs: config.MessageQueueResumeDelay * 1000,
    });
    this.#running = { chargePoint, connection };
    const ready = new Promise<void>((resolve) => {
      this.#allReady = resolve;
    });
    if (this.#waiting.size === 0) this.#allReady();
    ready
      .then(() => this.#run(chargePoint, connection))
      .catch((error: unknown) => {
        log.error({ error }, "the charge point did not start");
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
    this.#storage.close();
  }

  async #run(chargePoint: ChargePoint, connection: Connection): Promise<void> {
    const { clock, config, requires } = this.#ctx;
    if (this.#stopping.signal.aborted) return;
    chargePoint.start();
    const kept = this.#kept ?? [];
    this.#kept = undefined;
    for (const act of kept) inBackground(this.#ctx, "what came before the start", () => act(chargePoint));
    await Promise.all(requires.evse_manager.map((evse) => evse.call("external_ready_to_start_charging")));
    await sleep(clock, config.DelayOcppStart, this.#stopping.signal);
    if (!this.#stopping.signal.aborted) connection.start();
  }

  #connect(chargePoint: () => ChargePoint): Connection {
    const { clock, random, log, trace, files, requires, provides } = this.#ctx;
    const security = only(requires.security, "security");
    return new Connection({
      ...{ clock, random, log, trace },
      model: this.#storage.model,
      endpointOf: (profile) => endpointOf(profile, security, files),
      answer: () => chargePoint().answer,
      connected: () => chargePoint().connected(),
      disconnected: () => chargePoint().disconnected(),
      securityEvent: (type, info) => chargePoint().securityEvent({ type, info }),
      publishStatus: (status) => provides.ocpp_generic.publish("connection_status", status),
      publishMessage: (message) => provides.ocpp_generic.publish("ocpp_message", message),
    });
  }
}
