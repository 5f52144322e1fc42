import type { StationContext } from "../../context.ts";
import { acceptBoot } from "../boot.ts";

interface Request {
  readonly reason: string;
  readonly chargingStation: {
    readonly model: string;
    readonly vendorName: string;
    readonly serialNumber?: string;
    readonly firmwareVersion?: string;
  };
}

/** B01. */
export function bootNotification({ chargingStation, reason }: Request, context: StationContext) {
  const { firmwareVersion: firmware, model, serialNumber: serial, vendorName: vendor } = chargingStation;
  const said = { vendor, model, ...(serial !== undefined && { serial }), ...(firmware !== undefined && { firmware }) };
  return acceptBoot({ model: said, reason, rule: "B01.FR.01" }, context);
}
