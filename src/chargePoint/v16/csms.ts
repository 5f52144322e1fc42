/** The CSMS in the words of OCPP 1.6. */
import type { Calls } from "../../ocpp/v16/messages.generated.ts";
import { validator } from "../../ocpp/v16/validator.ts";
import type { Tracer } from "../../util/trace.ts";
import { Csms as CsmsOf, type HandlerTable } from "../csms.ts";
import type { CsmsLink } from "../ports.ts";

export type Action = keyof Calls & string;
export type Csms = CsmsOf<Calls>;
export type Handlers = HandlerTable<Calls>;

/** How long an answer may take, in seconds, as in EVerest. */
const TIMEOUT = 60;

export function createCsms(link: CsmsLink, trace: Tracer): Csms {
  return new CsmsOf<Calls>({
    link,
    trace,
    validator,
    timeoutSeconds: () => TIMEOUT,
    whilePending: ["Heartbeat", "SignCertificate"],
  });
}
