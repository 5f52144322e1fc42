/** Who decides whether an EV may charge, and what becomes of the decision; every protocol has it. */
import type { CertificateStatus } from "../interfaces/types/authorization.ts";
import { decided, type Effect } from "./effects.ts";
import type { SessionEvent } from "./events.ts";

export type Authorization =
  | { readonly status: "none" | "pending" | "accepted" | "timed out" }
  | { readonly status: "rejected"; readonly certificateStatus: CertificateStatus };

export const pending: Authorization = { status: "pending" };

/** How long an answer is held back for a decision before it says Ongoing; well within the EV's 2 s. */
export const HOLD_MS = 1000;

/** Yes counts while it is waited for; no also takes back a yes. */
export function authorized(
  { authorization_status, certificate_status }: Extract<SessionEvent, { type: "authorization_response" }>,
  before: Authorization,
): Authorization {
  if (before.status !== "pending" && before.status !== "accepted") return before;
  if (authorization_status !== "Accepted") return { status: "rejected", certificateStatus: certificate_status };
  return { status: "accepted" };
}

/** The time is over; a decision that was made stays. */
export function timedOut(before: Authorization): Authorization {
  return before.status === "none" || before.status === "pending" ? { status: "timed out" } : before;
}

/** @param rule the configuration key that says how long is waited. */
export function late(rule: "auth_timeout_pnc" | "auth_timeout_eim"): Effect {
  return decided({
    step: 6,
    title: "nobody decided about the authorization in time",
    outcome: "refused",
    rule,
    fix: "See why no answer came from the token validators, or allow more time.",
  });
}
