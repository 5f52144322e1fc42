/** A charger's faults in the handshake and in session ids. */
import { appProtocol, type SupportedAppProtocolRes } from "../../iso15118/appProtocol.ts";
import { replaceOctets } from "../bits.ts";
import type { Fault } from "../fault.ts";
import { group, header, payload, type Row } from "../make.ts";
import { closes } from "../reaction.ts";
import { request } from "../requests.ts";

const handshake = "supportedAppProtocolRes";
const expect = [closes()];

function agrees(name: string, about: string, response: SupportedAppProtocolRes): Row {
  const how = payload(() => appProtocol.encode(handshake, response));
  return { name, about, at: handshake, expect, how };
}

export const sap: readonly Fault[] = group(
  "secc",
  "sap",
  {
    rule: "ISO 15118-2, 8.2",
    danger: "it speaks a protocol on which nobody has agreed",
    attacks: ["C03"],
  },
  [
    agrees("none", "no protocol in common", { ResponseCode: "Failed_NoNegotiation" }),
    agrees("unknown-id", "a SchemaID that the car has not offered", {
      ...{ ResponseCode: "OK_SuccessfulNegotiation", SchemaID: 200 },
    }),
    agrees("no-id", "an agreement that does not say on which protocol", { ResponseCode: "OK_SuccessfulNegotiation" }),
    {
      ...{ name: "message", about: "a message of the session instead of the handshake", at: handshake, expect },
      how: payload((_, context) => request("SessionSetupReq")(context)),
    },
  ],
);

const LENGTH = 8;

function other(name: string, about: string, at: string, SessionID: (own: Uint8Array) => Uint8Array): Row {
  const how = header((honest) => ({ ...honest, SessionID: SessionID(honest.SessionID) }));
  return { name, about, at, expect, how };
}

const later = "ServiceDiscoveryRes";

export const session: readonly Fault[] = group(
  "secc",
  "session",
  {
    rule: "ISO 15118-2, 8.4.2 and 8.4.3.2",
    danger: "the car goes on with whoever answers: another charger's session counts as its own",
    attacks: ["C02"],
  },
  [
    other("zero", "a new session whose id is 8 zero octets", "SessionSetupRes", () => new Uint8Array(LENGTH)),
    other("empty", "a new session whose id has no octet", "SessionSetupRes", () => new Uint8Array(0)),
    other("zero-later", "zeros in place of the session's id", later, () => new Uint8Array(LENGTH)),
    other("empty-later", "no octet in place of the session's id", later, () => new Uint8Array(0)),
    other("foreign", "another session's id", later, (own) => own.map((octet) => octet ^ 0xff)),
    other("cut", "the session's id without its last octet", later, (own) => own.subarray(0, -1)),
    {
      ...{ name: "too-long", about: "the session's id and one octet more", at: later, expect },
      how: payload((exi, { SessionID }) => replaceOctets(exi, SessionID, Uint8Array.of(...SessionID, 0))),
    },
  ],
);
