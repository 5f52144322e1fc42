/** The CSMS in the words of OCPP 2.0.1. */
import type { Calls } from "../../ocpp/v201/messages.generated.ts";
import { validator } from "../../ocpp/v201/validator.ts";
import type { Tracer } from "../../util/trace.ts";
import { Csms as CsmsOf, type HandlerTable } from "../csms.ts";
import type { DeviceModel } from "../deviceModel/deviceModel.ts";
import type { CsmsLink } from "../ports.ts";

export type Action = keyof Calls & string;
export type Csms = CsmsOf<Calls>;
export type Handlers = HandlerTable<Calls>;

export function createCsms(link: CsmsLink, model: DeviceModel, trace: Tracer): Csms {
  return new CsmsOf<Calls>({
    link,
    trace,
    validator,
    timeoutSeconds: () => model.value("OCPPCommCtrlr.MessageTimeout[Default]") ?? 60,
    // B02.FR.02, F06
    whilePending: ["NotifyReport", "Heartbeat", "SignCertificate"],
  });
}
