import { chooseLink, type Link } from "../../transport/interfaces.ts";
import { UserError } from "../../util/errors.ts";

/** The link that `--iface` names. @throws UserError when it names none that can be used. */
export function linkOf({ iface }: { readonly iface?: string }): Link {
  if (iface !== undefined) return chosen(iface);
  throw new UserError("a network interface is needed", {
    key: "--iface",
    expected: "the name of one with an IPv6 link-local address, auto, or lo for loopback",
    fix: "Name the interface that the other side is connected to.",
  });
}

/** In the words of this program, where `device` is an option. */
function chosen(iface: string): Link {
  try {
    return chooseLink(iface);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { expected = "" } = error.details;
    throw new UserError(error.message, {
      key: "--iface",
      expected,
      fix: "Bring the interface up with IPv6 enabled, or name another one; auto takes the first that can be used.",
    });
  }
}
