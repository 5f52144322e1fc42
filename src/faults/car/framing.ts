/** A car's faults in frames: V2GTP. */
import { concatBytes } from "../../util/bytes.ts";
import { HEADER_LENGTH } from "../../v2gtp/header.ts";
import type { Context, Fault, Turn } from "../fault.ts";
import { group, noService, octets, type Row, slowly } from "../make.ts";
import { charges, closes, ignores, says } from "../reaction.ts";

const at = "SessionSetupReq";

function bad(
  name: string,
  about: string,
  change: (frame: Uint8Array, context: Context) => Turn,
  more: Partial<Row> = {},
): Row {
  return { name, about, at, expect: [closes(), ignores], how: octets(change), ...more };
}

/** Octets of the header from `at` on are others. */
const header =
  (from: number, ...values: readonly number[]) =>
  (frame: Uint8Array) => {
    const changed = frame.slice();
    changed.set(values, from);
    return [changed];
  };
const TYPE = 2;
const LENGTH = 4;
const length = (value: number) =>
  header(LENGTH, value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
/** The announced length is off by so many octets. */
const lengthOff = (by: number) => (frame: Uint8Array) => length(frame.length - HEADER_LENGTH + by)(frame);
const hugeLength = (value: number) => (frame: Uint8Array) => [
  ...length(value)(frame),
  new Uint8Array(64 * 1024).fill(0x80),
];

export const v2gtp: readonly Fault[] = group(
  "ev",
  "v2gtp",
  {
    rule: "ISO 15118-2, 7.8.3",
    danger: "it reads a header that is none; every length and type in it is the attacker's",
    attacks: ["A01", "A05"],
  },
  [
    bad("version", "protocol version 0x02 with its right inverse", header(0, 0x02, 0xfd)),
    bad("inverse", "the inverse protocol version does not fit the version", header(0, 0x01, 0xff)),
    bad("type-reserved", "a payload type that is reserved (0x0001)", header(TYPE, 0x00, 0x01)),
    bad("type-iso20", "the payload type of ISO 15118-20's main stream (0x8002)", header(TYPE, 0x80, 0x02)),
    bad("type-sdp", "the payload type of an SDP request on TCP (0x9000)", header(TYPE, 0x90, 0x00)),
    bad("type-vendor", "a manufacturer's payload type (0xA000)", header(TYPE, 0xa0, 0x00)),
    bad("length-zero", "an announced length of 0 before a whole message", length(0), { expect: noService(at) }),
    bad("length-short", "the announced length is one octet too small", lengthOff(-1), { expect: noService(at) }),
    bad("length-long", "the announced length is one octet too large, and nothing follows", lengthOff(1)),
    bad(
      "length-fffffff8",
      "an announced length that overflows 32 bits when 8 are added, and 64 KiB",
      hugeLength(0xfffffff8),
    ),
    bad("length-fffffffe", "an announced length of 0xfffffffe, and 64 KiB", hugeLength(0xfffffffe)),
    bad("length-ffffffff", "the largest length that can be announced, and 64 KiB", hugeLength(0xffffffff)),
    bad("half-header", "four octets of a header, and nothing more", (frame) => [frame.subarray(0, 4)]),
    bad("empty-message", "a header without any payload", (frame) => length(0)(frame.subarray(0, HEADER_LENGTH)), {
      expect: noService(at),
    }),
    bad("garbage", "4096 random octets instead of a frame", (_, { random }) => [random.bytes(4096)]),
    {
      ...{ name: "split", about: "every octet of the message in a write of its own", at, expect: [charges] },
      how: octets((frame) => slowly(frame, 1), "go on"),
      danger: "it takes one read for one message: it fails on any link that splits segments",
    },
    {
      ...{ name: "split-header", about: "every message in two writes, header and payload", at: "every message" },
      expect: [charges],
      how: octets((frame) => [frame.subarray(0, HEADER_LENGTH), 1, frame.subarray(HEADER_LENGTH)], "go on"),
      danger: "it takes one read for one message: it fails on any link that splits segments",
    },
    {
      ...{ name: "joined", about: "the message twice in one write", at: "ServiceDiscoveryReq" },
      expect: [says("ServiceDiscoveryRes", "FAILED_SequenceError"), closes()],
      how: { ...octets((frame) => [concatBytes(frame, frame)]), skip: 1 },
      danger: "it loses what comes behind a message, or takes one message for the answer to another",
    },
  ],
);
