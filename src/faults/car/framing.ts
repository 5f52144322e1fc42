/** A car's faults in frames: V2GTP. */
import { concatBytes } from "../../util/bytes.ts";
import { HEADER_LENGTH } from "../../v2gtp/header.ts";
import type { Fault } from "../fault.ts";
import { type BadFrame, badFrames, badPayloads } from "../frames.ts";
import { group, noService, octets, type Row, slowly } from "../make.ts";
import { charges, closes, type Expectation, ignores, says } from "../reaction.ts";

const at = "SessionSetupReq";

const row =
  (expect: readonly Expectation[]) =>
  ({ name, about, write }: BadFrame): Row => {
    return { name, about, at, expect, how: octets(write) };
  };

const split = "it takes one read for one message: it fails on any link that splits segments";

export const v2gtp: readonly Fault[] = group(
  "ev",
  "v2gtp",
  {
    rule: "ISO 15118-2, 7.8.3",
    danger: "it reads a header that is none; every length and type in it is the attacker's",
    attacks: ["A01", "A05"],
  },
  [
    ...badFrames.map(row([closes(), ignores])),
    ...badPayloads.map(row(noService(at))),
    {
      ...{ name: "split", about: "every octet of the message in a write of its own", at, expect: [charges] },
      ...{ how: octets((frame) => slowly(frame, 1), "go on"), danger: split },
    },
    {
      ...{ name: "split-header", about: "every message in two writes, header and payload", at: "every message" },
      ...{ expect: [charges], danger: split },
      how: octets((frame) => [frame.subarray(0, HEADER_LENGTH), 1, frame.subarray(HEADER_LENGTH)], "go on"),
    },
    {
      ...{ name: "joined", about: "the message twice in one write", at: "ServiceDiscoveryReq" },
      expect: [says("ServiceDiscoveryRes", "FAILED_SequenceError"), closes()],
      how: { ...octets((frame) => [concatBytes(frame, frame)]), skip: 1 },
      danger: "it loses what comes behind a message, or takes one message for the answer to another",
    },
  ],
);
