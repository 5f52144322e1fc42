/** A queued message goes to the CSMS. */
import type { CallTable } from "../ocpp/endpoint.ts";
import type { Validator } from "../ocpp/validator.ts";
import type { Csms } from "./csms.ts";
import type { Delivery } from "./queue.ts";

/** @param action of `C`; what was queued by another version of this software may be none, or have another payload. */
export async function deliver<C extends CallTable<C>>(
  csms: Csms<C>,
  validator: Validator,
  action: string,
  payload: object,
): Promise<Delivery> {
  const verdict = validator.validate(action, "request", payload);
  if (!verdict.ok) return { kind: "unsendable", reason: verdict.description };
  const outcome = await csms.call(action as keyof C & string, payload as C[keyof C & string]["request"]);
  switch (outcome.kind) {
    case "answered":
      return { kind: "answered", response: outcome.response };
    case "invalid":
      // The CSMS has the message: sending it again would only double it.
      return { kind: "answered", response: {} };
    case "failed":
      return { kind: "failed", reason: outcome.reason };
    case "offline":
      return { kind: "lost" };
  }
}
