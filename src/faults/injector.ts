/** Puts one fault on the network of an honest car or charger, and sees what the counterpart does about it. */
import type { KeyObject } from "node:crypto";
import type { Reissued } from "../pki/index.ts";
import type {
  ByteStream,
  ConnectOptions,
  ListenOptions,
  Network,
  PeerVerdict,
  TlsClientOptions,
} from "../transport/ports.ts";
import { StreamError } from "../transport/ports.ts";
import { type Clock, sleep } from "../util/clock.ts";
import type { Random } from "../util/random.ts";
import { encodeFrame, payloadType } from "../v2gtp/header.ts";
import { DatagramFaults } from "./datagramFaults.ts";
import type { Dialogue } from "./dialogue.ts";
import type { Context, Fault, How, Said, Turn } from "./fault.ts";
import { type Attack, FaultyStream, type Plan, type Treatment } from "./faultyStream.ts";
import type { Reaction } from "./reaction.ts";

export interface InjectorOptions {
  readonly fault: Fault;
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  /** Of the contract, for faults that are signed all the same. */
  readonly key?: KeyObject;
  /** See {@link Context}. */
  readonly issued?: Reissued;
}

const WATCH_MS = 6_000;
/** For the counterpart to notice that others have gone. */
const REST_MS = 300;

export class Injector {
  /** What the honest side is given instead of its own. */
  readonly network: Network;
  /** The counterpart's reaction; never comes when the session does not get as far, or just goes on. */
  readonly reaction: Promise<Reaction>;
  readonly #options: InjectorOptions;
  readonly #streams = new Set<FaultyStream>();
  #settle: (reaction: Reaction) => void = () => {};
  #settled: Reaction | undefined;
  #reached = false;
  #rehearsal: Dialogue | undefined;
  #rehearsing: boolean;

  constructor(options: InjectorOptions) {
    const { fault, network, clock } = options;
    this.#options = options;
    this.#rehearsing = "turns" in fault.how && fault.how.rehearse === true;
    this.reaction = new Promise((resolve) => {
      this.#settle = resolve;
    });
    const datagrams = new DatagramFaults({ fault, clock, reach: () => this.#reach(), settle: (r) => this.#end(r) });
    this.network = {
      connect: (wanted) => this.#connect(wanted),
      listen: (wanted) => network.listen(this.#listening(wanted)),
      openDatagrams: async (wanted) => datagrams.wrap(await network.openDatagrams(wanted)),
    };
  }

  /** Whether the fault was done. */
  get reached(): boolean {
    return this.#reached;
  }

  /** The reaction, once it is known. */
  get settled(): Reaction | undefined {
    return this.#settled;
  }

  /** Whether the session that is over was a rehearsal, and another one is needed. */
  get rehearsed(): boolean {
    return this.#rehearsal !== undefined && !this.#reached;
  }

  /** Whether the fault is done, and the counterpart still watched. */
  get watching(): boolean {
    const { how } = this.#options.fault;
    const goesOn = "after" in how && how.after === "go on";
    return this.#reached && !this.#settled && !goesOn;
  }

  /** Ends what is watched. */
  giveUp(): void {
    for (const stream of this.#streams) stream.giveUp();
    this.#end({ does: "ends without charging", reason: "it was given up before the counterpart had done anything" });
  }

  #reach(): void {
    this.#reached = true;
  }

  #end(reaction: Reaction): void {
    this.#settled ??= reaction;
    this.#settle(reaction);
  }

  #wrap(stream: ByteStream): FaultyStream {
    const plan: Plan = {
      treat: (said, dialogue) => this.#treat(said, dialogue),
      settle: (reaction) => this.#end(reaction),
    };
    const faulty = new FaultyStream(stream, { clock: this.#options.clock, plan });
    this.#streams.add(faulty);
    faulty.onClose(() => this.#streams.delete(faulty));
    return faulty;
  }

  #treat(said: Said, dialogue: Dialogue): Treatment {
    const { how, at } = this.#options.fault;
    // Who refuses already has no place for a fault.
    if (!applies(at, said, this.#reached) || said.ResponseCode?.startsWith("FAILED")) return "honest";
    if (how.seam === "certificates") {
      this.#reach();
      const asItIs = [[encodeFrame(payloadType.exi, said.exi)]];
      return this.#attack(how.carry?.(said, this.#context(dialogue)) ?? asItIs);
    }
    if (!("turns" in how)) return "honest";
    if (this.#rehearsing) {
      this.#rehearsing = false;
      this.#rehearsal = dialogue;
      return "break off";
    }
    this.#reach();
    const { after, skip = 0 } = how;
    return this.#attack(how.turns(said, this.#context(dialogue)), { after, skip });
  }

  #attack(turns: readonly Turn[], change: Partial<Attack> = {}): Attack {
    const { watchMs = WATCH_MS } = this.#options.fault;
    const { after = "watch", skip = 0, hears = "V2GTP" } = change;
    return { after, turns, skip, watchMs, hears };
  }

  #context(dialogue: Dialogue): Context {
    const { key, issued, random, clock } = this.#options;
    return {
      ...{ set: dialogue.set, SessionID: dialogue.SessionID, key, issued, random, now: clock.now() },
      said: (name) => dialogue.said(name),
      rehearsed: (name) => this.#rehearsal?.said(name),
    };
  }

  async #connect(wanted: ConnectOptions): Promise<ByteStream> {
    const { fault, network } = this.#options;
    const { how } = fault;
    if (how.seam === "TLS offer" && wanted.tls) return this.#offer(wanted, wanted.tls, how);
    if (how.seam === "TLS port" && wanted.tls && !this.#reached) await this.#instead(wanted, how);
    return this.#wrap(await network.connect(wanted));
  }

  async #offer(
    wanted: ConnectOptions,
    tls: TlsClientOptions,
    { offer }: Extract<How, { seam: "TLS offer" }>,
  ): Promise<ByteStream> {
    this.#reach();
    try {
      // Whom the server is does not matter here.
      const verify = (): PeerVerdict => ({ ok: true });
      const stream = await this.#options.network.connect({ ...wanted, tls: { ...tls, verify, offer } });
      this.#end({ does: "accepts TLS" });
      return this.#wrap(stream);
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#end({ does: "refuses TLS", reason: error.code });
      throw error;
    }
  }

  /** Octets of our own where a handshake is awaited. @throws StreamError when the honest side shall not go on. */
  async #instead({ host, port, timeoutMs }: ConnectOptions, { connections, after, turn }: TlsPort): Promise<void> {
    this.#reach();
    const opening = Array.from({ length: connections }, () => this.#options.network.connect({ host, port, timeoutMs }));
    const opened = (await Promise.allSettled(opening)).flatMap((each) =>
      each.status === "fulfilled" ? [this.#wrap(each.value)] : [],
    );
    if (after === "go on") {
      await Promise.all(opened.map((stream) => stream.speakAndLeave(turn)));
      return sleep(this.#options.clock, REST_MS);
    }
    for (const stream of opened) stream.attack(this.#attack([turn], { hears: "TLS" }));
    throw new StreamError("handshake", "ERR_FAULT", "a fault on purpose took the place of the handshake");
  }

  #listening(wanted: ListenOptions): ListenOptions {
    const { how, at } = this.#options.fault;
    if (!wanted.tls || at !== "TLS") return this.#watched(wanted);
    const { tls: _, ...plain } = wanted;
    const port = how.seam === "TLS port";
    const [turn, hears] = port ? [how.turn, "nothing" as const] : [[], "V2GTP" as const];
    return {
      ...(port ? plain : wanted),
      onStream: (stream) => {
        this.#reach();
        this.#wrap(stream).attack(this.#attack([turn], { hears }));
      },
      onFault: (fault) => {
        this.#reach();
        this.#end({ does: "refuses TLS", reason: fault.code });
      },
    };
  }

  /** The honest side gets the stream; who comes without TLS where TLS is spoken is noticed. */
  #watched(wanted: ListenOptions): ListenOptions {
    return {
      ...wanted,
      onStream: (stream) => wanted.onStream(this.#wrap(stream)),
      onFault: (fault) => {
        if (this.#reached && withoutTls.includes(fault.code)) this.#end({ does: "connects without TLS" });
        wanted.onFault?.(fault);
      },
    };
  }
}

type TlsPort = Extract<How, { seam: "TLS port" }>;

/** What OpenSSL says of a peer that speaks something else. */
const withoutTls: readonly string[] = [
  "ERR_SSL_WRONG_VERSION_NUMBER",
  "ERR_SSL_UNEXPECTED_MESSAGE",
  "ERR_SSL_HTTP_REQUEST",
];

/** Once, unless it is for every message. */
function applies(at: string, { name }: Said, reached: boolean): boolean {
  return at === "every message" || (name === at && !reached);
}
