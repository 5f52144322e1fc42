/** A car's faults in session ids. */
import { replaceOctets } from "../bits.ts";
import type { Fault } from "../fault.ts";
import { group, header, noService, payload, type Row, responseTo } from "../make.ts";
import { says } from "../reaction.ts";

const LENGTH = 8;

function other(name: string, about: string, at: string, SessionID: (own: Uint8Array) => Uint8Array): Row {
  return {
    ...{ name, about, at, expect: [says(responseTo(at), "FAILED_UnknownSession")] },
    how: header((honest) => ({ ...honest, SessionID: SessionID(honest.SessionID) })),
  };
}

const early = "ServiceDiscoveryReq";

export const session: readonly Fault[] = group(
  "ev",
  "session",
  {
    rule: "[V2G2-460], ISO 15118-2, 8.4.2",
    danger: "another car's messages count as those of the car that is charging",
    attacks: ["A08"],
  },
  [
    other("zero", "a session id of 8 zero octets", early, () => new Uint8Array(LENGTH)),
    other(
      "zero-at-power",
      "a session id of zeros when power is asked for",
      "PowerDeliveryReq",
      () => new Uint8Array(LENGTH),
    ),
    other("empty", "a session id without an octet", early, () => new Uint8Array(0)),
    other("foreign", "the id of a session that does not exist", early, (own) => own.map((octet) => octet ^ 0xff)),
    other("cut", "the right session id without its last octet", early, (own) => own.subarray(0, -1)),
    {
      ...{ name: "too-long", about: "the right session id and one octet more", at: early },
      expect: [...noService(early), says(responseTo(early), "FAILED_UnknownSession")],
      how: payload((exi, { SessionID }) => replaceOctets(exi, SessionID, Uint8Array.of(...SessionID, 0))),
    },
    {
      ...{ name: "not-paused", about: "a session to be joined that was never paused", at: "SessionSetupReq" },
      expect: [says("SessionSetupRes", "OK_NewSessionEstablished")],
      how: header((honest, { random }) => ({ ...honest, SessionID: random.bytes(LENGTH) })),
      danger: "whoever names an id takes over another car's session",
      attacks: ["B12", "C02"],
    },
  ],
);
