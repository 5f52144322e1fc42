/**
 * The V2G transfer protocol header, ISO 15118-2 clause 7.8.3 and ISO 15118-20 clause 7.8.3:
 *
 * ```
 * | 0x01 version | 0xFE its inverse | payload type, 16 bits | payload length, 32 bits | payload …
 * ```
 */
import { PeerError } from "../util/errors.ts";

export const HEADER_LENGTH = 8;

const VERSION = 0x01;

/** Payload types in use; all others are reserved or a vendor's. */
export const payloadType = {
  /** SupportedAppProtocol, DIN 70121 and ISO 15118-2. */
  exi: 0x8001,
  iso20Common: 0x8002,
  iso20Ac: 0x8003,
  iso20Dc: 0x8004,
  iso20Acdp: 0x8005,
  iso20Wpt: 0x8006,
  sdpRequest: 0x9000,
  sdpResponse: 0x9001,
} as const;

/** The largest payload taken from a DIN 70121 or ISO 15118-2 peer, in octets; its longest honest message has about 9,000. */
export const MAX_PAYLOAD_ISO2 = 64 * 1024;

export type V2gtpFault = "version" | "length" | "payload type" | "content";

/** What a peer sent is no V2GTP frame, or a longer one than we take. The stream cannot be read on. */
export class V2gtpError extends PeerError {
  readonly reason: V2gtpFault;
  constructor(reason: V2gtpFault, message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface Header {
  readonly payloadType: number;
  /** Octets that follow the header. */
  readonly length: number;
}

/** @throws V2gtpError unless `bytes` begins with a header whose length is at most `maxPayload`. */
export function decodeHeader(bytes: Uint8Array, maxPayload: number): Header {
  if (bytes.length < HEADER_LENGTH) throw new V2gtpError("length", `header of ${bytes.length} instead of 8 octets`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_LENGTH);
  const version = view.getUint16(0);
  if (version !== ((VERSION << 8) | (0xff ^ VERSION))) {
    throw new V2gtpError("version", `version octets ${version.toString(16).padStart(4, "0")} instead of 01fe`);
  }
  const length = view.getUint32(4);
  if (length > maxPayload)
    throw new V2gtpError("length", `payload of ${length} octets; at most ${maxPayload} are taken`);
  return { payloadType: view.getUint16(2), length };
}

/** Header and payload in one piece, so that one write sends the whole message. */
export function encodeFrame(type: number, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_LENGTH + payload.length);
  const view = new DataView(frame.buffer);
  view.setUint8(0, VERSION);
  view.setUint8(1, 0xff ^ VERSION);
  view.setUint16(2, type);
  view.setUint32(4, payload.length);
  frame.set(payload, HEADER_LENGTH);
  return frame;
}
