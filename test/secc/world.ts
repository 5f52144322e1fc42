/** A SECC with an obliging EVSE behind it, and an EV that says whatever a test wants. */
import { appProtocol, type SupportedAppProtocolRes } from "../../src/iso15118/appProtocol.ts";
import {
  bodyOf,
  ISO2_NAMESPACE,
  iso2,
  type Messages,
  messageOf,
  type Named,
  type RequestName,
} from "../../src/iso15118/iso2/index.ts";
import type { CapturedFrame } from "../../src/secc/capture.ts";
import type { OutwardEffect } from "../../src/secc/effects.ts";
import { iso2Protocol } from "../../src/secc/handshake.ts";
import { Secc, type SeccOptions } from "../../src/secc/secc.ts";
import { memoryNetwork } from "../../src/transport/memory.ts";
import type { ByteStream, Network } from "../../src/transport/ports.ts";
import { silentLogger } from "../../src/util/log.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { Timeline } from "../../src/util/trace.ts";
import { Framer } from "../../src/v2gtp/framer.ts";
import { encodeFrame, payloadType } from "../../src/v2gtp/header.ts";
import { evse, header, requests, settings } from "./fixtures.ts";

export const link = {
  mode: "loopback",
  interface: "lo",
  address: "::1",
  mac: new Uint8Array(6),
  why: "a test",
} as const;
export const SDP_PORT = 15118;
const credentials = { chain: "", key: "" };

export interface Station {
  readonly secc: Secc;
  readonly network: Network;
  readonly clock: ManualClock;
  readonly timeline: Timeline;
  readonly effects: OutwardEffect[];
  readonly frames: CapturedFrame[];
  /** Names of what was published. */
  published(): string[];
  close(): Promise<void>;
}

/** What the EVSE does when the session wants something; nothing by default. */
export type Manager = (effect: OutwardEffect, secc: Secc) => void;

/** An EVSE that authorises, and whose contactor obeys. */
export const obliging: Manager = (effect, secc) => {
  if (effect.to !== "charger") return;
  if (effect.name === "require_auth_pnc" || effect.name === "require_auth_eim") {
    const accepted = { authorization_status: "Accepted", certificate_status: "Accepted" } as const;
    secc.apply({ type: "authorization_response", ...accepted });
  }
  if (effect.name === "ac_close_contactor") secc.update({ contactorClosed: true });
  if (effect.name === "ac_open_contactor") secc.update({ contactorClosed: false });
};

export async function station(change: Partial<SeccOptions> = {}, manager: Manager = obliging): Promise<Station> {
  const network = change.network ?? memoryNetwork({ certificates: { chain: [] } });
  const clock = change.clock instanceof ManualClock ? change.clock : new ManualClock();
  const timeline = new Timeline(clock);
  const effects: OutwardEffect[] = [];
  const frames: CapturedFrame[] = [];
  let secc: Secc | undefined;
  const started = new Secc({
    network,
    clock,
    random: cryptoRandom,
    log: silentLogger,
    trace: timeline,
    sdpPort: SDP_PORT,
    tlsSecurity: "allow",
    tls: { handshakeMs: 1000 },
    protocols: [iso2Protocol],
    settings,
    closeAtOnce: false,
    maxConnections: 8,
    capture: (frame) => frames.push(frame),
    checkContract: async () => ({ result: "unchecked" }),
    serviceParameters: async () => undefined,
    perform: (effect) => {
      effects.push(effect);
      if (secc) manager(effect, secc);
    },
    ...change,
  });
  await started.open(link, [credentials]);
  secc = started;
  secc.update(evse);
  secc.dlinkReady(true);
  const published = () => effects.flatMap((effect) => (effect.to === "services" ? [] : [effect.name]));
  return { secc: started, network, clock, timeline, effects, frames, published, close: () => started.close() };
}

/** An EV made of single messages. */
export class TestEv {
  readonly stream: ByteStream;
  /** Resolves when the station has closed the connection. */
  readonly closed: Promise<void>;
  sessionId: Uint8Array = new Uint8Array(8);
  /** Of the last PaymentDetailsRes, for those who keep it here. */
  challenge: Uint8Array = new Uint8Array(16);
  readonly #framer = new Framer(65536);
  readonly #received: Uint8Array[] = [];
  #wake: () => void = () => {};
  #over = false;

  static connect({ network, secc }: Station, security: "tls" | "none" = "tls"): Promise<TestEv> {
    return TestEv.connectTo(network, secc.port(security) ?? 0, security);
  }

  static async connectTo(network: Network, port: number, security: "tls" | "none" = "tls"): Promise<TestEv> {
    const tls = security === "tls" ? { tls: { verify: () => ({ ok: true }) as const } } : {};
    return new TestEv(await network.connect({ host: "::1", port, timeoutMs: 1000, ...tls }));
  }

  /** Connected, agreed on ISO 15118-2, and with a session. */
  static async inSession(of: Station, security: "tls" | "none" = "tls"): Promise<TestEv> {
    const ev = await TestEv.connect(of, security);
    await ev.agree();
    await ev.ask("SessionSetupReq");
    return ev;
  }

  constructor(stream: ByteStream) {
    this.stream = stream;
    stream.onData((bytes) => {
      for (const { payload } of this.#framer.push(bytes)) this.#received.push(payload);
      this.#wake();
    });
    this.closed = new Promise((resolve) =>
      stream.onClose(() => {
        this.#over = true;
        this.#wake();
        resolve();
      }),
    );
  }

  /** The next message, or undefined when the connection was closed instead. */
  async next(): Promise<Uint8Array | undefined> {
    while (this.#received.length === 0 && !this.#over) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#received.shift();
  }

  send(exi: Uint8Array): Promise<void> {
    return this.stream.write(encodeFrame(payloadType.exi, exi));
  }

  async agree(namespace: string = ISO2_NAMESPACE): Promise<SupportedAppProtocolRes | undefined> {
    const protocol = {
      ProtocolNamespace: namespace,
      VersionNumberMajor: 2,
      VersionNumberMinor: 0,
      SchemaID: 7,
      Priority: 1,
    };
    await this.send(appProtocol.encode("supportedAppProtocolReq", { AppProtocol: [protocol] }));
    const answer = await this.next();
    if (!answer) return undefined;
    const { root, value } = appProtocol.decode(answer);
    return root === "supportedAppProtocolRes" ? value : undefined;
  }

  encode<N extends RequestName>(
    name: N,
    change: Partial<Messages[N]> = {},
    key?: Parameters<typeof header>[2],
  ): Uint8Array {
    const message = { ...requests[name], ...change } as Messages[N];
    return iso2.encode(
      "V2G_Message",
      messageOf(header(name, message, key, this.sessionId), { name, message } as Named<RequestName>),
    );
  }

  /** Sends the good request with changes; gives the answer's body, or undefined when the connection was closed. */
  async ask<N extends RequestName>(
    name: N,
    change: Partial<Messages[N]> = {},
    key?: Parameters<typeof header>[2],
  ): Promise<Named | undefined> {
    await this.send(this.encode(name, change, key));
    return this.answer();
  }

  async answer(): Promise<Named | undefined> {
    const exi = await this.next();
    if (!exi) return undefined;
    const { root, value } = iso2.decode(exi);
    if (root !== "V2G_Message") return undefined;
    this.sessionId = value.Header.SessionID;
    return bodyOf(value);
  }
}

/** Its response code. */
export function code(answer: Named | undefined): string | undefined {
  return answer && "ResponseCode" in answer.message ? answer.message.ResponseCode : undefined;
}
