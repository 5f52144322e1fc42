/** ISO 15118-2 on the car's side. */
export { iso2Car } from "./machine.ts";
export { type Iso2, type Iso2Session, newSession, type Request } from "./protocol.ts";
export { sessionSetupReq } from "./sessionSetup.ts";
