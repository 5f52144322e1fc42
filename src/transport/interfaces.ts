/** Which network interface V2G uses. */
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import { fromHex } from "../util/bytes.ts";
import { UserError } from "../util/errors.ts";

/** How cars and chargers find each other. */
export interface Link {
  /** `multicast` on a real interface; `loopback` is unicast to ::1, where there is no interface for more. */
  readonly mode: "multicast" | "loopback";
  readonly interface: string;
  /** To bind to: link-local with its scope (`fe80::1%eth0`), or `::1`. */
  readonly address: string;
  /** Six octets; zeros on loopback. */
  readonly mac: Uint8Array;
  /** One sentence: why this one. */
  readonly why: string;
}

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/**
 * The link for `device`: a name, `lo` for loopback mode, or `auto`: the first interface with an IPv6 link-local address,
 * else loopback mode.
 * @throws UserError when the interface does not exist or has no IPv6 link-local address.
 */
export function chooseLink(device: string, interfaces: Interfaces = networkInterfaces()): Link {
  if (device === "auto") return automatic(interfaces);
  const addresses = interfaces[device];
  if (addresses?.some((address) => address.internal)) return loopback(device, `${device} is a loopback interface`);
  if (!addresses) {
    const known = Object.keys(interfaces).join(", ");
    throw new UserError(`Interface ${device} does not exist or is down.`, {
      expected: `auto, or one of ${known}`,
      fix: "Set device to auto, or to an interface that is up.",
    });
  }
  const found = linkLocal(device, addresses, `device names ${device}`);
  if (found) return found;
  throw new UserError(`Interface ${device} has no IPv6 link-local address.`, {
    expected: "an address in fe80::/10",
    fix: `Enable IPv6 on ${device}, or set device to auto.`,
  });
}

function automatic(interfaces: Interfaces): Link {
  for (const [name, addresses] of Object.entries(interfaces)) {
    const found = linkLocal(name, addresses ?? [], `${name} is the first interface with an IPv6 link-local address`);
    if (found) return found;
  }
  const internal = Object.entries(interfaces).find(([, addresses]) => addresses?.some(({ internal }) => internal));
  return loopback(internal?.[0] ?? "lo", "no interface has an IPv6 link-local address");
}

function linkLocal(name: string, addresses: readonly NetworkInterfaceInfo[], why: string): Link | undefined {
  const found = addresses.find(
    ({ family, address, internal }) => family === "IPv6" && !internal && isLinkLocal(address),
  );
  if (!found) return undefined;
  const mac = fromHex(found.mac.replaceAll(":", ""));
  return { mode: "multicast", interface: name, address: `${found.address}%${name}`, mac, why };
}

function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address);
}

function loopback(name: string, why: string): Link {
  return { mode: "loopback", interface: name, address: "::1", mac: new Uint8Array(6), why };
}
