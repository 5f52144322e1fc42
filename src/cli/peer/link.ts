import { chooseLink, type Link } from "../../transport/interfaces.ts";
import { UserError } from "../../util/errors.ts";

/** The link that `--iface` names. @throws UserError when it names none that can be used. */
export function linkOf({ iface }: { readonly iface?: string }): Link {
  if (iface !== undefined) return chooseLink(iface);
  throw new UserError("a network interface is needed", {
    key: "--iface",
    expected: "the name of one with an IPv6 link-local address, auto, or lo for loopback",
    fix: "Name the interface that the other side is connected to.",
  });
}
