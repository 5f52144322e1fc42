/** What was said on one connection, as far as faults need to know. */
import type { AnySet } from "../exi/schema.ts";
import { appProtocol, type SupportedAppProtocolReq, type SupportedAppProtocolRes } from "../iso15118/appProtocol.ts";
import { DIN_NAMESPACE, din } from "../iso15118/din70121/index.ts";
import { ISO2_NAMESPACE, iso2 } from "../iso15118/iso2/index.ts";
import { PeerError } from "../util/errors.ts";
import type { Document, Said } from "./fault.ts";

/** By the namespace that is agreed on. */
const sets: Readonly<Record<string, AnySet>> = { [ISO2_NAMESPACE]: iso2, [DIN_NAMESPACE]: din };

const NO_ID = new Uint8Array(0);

export class Dialogue {
  /** What both sides have agreed on; the handshake's before. */
  set: AnySet = appProtocol;
  SessionID: Uint8Array = NO_ID;
  #offered: SupportedAppProtocolReq["AppProtocol"] = [];
  readonly #said = new Map<string, Said>();

  /** The last message of this name. */
  said(name: string): Said | undefined {
    return this.#said.get(name);
  }

  /** Takes note of a message, whoever sent it. Never throws for what it is. */
  hear(exi: Uint8Array): Said {
    const said = read(this.set, exi);
    this.#said.set(said.name, said);
    this.#follow(said);
    return said;
  }

  #follow({ name, document }: Said): void {
    if (!document) return;
    if (name === "supportedAppProtocolReq") {
      this.#offered = (document.value as SupportedAppProtocolReq).AppProtocol;
    } else if (name === "supportedAppProtocolRes") {
      const { SchemaID } = document.value as SupportedAppProtocolRes;
      const agreed = this.#offered.find((protocol) => protocol.SchemaID === SchemaID);
      this.set = sets[agreed?.ProtocolNamespace ?? ""] ?? this.set;
    } else if (name === "SessionSetupRes") {
      this.SessionID = headerOf(document).SessionID;
    }
  }
}

/** Reads a message by the set that is agreed on. */
export function read(set: AnySet, exi: Uint8Array): Said {
  try {
    const document = set.decode(exi);
    const [name, body] = messageIn(document);
    const ResponseCode = (body as { readonly ResponseCode?: string }).ResponseCode;
    return { name, exi, document, body, ...(ResponseCode !== undefined && { ResponseCode }) };
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    return { name: "unreadable", exi, document: undefined };
  }
}

/** Both DIN and ISO have a message with header and body; the handshake has none. */
function messageIn({ root, value }: Document): readonly [string, object] {
  if (root !== "V2G_Message") return [root, value as object];
  const [entry] = Object.entries((value as { readonly Body: object }).Body);
  return entry ? [entry[0], entry[1] as object] : ["an empty body", {}];
}

interface Header {
  readonly SessionID: Uint8Array;
}

export function headerOf(document: Document | undefined): Header {
  return (document?.value as { readonly Header?: Header } | undefined)?.Header ?? { SessionID: NO_ID };
}
