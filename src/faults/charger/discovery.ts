/** A charger's faults in SECC discovery. */
import { HEADER_LENGTH } from "../../v2gtp/header.ts";
import type { After, Fault } from "../fault.ts";
import { octetsAt, withLength } from "../frames.ts";
import { group, type Row } from "../make.ts";
import { asksAgain, charges, ignores } from "../reaction.ts";

const at = "SDP";
const ADDRESS_LENGTH = 16;
const PORT = HEADER_LENGTH + ADDRESS_LENGTH;
const SECURITY = PORT + 2;
const WITHOUT_TLS = 0x10;
/** Where nothing listens. */
const DISCARD = 9;

function answers(after: After, change: (honest: Uint8Array) => readonly Uint8Array[]): Row["how"] {
  return { seam: "datagrams", after, send: change };
}

/** The first answer is no answer; the right one comes when the car asks again. */
function bad(name: string, about: string, change: (honest: Uint8Array) => Uint8Array): Row {
  return { name, about, at, expect: [charges], how: answers("go on", (honest) => [change(honest)]) };
}

export const sdp: readonly Fault[] = group(
  "secc",
  "sdp",
  {
    rule: "ISO 15118-2, 7.10.1",
    danger: "one wrong datagram, from whomever on the link, is enough to keep the car from charging",
    attacks: ["A02"],
  },
  [
    bad("security-octet", "first an answer with a security octet that means nothing (0x01)", octetsAt(SECURITY, 0x01)),
    bad("transport-octet", "first an answer with UDP as the transport", octetsAt(SECURITY + 1, 0x10)),
    bad("version", "first an answer with protocol version 0x02", octetsAt(0, 0x02, 0xfd)),
    bad("type", "first a request instead of an answer", octetsAt(2, 0x90, 0x00)),
    bad("length-wrap", "first an answer with an announced length of 0xfffffff8", withLength(0xfffffff8)),
    bad("short", "first an answer without its last octet", (honest) => honest.subarray(0, -1)),
    bad("trailing", "first an answer with an octet more than announced", (honest) => Uint8Array.of(...honest, 0)),
    bad("empty", "first a datagram without content", () => new Uint8Array(0)),
    {
      ...{ name: "twice", about: "every answer three times", at, expect: [charges] },
      how: answers("go on", (honest) => [honest, honest, honest]),
    },
    {
      ...{ name: "silence", about: "no answer at all", at, expect: [asksAgain], how: answers("insist", () => []) },
      danger: "one lost datagram is enough to keep the car from charging",
      attacks: [],
    },
    {
      ...{ name: "no-tls", about: "an answer without TLS to a car that asks for TLS", at, needs: { tls: true } },
      ...{ expect: [ignores, asksAgain], attacks: ["C03"] },
      how: answers("insist", (honest) => [octetsAt(SECURITY, WITHOUT_TLS)(honest)]),
      danger: "whoever answers first can talk the car out of TLS, and read and change everything",
    },
    {
      ...{ name: "wrong-port", about: "a port on which nobody listens", at, expect: [ignores, asksAgain], attacks: [] },
      how: answers("insist", (honest) => [octetsAt(PORT, 0, DISCARD)(honest)]),
    },
  ],
);
