/** Puts a client hello together from what arrives: cut anywhere, in any number of TLS records (RFC 5246, 6.2.1). */
import { concatBytes } from "../util/bytes.ts";
import { type ClientHello, ClientHelloError, parseClientHello } from "./clientHello.ts";

/** A hello of a car has some hundred octets; one that names forty roots, a few thousand. */
const MAX_MESSAGE = 16 * 1024;
/** What has arrived, records and all; records may be as small as one octet. */
const MAX_RECEIVED = 2 * MAX_MESSAGE;
const RECORD_HEADER = 5;
const MAX_RECORD = 16 * 1024;
const HANDSHAKE_RECORD = 22;
const MESSAGE_HEADER = 4;
const CLIENT_HELLO = 1;

/** `other`: not a client hello that we can read, which OpenSSL may judge for itself. */
export type HelloOutcome =
  | { readonly state: "more" }
  | { readonly state: "hello"; readonly hello: ClientHello }
  | { readonly state: "other"; readonly reason: string };

const more: HelloOutcome = { state: "more" };

export class HelloReader {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;
  /** How much must be there before it is worth to look again. */
  #wanted = RECORD_HEADER;
  /** Where the next record begins. */
  #record = 0;
  #message: Uint8Array = new Uint8Array(0);

  /** All that has arrived. */
  get received(): Uint8Array {
    return concatBytes(...this.#chunks);
  }

  /** Call it no more after it gave anything but `more`. */
  push(chunk: Uint8Array): HelloOutcome {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    try {
      return this.#read();
    } catch (error) {
      if (error instanceof ClientHelloError) return { state: "other", reason: error.message };
      throw error;
    }
  }

  #read(): HelloOutcome {
    if (this.#length < this.#wanted) return more;
    const received = this.received;
    this.#chunks.splice(0, this.#chunks.length, received);
    for (let record = recordAt(received, this.#record); record; record = recordAt(received, this.#record)) {
      this.#record += RECORD_HEADER + record.length;
      this.#message = concatBytes(this.#message, record);
      const body = wholeBody(this.#message);
      if (body) return { state: "hello", hello: parseClientHello(body) };
    }
    this.#wanted = endOfRecord(received, this.#record);
    if (this.#wanted > MAX_RECEIVED) throw new ClientHelloError(`more than ${MAX_RECEIVED} octets`);
    return more;
  }
}

/** The content of the record that begins at `offset`, if all of it is there. */
function recordAt(received: Uint8Array, offset: number): Uint8Array | undefined {
  const end = endOfRecord(received, offset);
  if (received.length < offset + RECORD_HEADER || received.length < end) return undefined;
  return received.subarray(offset + RECORD_HEADER, end);
}

/** Where it ends, or its header does while that is not there. @throws ClientHelloError when it cannot hold a hello. */
function endOfRecord(received: Uint8Array, offset: number): number {
  const [type, major, , high, low] = received.subarray(offset, offset + RECORD_HEADER);
  if (type !== undefined && type !== HANDSHAKE_RECORD) throw new ClientHelloError("not a handshake record");
  if (major !== undefined && major !== 3) throw new ClientHelloError("not a TLS record");
  if (high === undefined || low === undefined) return offset + RECORD_HEADER;
  const length = high * 256 + low;
  if (length === 0 || length > MAX_RECORD) throw new ClientHelloError(`a handshake record of ${length} octets`);
  return offset + RECORD_HEADER + length;
}

/** The body of the message, once all of it is there. @throws ClientHelloError for another message, or one too large. */
function wholeBody(message: Uint8Array): Uint8Array | undefined {
  const [type, high, middle, low] = message;
  if (type !== CLIENT_HELLO) throw new ClientHelloError("the first message is no client hello");
  if (high === undefined || middle === undefined || low === undefined) return undefined;
  const length = high * 0x10000 + middle * 0x100 + low;
  if (length > MAX_MESSAGE) throw new ClientHelloError(`a client hello of ${length} octets`);
  return message.length < MESSAGE_HEADER + length
    ? undefined
    : message.subarray(MESSAGE_HEADER, MESSAGE_HEADER + length);
}
