/** ISO 15118-2 over a connection: requests as octets, octets as responses, and how long to wait. */
import type { KeyObject } from "node:crypto";
import { iso2, type MessageHeader, messageOf } from "../../iso15118/iso2/index.ts";
import { signFragments } from "../../iso15118/signature.ts";
import { messageTimes } from "../../iso15118/timers.ts";
import type { Car } from "../car.ts";
import type { Dialect } from "../conversation.ts";
import { LENIENT_LOOP_MS } from "../dc/charging.ts";
import { iso2Car } from "./machine.ts";
import { type Iso2, type Iso2Ports, type Iso2Session, newSession, type Request } from "./protocol.ts";
import { sessionSetupReq } from "./sessionSetup.ts";

export function iso2Dialect(given: Parameters<typeof newSession>[0], ports: Iso2Ports): Dialect<Iso2> {
  return {
    ports,
    machine: iso2Car,
    session: newSession(given),
    first: sessionSetupReq,
    encode: (request, session) => iso2.encode("V2G_Message", messageOf(headerOf(request, session), request)),
    decode: (exi) => iso2.decodeStrictly(exi),
    timeout: ({ name }) =>
      name === "CurrentDemandReq" && given.car.dc?.lenient ? LENIENT_LOOP_MS : messageTimes[name].timeout,
    renegotiation: ({ car }, needs) => ({ renegotiating: true, car: { ...car, ...needs } }),
  };
}

function headerOf({ name, message, signed }: Request, { SessionID, car }: Iso2Session): MessageHeader {
  const id = "@Id" in message ? message["@Id"] : undefined;
  const key = signed && signingKey(name, car);
  if (!key || id === undefined) return { SessionID };
  const elements = [{ set: iso2, name, id, value: message }];
  return { SessionID, Signature: signFragments({ elements, key }) };
}

/** Who has no contract yet signs with what he was born with. */
function signingKey(name: Request["name"], { contract, contractWish }: Car): KeyObject | undefined {
  if (name !== "CertificateInstallationReq") return contract?.key;
  return contractWish?.action === "install" ? contractWish.provisioning.key : undefined;
}
