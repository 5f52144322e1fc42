/** Which of our chains an EV is shown, and why: the first thing to know when it then breaks off. */
import type { TrustedAuthority } from "../transport/clientHello.ts";
import type { ChainChoice } from "../transport/ports.ts";
import { toHex } from "../util/bytes.ts";
import type { TraceEvent, TraceValue } from "../util/trace.ts";

/** An EV may name thousands; the first say enough. */
const MAX_SHOWN = 10;

/** Undefined when there was nothing to choose and nothing asked. */
export function explainChoice({ why, chain, of, hello }: ChainChoice): TraceEvent | undefined {
  const shown = `the EV is shown the certificate below ${chain.root ?? "our root"}`;
  const about = { step: 1, kind: "decision", from: "EVSE", rule: "trusted_ca_keys (RFC 6066, 6)" } as const;
  const trusted = hello?.trustedAuthorities ?? [];
  const detail = { trusted_ca_keys: trusted.slice(0, MAX_SHOWN).map(describeAuthority), named: trusted.length };
  switch (why) {
    case "the client names its authority":
      return { ...about, title: `${shown}, which it trusts`, outcome: "ok", detail };
    case "the client names others":
      return {
        ...about,
        title: `${shown}, which is not among those that it trusts`,
        fix: "Give the EV this root, or install a SECC certificate below one of the EV's.",
        detail,
      };
    case "the client names no authority":
      return of > 1 ? { ...about, title: `${shown}: it does not say whom it trusts` } : undefined;
  }
}

function describeAuthority(authority: TrustedAuthority): TraceValue {
  return "value" in authority ? `${authority.kind} ${toHex(authority.value)}` : authority.kind;
}
