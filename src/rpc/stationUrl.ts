/** The path of a connection URL: a fixed part of the CSMS and the station's identity. */

export type IdentityVerdict =
  | { readonly ok: true; readonly identity: string }
  | { readonly ok: false; readonly status: 400 | 404 };

/** OCPP 2.0.1 identifierString of at most 48 characters, without `:`, which ends the user name in basic authentication (part 4, 3.1). */
const identityPattern = /^[A-Za-z0-9*\-_=+|@.]{1,48}$/;

/** A file or a log may be named after an identity, so `.` and `..` are none. */
export function isIdentity(text: string): boolean {
  return identityPattern.test(text) && !/^\.+$/.test(text);
}

/**
 * Reads `<path>/<identity>` from a request's raw target, without resolving `..` and the like. Never throws.
 * @param path the fixed part, for example `/ocpp`, or empty.
 */
export function readIdentity(target: string, path: string): IdentityVerdict {
  const [place = ""] = target.split("?", 1);
  const prefix = `${path}/`;
  if (!place.startsWith(prefix)) return { ok: false, status: 404 };
  const segment = place.slice(prefix.length);
  if (segment === "" || segment.includes("/")) return { ok: false, status: 404 };
  const identity = decodeSegment(segment);
  return identity !== undefined && isIdentity(identity) ? { ok: true, identity } : { ok: false, status: 400 };
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
