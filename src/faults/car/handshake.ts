/** A car's faults in the handshake, SupportedAppProtocol. */
import { repeated, schemaSet } from "../../exi/schema.ts";
import {
  type AppProtocol,
  AppProtocolType,
  appProtocol,
  type SupportedAppProtocolReq,
  sap as schema,
  supportedAppProtocolRes,
} from "../../iso15118/appProtocol.ts";
import { replaceText } from "../bits.ts";
import type { Fault } from "../fault.ts";
import { frame, group, noService, payload, type Row } from "../make.ts";
import { charges, closes, refuses, says } from "../reaction.ts";

const at = "supportedAppProtocolReq";
const response = "supportedAppProtocolRes";
const NAME_LENGTH = 100;

type List = readonly AppProtocol[];

function offered(exi: Uint8Array): List {
  return (appProtocol.decode(exi).value as SupportedAppProtocolReq).AppProtocol;
}

/** The offer is another one; with `after` "go on" the session is to be as it would have been. */
function offers(name: string, about: string, change: (ours: List) => List, more: Partial<Row> = {}): Row {
  const rewrite = (exi: Uint8Array) => appProtocol.encode(at, { AppProtocol: [...change(offered(exi))] });
  const goesOn = more.expect === undefined;
  return { name, about, at, expect: [charges], how: payload(rewrite, goesOn ? "go on" : "watch"), ...more };
}

/** Protocols that nobody speaks, with ids of their own, and priorities from `first` on. */
function strangers(count: number, first: number): AppProtocol[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ ProtocolNamespace: `urn:nobody:${first + index}`, VersionNumberMajor: 1, VersionNumberMinor: 0 },
    ...{ SchemaID: 100 + first + index, Priority: first + index },
  }));
}

const last = (ours: List) => ours.map((protocol, index) => ({ ...protocol, Priority: 20 - ours.length + 1 + index }));
const version = (change: Partial<AppProtocol>) => (ours: List) => ours.map((protocol) => ({ ...protocol, ...change }));

const none = {
  expect: [says(response, "Failed_NoNegotiation"), closes()],
  danger: "it agrees to what it cannot speak",
};

const PLACEHOLDER = "urn:placeholder";

/** The handshake's schema as it would be with one protocol more. */
const wider = schemaSet("app-protocol with 21", {
  supportedAppProtocolReq: schema.global(at, schema.complexType({ AppProtocol: repeated(AppProtocolType, 1, 21) })),
  supportedAppProtocolRes,
});

function oneTooMany(exi: Uint8Array): Uint8Array {
  return wider.encode(at, { AppProtocol: [...strangers(20, 1), ...last(offered(exi)).slice(0, 1)] });
}

export const sap: readonly Fault[] = group(
  "ev",
  "sap",
  {
    rule: "ISO 15118-2, 8.2",
    danger: "a car that offers more than this one protocol gets no session",
    attacks: ["B05"],
  },
  [
    offers("none", "only a protocol that nobody speaks", () => strangers(1, 1), none),
    offers(
      "major",
      "the right protocol in a major version that does not exist",
      version({ VersionNumberMajor: 99 }),
      none,
    ),
    offers("minor", "the right protocol in another minor version", version({ VersionNumberMinor: 7 }), {
      expect: [says(response, "OK_SuccessfulNegotiationWithMinorDeviation")],
      danger: "a car with a newer minor version gets no session, or is not told of the difference",
    }),
    offers("unknown-first", "a protocol that nobody speaks as the most wanted", (ours) => [
      ...strangers(1, 1),
      ...ours.map((protocol) => ({ ...protocol, Priority: protocol.Priority + 1 })),
    ]),
    offers("twenty", "20 protocols, of which the last is the right one", (ours) => [
      ...strangers(20 - ours.length, 1),
      ...last(ours),
    ]),
    offers("not-in-order", "the most wanted protocol at the end of the list", (ours) => [
      ...strangers(3, ours.length + 1),
      ...ours,
    ]),
    offers("same-priority", "two protocols with the same priority", (ours) => [...ours, ...strangers(1, 1)]),
    offers("same-id", "a protocol that nobody speaks with the SchemaID of the right one", (ours) => [
      ...ours,
      ...strangers(1, 20).map((protocol) => ({ ...protocol, SchemaID: ours[0]?.SchemaID ?? 1 })),
    ]),
    offers("long-name", `a namespace of ${NAME_LENGTH} characters`, (ours) => [
      ...ours,
      ...strangers(1, 20).map((protocol) => ({ ...protocol, ProtocolNamespace: "x".repeat(NAME_LENGTH) })),
    ]),
    {
      ...{ name: "too-long-name", about: `a namespace of ${NAME_LENGTH + 1} characters`, at },
      expect: [...noService(at), says(response, "Failed_NoNegotiation")],
      how: payload((exi) => {
        const [stranger] = strangers(1, 20).map((each) => ({ ...each, ProtocolNamespace: PLACEHOLDER }));
        const list = appProtocol.encode(at, { AppProtocol: stranger ? [...offered(exi), stranger] : [] });
        return replaceText(list, PLACEHOLDER, "x".repeat(NAME_LENGTH + 1));
      }),
      danger: "it reads a longer text than the schema allows, which is how buffers overflow",
      attacks: ["A06"],
    },
    {
      ...{ name: "twenty-one", about: "21 protocols, of which the last is the right one", at },
      expect: [...noService(at), says(response, "Failed_NoNegotiation")],
      how: payload(oneTooMany),
      danger: "it reads a longer list than the schema allows, which is how buffers overflow",
      attacks: ["A06"],
    },
    {
      ...{ name: "twice", about: "the handshake once more after it was answered", at: "SessionSetupReq" },
      expect: [...noService("SessionSetupReq"), refuses(response)],
      how: {
        seam: "order",
        after: "watch",
        turns: (_, { said }) => [[frame(said(at)?.exi ?? new Uint8Array(0))]],
      },
      danger: "it can be made to change the protocol within a session",
      attacks: ["C03"],
    },
  ],
);
