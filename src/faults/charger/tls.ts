/** A charger's faults in TLS: certificates of the test PKI that are wrong, and a port that speaks no TLS. */
import { sessionTimes } from "../../iso15118/timers.ts";
import { type Fault as PkiFault, faults as pkiFaults } from "../../pki/index.ts";
import type { Fault, Turn } from "../fault.ts";
import { group, type Row } from "../make.ts";
import { closes, refusesTls } from "../reaction.ts";

const at = "TLS";
const needs = { tls: true } as const;

/** With these no server can be opened. */
const notHere: readonly string[] = ["secc:wrong-key", "secc:wrong-curve"];

function fromPki({ name, about }: PkiFault): Row {
  const short = name.slice(name.indexOf(":") + 1);
  return {
    name: short,
    about,
    at,
    expect: [refusesTls, closes()],
    how: { seam: "certificates", fault: name, leaf: "secc" },
  };
}

function inPki(prefix: string): Fault[] {
  const rows = pkiFaults.filter(({ name }) => name.startsWith(`${prefix}:`) && !notHere.includes(name));
  const common = {
    rule: "ISO 15118-2, 7.7.3 and annex F",
    danger: "whoever has any certificate, or none, can stand between the car and its charger",
    needs,
    attacks: ["C01"],
  } as const;
  return group("secc", prefix, common, rows.map(fromPki));
}

export const certificates: readonly Fault[] = [...inPki("secc"), ...inPki("cpo")];

const SETUP_MS = sessionTimes.communicationSetup.timeout;

function instead(name: string, about: string, turn: Turn, more: Partial<Row> = {}): Row {
  return {
    name,
    about,
    at,
    expect: [closes()],
    how: { seam: "TLS port", after: "watch", connections: 1, turn },
    ...more,
  };
}

/** Fatal, handshake_failure. */
const alert = Uint8Array.of(0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28);

export const tls: readonly Fault[] = group(
  "secc",
  "tls",
  {
    rule: "ISO 15118-2, 7.7.3",
    danger: "a charger that is no charger keeps the car waiting for ever",
    needs,
    attacks: ["A05"],
  },
  [
    instead("silence", "no answer to the car's ClientHello", [], {
      ...{ expect: [closes(SETUP_MS + 2_000)], watchMs: SETUP_MS + 4_000 },
    }),
    instead("garbage", "octets that are no TLS record in answer to the ClientHello", [new Uint8Array(512).fill(0x5a)]),
    instead("alert", "the alert handshake_failure in answer to the ClientHello", [alert]),
  ],
);
