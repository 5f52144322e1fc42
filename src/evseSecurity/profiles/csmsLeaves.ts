/** TLS certificates between station and CSMS (OCPP 2.0.1 part 2, A00; security profiles 2 and 3). */
import { isIP } from "node:net";
import type { AltName, Certificate } from "../../x509/index.ts";
import { leafMust, type Profile } from "./check.ts";
import { leafIsNoCa, leafMaySign, purpose } from "./common.ts";

export const csmsServerLeaf: Profile = [
  leafIsNoCa,
  leafMaySign,
  purpose("serverAuth"),
  leafMust(
    "name_mismatch",
    "OCPP 2.0.1, A00.FR.319; RFC 6125",
    (leaf, { context }) => context.dns === undefined || isFor(leaf, context.dns),
    (name, _, { context }) => `Get ${name} anew for the host ${context.dns}, or use its name in the URL.`,
  ),
];

export const csmsClientLeaf: Profile = [
  leafIsNoCa,
  leafMaySign,
  purpose("clientAuth"),
  leafMust(
    "identity_mismatch",
    "OCPP 2.0.1, A00.FR.405",
    ({ subject }, { context }) => context.identity === undefined || subject.all("CN").join("\n") === context.identity,
    (name, _, { context }) => `Get ${name} anew with CN=${context.identity}, the station's identity.`,
  ),
];

/** By subject alternative names, and only where there are none of a host by CN (RFC 6125, 6.4.4). */
function isFor({ subject, subjectAltNames = [] }: Certificate, host: string): boolean {
  const hosts = subjectAltNames.filter(({ type }) => type === "dns" || type === "ip");
  if (hosts.length > 0) return hosts.some((name) => altNameMatches(name, host));
  return subject.all("CN").some((name) => dnsMatches(name, host));
}

function altNameMatches(name: AltName, host: string): boolean {
  if (name.type === "dns") return isIP(host) === 0 && dnsMatches(name.value, host);
  return (
    name.type === "ip" && isIP(host) === (name.value.length === 4 ? 4 : 6) && addressText(name.value) === ipText(host)
  );
}

/** A star stands for exactly one leftmost label. */
function dnsMatches(pattern: string, host: string): boolean {
  const wanted = pattern.toLowerCase();
  const given = host.toLowerCase().replace(/\.$/, "");
  if (!wanted.startsWith("*.")) return wanted === given;
  const [, ...rest] = given.split(".");
  return rest.length > 1 && rest.join(".") === wanted.slice(2);
}

function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  return ipText(
    [...Array(8).keys()].map((i) => (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16)).join(":"),
  );
}

/** One spelling for an address: the URL parser's. */
function ipText(host: string): string {
  return isIP(host) === 6 ? new URL(`http://[${host}]`).hostname : host;
}
