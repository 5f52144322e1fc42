/** A car's faults in SECC discovery. */
import { HEADER_LENGTH } from "../../v2gtp/header.ts";
import type { Fault } from "../fault.ts";
import { octetsAt, withLength } from "../frames.ts";
import { group, type Row } from "../make.ts";
import { charges, ignores } from "../reaction.ts";

const at = "SDP";

function bad(name: string, about: string, change: (honest: Uint8Array) => Uint8Array): Row {
  const how = { seam: "datagrams", after: "watch", send: (honest: Uint8Array) => [change(honest)] } as const;
  return { name, about, at, expect: [ignores], how };
}

const TYPE = 2;

/** As many as a hostile car sends in the time of one answer. */
const FLOOD = 2_000;

export const sdp: readonly Fault[] = group(
  "ev",
  "sdp",
  {
    rule: "ISO 15118-2, 7.10.1",
    danger: "it answers what is no request: whoever is on the link can keep it busy or make it answer others",
    attacks: ["A02"],
  },
  [
    bad("security-octet", "a security octet that means nothing (0x01)", octetsAt(HEADER_LENGTH, 0x01)),
    bad("transport-octet", "UDP instead of TCP as the transport (0x10)", octetsAt(HEADER_LENGTH + 1, 0x10)),
    bad("version", "protocol version 0x02", octetsAt(0, 0x02, 0xfd)),
    bad("type", "the payload type of EXI messages", octetsAt(TYPE, 0x80, 0x01)),
    bad("type-response", "a response instead of a request", octetsAt(TYPE, 0x90, 0x01)),
    bad("length-wrap", "an announced length of 0xfffffff8", withLength(0xfffffff8)),
    bad("length-three", "an announced length of 3 with two octets", withLength(3)),
    bad("trailing", "a request with one octet more than announced", (honest) => Uint8Array.of(...honest, 0)),
    bad("short", "a request that is cut within its header", (honest) => honest.subarray(0, 6)),
    bad("empty", "a datagram without content", () => new Uint8Array(0)),
    {
      ...{ name: "flood", about: `${FLOOD} requests at once, and then an honest session`, at, expect: [charges] },
      how: { seam: "datagrams", after: "go on", send: (honest) => Array.from({ length: FLOOD }, () => honest) },
      danger: "a car that asks often keeps it from serving: every request leaves something open",
      attacks: ["A03"],
    },
  ],
);
