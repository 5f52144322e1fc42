/** Name constraints (RFC 5280, 4.2.1.10 and 6.1.4 (g)): which names a CA may give. */
import type { Certificate } from "./certificate.ts";
import type { AltName } from "./extensions.ts";
import { canonicalRdns } from "./name.ts";

type Constraints = NonNullable<Certificate["nameConstraints"]>;

const hostName = /^(?!-)[a-z0-9_-]{1,63}(\.(?!-)[a-z0-9_-]{1,63})*$/;

/** How a name and a constraint of its kind go together; `unknown` is a form nobody can judge, so it must be refused. */
type Match = "inside" | "outside" | "unknown";

/** How many comparisons {@link violatesNameConstraints} would make. */
export function comparisons(constraints: Constraints, certificate: Certificate): number {
  return (constraints.permitted.length + constraints.excluded.length) * constrainedNames(certificate).length;
}

/** Whether the certificate bears a name its issuer's constraints forbid, or one that cannot be judged. */
export function violatesNameConstraints(constraints: Constraints, certificate: Certificate): boolean {
  return constrainedNames(certificate).some((name) => {
    const { permitted, excluded } = ofKind(constraints, name);
    if (excluded.some((constraint) => compare(name, constraint, "excluded") !== "outside")) return true;
    const matches = permitted.map((constraint) => compare(name, constraint, "permitted"));
    return matches.includes("unknown") || (matches.length > 0 && !matches.includes("inside"));
  });
}

/**
 * Subject alternative names, the subject itself unless empty, and an emailAddress in it when no name is an e-mail. A leaf's CN
 * that looks like a host counts as one when no name is one, because TLS takes it for one then (RFC 6125, 6.4.4).
 */
function constrainedNames({ subject, subjectAltNames = [], isCa }: Certificate): AltName[] {
  const names: AltName[] = [...subjectAltNames];
  if (subject.rdns.length > 0) names.push({ type: "directory", value: subject });
  if (!names.some(({ type }) => type === "email")) {
    names.push(...subject.all("emailAddress").map((value): AltName => ({ type: "email", value })));
  }
  if (!isCa && !names.some(({ type }) => type === "dns")) {
    const hosts = subject.all("CN").filter((value) => value.includes(".") && hostName.test(value.toLowerCase()));
    names.push(...hosts.map((value): AltName => ({ type: "dns", value })));
  }
  return names;
}

function ofKind(constraints: Constraints, name: AltName): Constraints {
  const same = (constraint: AltName) =>
    constraint.type === name.type && (name.type !== "other" || constraint.value === name.value);
  return { permitted: constraints.permitted.filter(same), excluded: constraints.excluded.filter(same) };
}

function compare(name: AltName, constraint: AltName, side: "permitted" | "excluded"): Match {
  if (name.type === "dns" && constraint.type === "dns") return compareDns(name.value, constraint.value, side);
  if (name.type === "email" && constraint.type === "email") return compareEmail(name.value, constraint.value);
  if (name.type === "uri" && constraint.type === "uri") return compareUri(name.value, constraint.value);
  if (name.type === "ip" && constraint.type === "ip") return compareIp(name.value, constraint.value);
  if (name.type === "directory" && constraint.type === "directory") {
    const outer = canonicalRdns(constraint.value);
    const inner = canonicalRdns(name.value);
    return outer.every((rdn, i) => rdn === inner[i]) ? "inside" : "outside";
  }
  return "unknown";
}

function within(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

/** A wildcard stands for every name it may match: it is excluded when one of them is, permitted when all of them are. */
function compareDns(text: string, constraintText: string, side: "permitted" | "excluded"): Match {
  const constraint = constraintText.toLowerCase();
  const lower = text.toLowerCase();
  const wildcard = lower.startsWith("*.");
  const name = wildcard ? lower.slice(2) : lower;
  if (!hostName.test(name) || (constraint !== "" && !hostName.test(constraint))) return "unknown";
  if (constraint === "" || within(name, constraint)) return "inside";
  const mayMatch = wildcard && side === "excluded" && within(constraint, name);
  return mayMatch ? "inside" : "outside";
}

/** A mailbox, all mailboxes of a host, or with a dot in front those of all hosts of a domain. */
function compareEmail(text: string, constraint: string): Match {
  const [, local, host = ""] = /^([^@\s]+)@([^@\s]+)$/.exec(text) ?? [];
  if (local === undefined || !hostName.test(host.toLowerCase())) return "unknown";
  const [, wantedLocal, wantedHost] = /^(?:([^@]*)@)?([^@]*)$/.exec(constraint) ?? [];
  if (wantedHost === undefined) return "unknown";
  if (wantedLocal !== undefined && wantedLocal !== local) return "outside";
  return compareHost(host, wantedHost);
}

/** Only the host part counts; a URI without one, or with an address, cannot be judged. */
function compareUri(text: string, constraint: string): Match {
  const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/?#]*@)?([^:/?#[\]]+)(?::\d*)?(?:[/?#]|$)/i.exec(text)?.[1]?.toLowerCase();
  if (host === undefined || !hostName.test(host) || /^[\d.]+$/.test(host)) return "unknown";
  return compareHost(host, constraint);
}

function compareHost(text: string, constraintText: string): Match {
  const host = text.toLowerCase();
  const constraint = constraintText.toLowerCase();
  const domain = constraint.replace(/^\./, "");
  if (!hostName.test(domain)) return constraint === "" ? "inside" : "unknown";
  const inside = constraint.startsWith(".") ? host.endsWith(constraint) : host === domain;
  return inside ? "inside" : "outside";
}

function compareIp(address: Uint8Array, constraint: Uint8Array): Match {
  const half = constraint.length / 2;
  const mask = constraint.subarray(half);
  if (!/^1*0*$/.test([...mask].map((octet) => octet.toString(2).padStart(8, "0")).join(""))) return "unknown";
  if (address.length !== half) return "outside";
  const inside = address.every((octet, i) => ((octet ^ (constraint[i] ?? 0)) & (mask[i] ?? 0)) === 0);
  return inside ? "inside" : "outside";
}
