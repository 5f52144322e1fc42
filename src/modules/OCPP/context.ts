import type { ChargePoint } from "../../chargePoint/v16/chargePoint.ts";
import type { ModuleContext } from "../../framework/module.ts";
import type { Service as ServiceOf } from "../ocppCommon/service.ts";
import type { manifest } from "./manifest.ts";

/** What the module has around it. */
export type Context = ModuleContext<typeof manifest>;
export type Service = ServiceOf<ChargePoint>;
