/** What went over the wire, for those who want to keep it: every frame with its message, the timeline, the keys of TLS. */
import { join } from "node:path";
import { Dialogue } from "../../faults/index.ts";
import type { ByteStream, DatagramSocket, Network } from "../../transport/ports.ts";
import { toHex } from "../../util/bytes.ts";
import type { Clock } from "../../util/clock.ts";
import { PeerError } from "../../util/errors.ts";
import type { Files } from "../../util/files.ts";
import type { Timeline, TraceEntry } from "../../util/trace.ts";
import { Framer } from "../../v2gtp/framer.ts";
import { encodeFrame, MAX_PAYLOAD_ISO2, payloadType } from "../../v2gtp/header.ts";

/** The side that we are. */
export type Own = "EV" | "EVSE";

export interface KeeperOptions {
  readonly files: Files;
  readonly clock: Clock;
  readonly dir: string;
  readonly own: Own;
  readonly timeline: Timeline;
}

const OWNER_ONLY = 0o600;

export class Keeper {
  readonly #options: KeeperOptions;
  #frames: string[] = [];
  #entries: TraceEntry[] = [];
  #keys: string[] = [];

  constructor(options: KeeperOptions) {
    this.#options = options;
    options.timeline.subscribe((entry) => this.#entries.push(entry));
  }

  /** The same network, with an eye on it. */
  network(inner: Network): Network {
    const onKeyLog = (line: Uint8Array) => void this.#keys.push(new TextDecoder().decode(line));
    return {
      connect: async ({ tls, ...wanted }) =>
        this.#stream(await inner.connect({ ...wanted, ...(tls && { tls: { ...tls, onKeyLog } }) })),
      listen: ({ tls, ...wanted }) =>
        inner.listen({
          ...wanted,
          ...(tls && { tls: { ...tls, onKeyLog } }),
          onStream: (stream) => wanted.onStream(this.#stream(stream)),
        }),
      openDatagrams: async (wanted) => this.#socket(await inner.openDatagrams(wanted)),
    };
  }

  /** Writes what has come since the last time. @param folder below that of all. */
  async flush(verdict: object, folder = ""): Promise<void> {
    const { files, dir } = this.#options;
    const at = join(dir, folder);
    const timeline = [...this.#entries, verdict].map((entry) => `${JSON.stringify(entry)}\n`);
    const texts = { "frames.jsonl": this.#frames, "timeline.jsonl": timeline, "tls_keys.log": this.#keys };
    [this.#frames, this.#entries, this.#keys] = [[], [], []];
    await files.makeFolder(at, 0o700);
    for (const [name, lines] of Object.entries(texts)) await files.write(join(at, name), lines.join(""), OWNER_ONLY);
  }

  #add(from: Own, what: object): void {
    this.#frames.push(`${JSON.stringify({ time: this.#options.clock.now(), from, ...what })}\n`);
  }

  #stream(stream: ByteStream): ByteStream {
    const { own } = this.#options;
    const other: Own = own === "EV" ? "EVSE" : "EV";
    const dialogue = new Dialogue();
    const [sent, received] = [this.#ear(own, dialogue), this.#ear(other, dialogue)];
    return {
      remoteAddress: stream.remoteAddress,
      ...(stream.tls && { tls: stream.tls }),
      write: (bytes) => {
        sent(bytes);
        return stream.write(bytes);
      },
      close: () => stream.close(),
      destroy: () => stream.destroy(),
      onData: (listener) =>
        stream.onData((bytes) => {
          received(bytes);
          listener(bytes);
        }),
      onClose: (listener) => stream.onClose(listener),
    };
  }

  /** Puts octets of one direction together to frames; what is none is kept as it is. */
  #ear(from: Own, dialogue: Dialogue): (bytes: Uint8Array) => void {
    const framer = new Framer(MAX_PAYLOAD_ISO2);
    let lost = false;
    return (bytes) => {
      if (lost) return this.#add(from, { octets: toHex(bytes) });
      try {
        for (const { payloadType: type, payload } of framer.push(bytes)) {
          this.#add(from, { ...messageIn(payload, dialogue), v2gtp: toHex(encodeFrame(type, payload)) });
        }
      } catch (error) {
        if (!(error instanceof PeerError)) throw error;
        lost = true;
        this.#add(from, { octets: toHex(bytes), fault: error.message });
      }
    };
  }

  #socket(socket: DatagramSocket): DatagramSocket {
    const { own } = this.#options;
    const other: Own = own === "EV" ? "EVSE" : "EV";
    return {
      address: socket.address,
      port: socket.port,
      close: () => socket.close(),
      send: (bytes, to) => {
        this.#add(own, { message: discovery(bytes), to: `[${to.address}]:${to.port}`, v2gtp: toHex(bytes) });
        return socket.send(bytes, to);
      },
      onMessage: (listener) =>
        socket.onMessage((bytes, from) => {
          const address = `[${from.address}]:${from.port}`;
          this.#add(other, { message: discovery(bytes), address, v2gtp: toHex(bytes) });
          listener(bytes, from);
        }),
    };
  }
}

/** With the schema's name and the EXI, as `plugcharge exi decode --jsonl` takes it. */
function messageIn(exi: Uint8Array, dialogue: Dialogue): object {
  const { set } = dialogue;
  const { name, document } = dialogue.hear(exi);
  const json = document && set.toJson(document.root, document.value);
  return { message: name, ...(document && { schema: set.name }), exi: toHex(exi), ...(json !== undefined && { json }) };
}

function discovery([, , high = 0, low = 0]: Uint8Array): string {
  const type = (high << 8) | low;
  if (type === payloadType.sdpRequest) return "SECCDiscoveryReq";
  return type === payloadType.sdpResponse ? "SECCDiscoveryRes" : "unreadable";
}
