/** Two network namespaces joined by a veth pair, with IPv6 link-local addresses only: what SECC discovery needs. */
import { execFileSync } from "node:child_process";
import { sleep, systemClock } from "../../src/util/clock.ts";

export interface Side {
  readonly namespace: string;
  readonly iface: string;
}

export interface Cable {
  readonly ev: Side;
  readonly secc: Side;
  remove(): void;
}

/** A command as it runs on one side. */
export function on({ namespace }: Side, command: readonly string[]): string[] {
  return ["ip", "netns", "exec", namespace, ...command];
}

/** The names are this process's own, so that runs beside each other do not meet. @throws when the system forbids it. */
export function connect(): Cable {
  const ev = { namespace: `plugcharge-ev-${process.pid}`, iface: "ev0" };
  const secc = { namespace: `plugcharge-secc-${process.pid}`, iface: "secc0" };
  const remove = () => {
    for (const { namespace } of [ev, secc]) attempt("netns", "del", namespace);
  };
  try {
    for (const { namespace } of [ev, secc]) ip("netns", "add", namespace);
    const peer = ["peer", "name", secc.iface, "netns", secc.namespace];
    ip("link", "add", ev.iface, "netns", ev.namespace, "type", "veth", ...peer);
    for (const side of [ev, secc]) bringUp(side);
  } catch (error) {
    remove();
    throw error;
  }
  return { ev, secc, remove };
}

function bringUp(side: Side): void {
  const { namespace, iface } = side;
  // Otherwise an address cannot be used for a second, in which the system looks for others that have it.
  const [, ...exec] = on(side, ["sysctl", "-qw", `net.ipv6.conf.${iface}.accept_dad=0`]);
  attempt(...exec);
  for (const name of ["lo", iface]) ip("-n", namespace, "link", "set", name, "up");
}

/** Waits until both sides have an address that can be used; false when they get none. */
export async function settled({ ev, secc }: Cable): Promise<boolean> {
  for (let tries = 0; tries < 50; tries++) {
    if ([ev, secc].every(hasAddress)) return true;
    await sleep(systemClock, 100);
  }
  return false;
}

function hasAddress({ namespace, iface }: Side): boolean {
  const text = ip("-n", namespace, "-6", "addr", "show", "dev", iface, "scope", "link");
  return text.includes("fe80:") && !text.includes("tentative");
}

function ip(...args: string[]): string {
  return execFileSync("ip", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function attempt(...args: string[]): void {
  try {
    ip(...args);
  } catch {
    // Not there, or not allowed: whoever needs it will say so.
  }
}
