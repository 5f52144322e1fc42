import type { ChargePoint } from "../../chargePoint/v16/chargePoint.ts";
import type { Service as ServiceOf } from "../ocppCommon/service.ts";

/** A service of OCPP 1.6. */
export type Service = ServiceOf<ChargePoint>;
