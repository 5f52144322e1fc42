/** What can be wrong with a frame, whoever sends it. */
import { HEADER_LENGTH } from "../v2gtp/header.ts";
import type { Context, Turn } from "./fault.ts";

export interface BadFrame {
  readonly name: string;
  readonly about: string;
  write(frame: Uint8Array, context: Context): Turn;
}

/** Octets from an offset on are others. */
export function octetsAt(offset: number, ...values: readonly number[]) {
  return (bytes: Uint8Array): Uint8Array => {
    const changed = bytes.slice();
    changed.set(values, offset);
    return changed;
  };
}

const TYPE = 2;
const LENGTH = 4;

export function withLength(value: number): (frame: Uint8Array) => Uint8Array {
  return octetsAt(LENGTH, value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

function bad(name: string, about: string, write: (frame: Uint8Array, context: Context) => Uint8Array): BadFrame {
  return { name, about, write: (frame, context) => [write(frame, context)] };
}

function huge(name: string, about: string, value: number): BadFrame {
  return { name, about, write: (frame) => [withLength(value)(frame), new Uint8Array(64 * 1024).fill(0x80)] };
}

/** Not to be understood as a frame at all. */
export const badFrames: readonly BadFrame[] = [
  bad("version", "protocol version 0x02 with its right inverse", octetsAt(0, 0x02, 0xfd)),
  bad("inverse", "an inverse protocol version that does not fit the version", octetsAt(0, 0x01, 0xff)),
  bad("type-reserved", "a payload type that is reserved (0x0001)", octetsAt(TYPE, 0x00, 0x01)),
  bad("type-iso20", "the payload type of ISO 15118-20's main stream (0x8002)", octetsAt(TYPE, 0x80, 0x02)),
  bad("type-sdp", "the payload type of an SDP request on TCP (0x9000)", octetsAt(TYPE, 0x90, 0x00)),
  bad("type-vendor", "a manufacturer's payload type (0xA000)", octetsAt(TYPE, 0xa0, 0x00)),
  bad("length-long", "an announced length that is one octet too large, and nothing follows", (frame) =>
    withLength(frame.length - HEADER_LENGTH + 1)(frame),
  ),
  huge("length-fffffff8", "an announced length that overflows 32 bits when 8 are added, and 64 KiB", 0xfffffff8),
  huge("length-fffffffe", "an announced length of 0xfffffffe, and 64 KiB", 0xfffffffe),
  huge("length-ffffffff", "the largest length that can be announced, and 64 KiB", 0xffffffff),
  bad("half-header", "four octets of a header, and nothing more", (frame) => frame.subarray(0, 4)),
  bad("garbage", "4096 random octets instead of a frame", (_, { random }) => random.bytes(4096)),
];

/** A frame in order with something in it that is no message. */
export const badPayloads: readonly BadFrame[] = [
  bad("length-zero", "an announced length of 0 before a whole message", withLength(0)),
  bad("length-short", "an announced length that is one octet too small", (frame) =>
    withLength(frame.length - HEADER_LENGTH - 1)(frame),
  ),
  bad("empty-message", "a header without any payload", (frame) => withLength(0)(frame.subarray(0, HEADER_LENGTH))),
];
