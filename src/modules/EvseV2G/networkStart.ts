/** Brings the SECC onto the network and keeps trying, and keeps its certificate current. */
import type { Secc } from "../../secc/secc.ts";
import type { Link } from "../../transport/interfaces.ts";
import type { TlsCredentials } from "../../transport/ports.ts";
import type { Clock, Timer } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import type { Logger } from "../../util/log.ts";
import type { Tracer } from "../../util/trace.ts";
import type { OwnChains } from "./ownChains.ts";

const RETRY_MS = 1000;

export interface NetworkStartOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly trace: Tracer;
  readonly secc: Pick<Secc, "open" | "setCredentials">;
  /** @throws UserError when there is no such interface. */
  chooseLink(): Link;
  load(): Promise<OwnChains>;
  raise(reason: string): void;
  clear(): void;
}

/** How the timeline begins to say that the station has no certificate to show to EVs. */
export const NO_TLS = "no TLS towards EVs";

export class NetworkStart {
  readonly #options: NetworkStartOptions;
  #queue: Promise<void> = Promise.resolve();
  #retry: Timer | undefined;
  #open = false;
  #stopped = false;
  /** What was last said of the certificate; a change is worth telling, a repetition is not. */
  #told: string | undefined;

  constructor(options: NetworkStartOptions) {
    this.#options = options;
  }

  /** The first try; further ones follow by themselves. */
  begin(): Promise<void> {
    return this.#inOrder(() => this.#try());
  }

  /** Takes the certificate that is now the right one. Never rejects. */
  reload(): Promise<void> {
    return this.#inOrder(async () => {
      if (this.#open) await this.#renew(await this.#chains());
    }).catch(this.#unforeseen);
  }

  /** Nothing more is opened once this has resolved. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#retry?.cancel();
    await this.#queue;
  }

  readonly #unforeseen = (error: unknown) => {
    this.#options.log.error({ err: error }, "the network or the certificate failed by our own fault");
  };

  #inOrder(work: () => Promise<void>): Promise<void> {
    const result = this.#queue.then(() => (this.#stopped ? undefined : work()));
    this.#queue = result.catch(() => {});
    return result;
  }

  async #try(): Promise<void> {
    const { secc, clock, log, raise, clear } = this.#options;
    const chains = await this.#chains();
    if (this.#stopped) return;
    try {
      const link = this.#options.chooseLink();
      await this.#openWith(secc, link, chains);
      this.#open = true;
      log.info({ interface: link.interface, address: link.address }, `listening for EVs: ${link.why}`);
      clear();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      raise(error.describe());
      if (!this.#stopped) this.#retry = clock.setTimer(RETRY_MS, () => void this.begin().catch(this.#unforeseen));
    }
  }

  /** A certificate that does not fit its key is no reason not to serve EVs without TLS. */
  async #openWith(secc: NetworkStartOptions["secc"], link: Link, chains: readonly TlsCredentials[]) {
    await secc.open(link, []);
    await this.#renew(chains);
  }

  async #renew(chains: readonly TlsCredentials[]): Promise<void> {
    try {
      await this.#options.secc.setCredentials(chains);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#tell(error);
    }
  }

  async #chains(): Promise<readonly TlsCredentials[]> {
    const own = await this.#options.load();
    if ("chains" in own) {
      this.#told = undefined;
      return own.chains;
    }
    this.#tell(own.problem);
    return [];
  }

  #tell(problem: UserError): void {
    const { log, trace } = this.#options;
    if (this.#told === problem.message) return;
    this.#told = problem.message;
    log.warn({}, `${NO_TLS}: ${problem.describe()}`);
    const fix = problem.details.fix;
    const title = `${NO_TLS}: ${problem.message}`;
    trace.add({
      step: 0,
      kind: "fault",
      from: "EVSE",
      title,
      outcome: "refused",
      ...(fix === undefined ? {} : { fix }),
    });
  }
}
