/** Between the states' requests and responses, and the octets of messages. */
import type { Incoming } from "../../fsm/machine.ts";
import { bodyOf, iso2, type MessageHeader, messageOf } from "../../iso15118/iso2/index.ts";
import { signFragments } from "../../iso15118/signature.ts";
import { PeerError } from "../../util/errors.ts";
import type { Outcome } from "../outcome.ts";
import type { Iso2, Iso2Session, Request } from "./protocol.ts";

/** The request as EXI; an outcome when it does not fit its schema, for example by a certificate that is too large. */
export function encodeRequest(request: Request, session: Iso2Session): Uint8Array | Outcome {
  try {
    return iso2.encode("V2G_Message", messageOf(headerOf(request, session), request));
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    return { ended: "car fault", reason: `${request.name} cannot be written: ${error.message}` };
  }
}

function headerOf({ name, message, signed }: Request, { SessionID, car: { contract } }: Iso2Session): MessageHeader {
  const id = "@Id" in message ? message["@Id"] : undefined;
  if (!signed || !contract || id === undefined) return { SessionID };
  const elements = [{ set: iso2, name, id, value: message }];
  return { SessionID, Signature: signFragments({ elements, key: contract.key }) };
}

/** The response; an outcome when it is none. @param awaited the name of the response that should come. */
export function decodeResponse(exi: Uint8Array, awaited: string): Incoming<Iso2> | Outcome {
  try {
    const { root, value } = iso2.decode(exi);
    const found = root === "V2G_Message" ? bodyOf(value) : undefined;
    if (root !== "V2G_Message" || !found?.name.endsWith("Res")) return broken(awaited, `${found?.name ?? root} came`);
    // A response has a handler's name, and its type goes with the name.
    return { name: found.name, message: { header: value.Header, body: found.message } } as Incoming<Iso2>;
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    return broken(awaited, error.message);
  }
}

function broken(awaited: string, what: string): Outcome {
  return { ended: "protocol error", reason: `instead of ${awaited}: ${what}` };
}
