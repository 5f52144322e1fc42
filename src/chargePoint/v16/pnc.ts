/** The CSMS by messages of the Plug & Charge extension: OCPP 2.0.1 inside of DataTransfer. */
import { type PncAction, type PncCalls, pncRequest, readPnc, writePnc } from "../../ocpp/pnc16.ts";
import type { Outcome } from "../csms.ts";
import type { Csms } from "./csms.ts";

/**
 * Asks the CSMS. The outer status does not matter when there is an answer inside, as in EVerest; one without is `failed`.
 */
export async function callPnc<A extends PncAction>(
  csms: Csms,
  action: A,
  request: PncCalls[A]["request"],
): Promise<Outcome<PncCalls[A]["response"]>> {
  const written = writePnc(action, "request", request);
  if (!written.ok) return { kind: "failed", reason: `${action} cannot be said: ${written.description}` };
  const outcome = await csms.call("DataTransfer", pncRequest(action, written.data));
  if (outcome.kind !== "answered") return outcome;
  const { status, data } = outcome.response;
  const inner = readPnc(action, "response", data);
  if (inner.ok) return { kind: "answered", response: inner.payload };
  const reason = status === "Accepted" ? inner.description : `the CSMS answered ${status}`;
  return status === "Accepted"
    ? { kind: "invalid", reason: `the answer to ${action} is wrong: ${reason}` }
    : { kind: "failed", reason };
}
