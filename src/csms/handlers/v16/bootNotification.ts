import { acceptBoot } from "../boot.ts";
import type { Handler } from "./context.ts";

/** 4.2. */
export const bootNotification: Handler<"BootNotification"> = (request, context) => {
  const { chargePointModel: model, chargePointVendor: vendor, firmwareVersion: firmware } = request;
  const serial = request.chargePointSerialNumber ?? request.chargeBoxSerialNumber;
  const said = { vendor, model, ...(serial !== undefined && { serial }), ...(firmware !== undefined && { firmware }) };
  return acceptBoot({ model: said, rule: "OCPP 1.6, 4.2" }, context);
};
