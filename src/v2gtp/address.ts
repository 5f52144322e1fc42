/** IPv6 addresses between their text and their 16 octets. */
import { isIPv6 } from "node:net";
import { UserError } from "../util/errors.ts";

/** The 16 octets of an address; a scope (`%eth0`) is left out. @throws UserError when it is none. */
export function ipv6Octets(text: string): Uint8Array {
  const address = text.replace(/%.*$/, "");
  if (!isIPv6(address) || address.includes(".")) throw new UserError(`${text} is not an IPv6 address`);
  const [head = "", tail] = address.split("::");
  const before = groups(head);
  const after = groups(tail ?? "");
  const zeros = new Array<number>(8 - before.length - after.length).fill(0);
  const octets = new Uint8Array(16);
  const view = new DataView(octets.buffer);
  for (const [index, group] of [...before, ...zeros, ...after].entries()) view.setUint16(2 * index, group);
  return octets;
}

/** The text of 16 octets, in the form of RFC 5952. */
export function ipv6Text(octets: Uint8Array): string {
  const view = new DataView(octets.buffer, octets.byteOffset, 16);
  const all = Array.from({ length: 8 }, (_, index) => view.getUint16(2 * index).toString(16));
  const runs = all.join(":").match(/\b0(:0)+\b/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), "");
  if (longest === "") return all.join(":");
  const [before = "", after = ""] = splitOnce(all.join(":"), longest);
  return `${before.replace(/:$/, "")}::${after.replace(/^:/, "")}`;
}

function splitOnce(text: string, part: string): [string, string] {
  const at = text.search(new RegExp(`(?<![0-9a-f])${part}(?![0-9a-f])`));
  return [text.slice(0, at), text.slice(at + part.length)];
}

function groups(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
}
