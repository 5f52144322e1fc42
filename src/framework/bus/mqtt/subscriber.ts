/** Keeps a broker asked for what is wanted, over every connection, one change after the other. */
import type { Unsubscribe } from "../bus.ts";
import type { Connection, QualityOfService } from "./connection.ts";
import { Filters } from "./filters.ts";

export class Subscriber {
  readonly #qos: QualityOfService;
  readonly #refused: (filter: string) => void;
  readonly #filters = new Filters();
  #connection: Connection | undefined;
  /** Something has changed that the broker was not told. */
  #news = false;
  /** The connection that is told something at the moment. */
  #telling: Connection | undefined;
  #waiting: (() => void)[] = [];

  /** @param refused is told of filters that the broker does not allow. */
  constructor(qos: QualityOfService, refused: (filter: string) => void) {
    this.#qos = qos;
    this.#refused = refused;
  }

  add(filter: string): Unsubscribe {
    this.#filters.add(filter);
    this.#tell();
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#filters.remove(filter);
      this.#tell();
    };
  }

  /** Resolves when this connection has everything in force, or was lost. */
  async connected(connection: Connection): Promise<void> {
    this.#connection = connection;
    this.#filters.forget();
    this.#tell();
    while (this.#connection === connection && this.#isBusy) await this.#change();
  }

  disconnected(): void {
    this.#connection = undefined;
    this.#wake();
  }

  /** Resolves when there is a connection with everything in force, or `given` up. */
  async settled(given: AbortSignal): Promise<void> {
    while (!given.aborted && (!this.#connection || this.#isBusy)) await this.#change();
  }

  /** Lets everybody who waits look again. */
  wake(): void {
    this.#wake();
  }

  get #isBusy(): boolean {
    return this.#news || this.#telling !== undefined;
  }

  #tell(): void {
    this.#news = true;
    const connection = this.#connection;
    if (connection && this.#telling !== connection) void this.#tellAll(connection);
  }

  /** What is wanted within one turn goes together; a broker may work on two changes at once, so there is only one. */
  async #tellAll(connection: Connection): Promise<void> {
    this.#telling = connection;
    await undefined;
    while (this.#news && this.#connection === connection) {
      this.#news = false;
      const { subscribe, unsubscribe } = this.#filters.change();
      if (subscribe.length > 0) await connection.subscribe(subscribe, this.#qos, this.#refused);
      if (unsubscribe.length > 0) await connection.unsubscribe(unsubscribe);
    }
    if (this.#telling === connection) this.#telling = undefined;
    this.#wake();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
