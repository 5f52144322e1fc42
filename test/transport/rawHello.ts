/** A TLS 1.2 client by hand, as far as its hello and the first flight of the server's answer, none of which is encrypted. */
import { connect, type Socket } from "node:net";
import { concatBytes, fromHex } from "../../src/util/bytes.ts";

export const octets = (...numbers: readonly number[]) => Uint8Array.from(numbers);
const number = (value: number, size: number) =>
  Uint8Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** (size - 1 - i)) % 256);
/** Content behind its length. */
export const vector = (size: number, ...content: readonly Uint8Array[]) => {
  const all = concatBytes(...content);
  return concatBytes(number(all.length, size), all);
};
export const extension = (type: number, data: Uint8Array) => concatBytes(number(type, 2), vector(2, data));

export const keyHash = (sha1: Uint8Array) => concatBytes(octets(1), sha1);
export const nameOf = (der: Uint8Array) => concatBytes(octets(2), vector(2, der));
export const certificateHash = (sha1: Uint8Array) => concatBytes(octets(3), sha1);
export const preAgreed = octets(0);
export const trustedCaKeys = (...authorities: readonly Uint8Array[]) => extension(3, vector(2, ...authorities));
export const statusRequest = extension(5, fromHex("0100000000"));

/** What OpenSSL must have for ECDHE-ECDSA on P-256: supported_groups, ec_point_formats, signature_algorithms. */
const usual = concatBytes(
  extension(10, fromHex("00020017")),
  extension(11, fromHex("0100")),
  extension(13, fromHex("00020403")),
);

/** The handshake message's body; ECDHE-ECDSA-AES128-SHA256 alone. */
export function helloBody(...extensions: readonly Uint8Array[]): Uint8Array {
  const random = Uint8Array.from({ length: 32 }, (_, i) => i);
  return concatBytes(
    fromHex("0303"),
    random,
    octets(0),
    vector(2, fromHex("c023")),
    vector(1, octets(0)),
    vector(2, usual, ...extensions),
  );
}

/** The hello in records of at most so many octets. */
export function helloRecords(body: Uint8Array, recordSize = 16_384): Uint8Array {
  const message = concatBytes(octets(1), vector(3, body));
  const records: Uint8Array[] = [];
  for (let at = 0; at < message.length; at += recordSize) {
    records.push(concatBytes(fromHex("160301"), vector(2, message.subarray(at, at + recordSize))));
  }
  return concatBytes(...records);
}

export interface Flight {
  /** DER, leaf first. */
  readonly certificates: readonly Uint8Array[];
  readonly ocsp?: Uint8Array;
  /** Extension types of ServerHello. */
  readonly extensions: readonly number[];
}

const SERVER_HELLO = 2;
const CERTIFICATE = 11;
const SERVER_HELLO_DONE = 14;
const CERTIFICATE_STATUS = 22;

/** Sends these octets, cut as they are, does in between what is asked, and reads what the server shows. Rejects when it shows nothing. */
export async function firstFlight(
  port: number,
  ...pieces: readonly (Uint8Array | (() => Promise<unknown>))[]
): Promise<Flight> {
  const socket = connect({ host: "::1", port, noDelay: true });
  try {
    const answer = flightOf(socket);
    await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
    for (const piece of pieces) {
      if (typeof piece === "function") await piece();
      else await new Promise<void>((resolve) => socket.write(piece, () => setImmediate(resolve)));
    }
    return await answer;
  } finally {
    socket.destroy();
  }
}

function flightOf(socket: Socket): Promise<Flight> {
  let received: Uint8Array = new Uint8Array(0);
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("closed")));
    socket.on("data", (chunk) => {
      received = concatBytes(received, chunk);
      const messages = messagesOf(handshakeOf(received));
      if (messages.some(({ type }) => type === SERVER_HELLO_DONE)) resolve(readFlight(messages));
    });
  });
}

interface Message {
  readonly type: number;
  readonly body: Uint8Array;
}

const size = (bytes: Uint8Array, at: number, count: number) =>
  bytes.subarray(at, at + count).reduce((sum, octet) => sum * 256 + octet, 0);

function handshakeOf(records: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at + 5 <= records.length; at += 5 + size(records, at + 3, 2)) {
    if (records[at] !== 22) throw new Error(`a record of type ${records[at]}, alert ${records[at + 6]}`);
    parts.push(records.subarray(at + 5, at + 5 + size(records, at + 3, 2)));
  }
  return concatBytes(...parts);
}

function messagesOf(handshake: Uint8Array): Message[] {
  const messages: Message[] = [];
  for (let at = 0; at + 4 <= handshake.length; ) {
    const end = at + 4 + size(handshake, at + 1, 3);
    if (end > handshake.length) break;
    messages.push({ type: handshake[at] ?? 0, body: handshake.subarray(at + 4, end) });
    at = end;
  }
  return messages;
}

function readFlight(messages: readonly Message[]): Flight {
  const body = (wanted: number) => messages.find(({ type }) => type === wanted)?.body;
  const certificates: Uint8Array[] = [];
  const list = body(CERTIFICATE) ?? new Uint8Array(3);
  for (let at = 3; at < list.length; at += 3 + size(list, at, 3)) {
    certificates.push(list.slice(at + 3, at + 3 + size(list, at, 3)));
  }
  const status = body(CERTIFICATE_STATUS);
  return {
    certificates,
    ...(status && { ocsp: status.slice(4) }),
    extensions: extensionTypes(body(SERVER_HELLO) ?? new Uint8Array(0)),
  };
}

function extensionTypes(hello: Uint8Array): number[] {
  const types: number[] = [];
  const start = 2 + 32 + 1 + (hello[34] ?? 0) + 3 + 2;
  for (let at = start; at < hello.length; at += 4 + size(hello, at + 2, 2)) types.push(size(hello, at, 2));
  return types;
}
