/** DIN SPEC 70121 over a connection: requests as octets, octets as responses, and how long to wait. */
import { din, dinTimeout, messageOf } from "../../iso15118/din70121/index.ts";
import type { Car } from "../car.ts";
import type { Dialect } from "../conversation.ts";
import { LENIENT_LOOP_MS } from "../dc/charging.ts";
import { dinCar } from "./machine.ts";
import { type Din, newSession } from "./protocol.ts";
import { sessionSetupReq } from "./services.ts";

export function dinDialect(car: Car): Dialect<Din> {
  return {
    ports: {},
    machine: dinCar,
    session: newSession(car),
    first: sessionSetupReq,
    encode: (request, { SessionID }) => din.encode("V2G_Message", messageOf({ SessionID }, request)),
    decode: (exi) => din.decodeStrictly(exi),
    timeout: ({ name }) => (name === "CurrentDemandReq" && car.dc?.lenient ? LENIENT_LOOP_MS : dinTimeout(name)),
  };
}
