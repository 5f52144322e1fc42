/** Errors that someone outside asks the board to raise: `{"error_type": "MREC6UnderVoltage", "raise": "true"}`. */
import { z } from "zod";
import { ac_rcd_errors } from "../../interfaces/errors/ac_rcd.ts";
import { connector_lock_errors } from "../../interfaces/errors/connector_lock.ts";
import { evse_board_support_errors } from "../../interfaces/errors/evse_board_support.ts";

type Injected =
  | { readonly on: "board_support"; readonly type: (typeof evse_board_support_errors)[number] }
  | { readonly on: "rcd"; readonly type: (typeof ac_rcd_errors)[number] }
  | { readonly on: "connector_lock"; readonly type: (typeof connector_lock_errors)[number] }
  | { readonly on: "powermeter"; readonly type: "powermeter/CommunicationFault" };

/** The name in a payload: that of a board's error as it is, those of others with a prefix. */
const known = new Map<string, Injected>([
  ...evse_board_support_errors.map((type) => [nameOf(type, ""), { on: "board_support", type }] as const),
  ...ac_rcd_errors.map((type) => [nameOf(type, "ac_rcd_"), { on: "rcd", type }] as const),
  ...connector_lock_errors.map((type) => [nameOf(type, "lock_"), { on: "connector_lock", type }] as const),
  ["powermeter/CommunicationFault", { on: "powermeter", type: "powermeter/CommunicationFault" }],
]);

function nameOf(type: string, prefix: string): string {
  return prefix + type.slice(type.indexOf("/") + 1);
}

const Payload = z.object({ error_type: z.string(), raise: z.union([z.string(), z.boolean()]).optional() });

/** @returns undefined for what is no such payload or names no known error. */
export function parseInjectedError(payload: string): (Injected & { readonly raise: boolean }) | undefined {
  try {
    const { error_type, raise } = Payload.parse(JSON.parse(payload));
    const injected = known.get(error_type);
    return injected && { ...injected, raise: String(raise) === "true" };
  } catch {
    return undefined;
  }
}
