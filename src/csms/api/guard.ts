/** Who may use the HTTP API: programs on this machine, or whoever has the token; no web page of somebody else's. */
import { createHash } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { equalBytes } from "../../util/bytes.ts";

const loopback = ["127.0.0.1", "[::1]", "localhost"];

/** Whether nobody but this machine reaches an address. */
export function isLoopback(host: string): boolean {
  return loopback.includes(host) || host === "::1";
}

/** @param token that has to be shown; without one, requests must be for a name of this machine. */
export function guard(token: string | undefined): MiddlewareHandler {
  return async (context, next) => {
    const refusal = crossOrigin(context) ?? (token === undefined ? foreignHost(context) : unauthorized(context, token));
    if (refusal) return refusal;
    await next();
    return undefined;
  };
}

/** A browser says where a page is from; only pages of this very address would be ours, and there are none. */
function crossOrigin(context: Context): Response | undefined {
  if (context.req.header("origin") === undefined) return undefined;
  return context.json({ error: "not for web pages" }, 403);
}

/** A page whose name was bound to this machine's address writes its own name here. */
function foreignHost(context: Context): Response | undefined {
  const name = (context.req.header("host") ?? "").replace(/:\d+$/, "");
  return loopback.includes(name) ? undefined : context.json({ error: "not under this host name" }, 403);
}

function unauthorized(context: Context, token: string): Response | undefined {
  const [, shown = ""] = /^bearer +(\S+)$/i.exec(context.req.header("authorization") ?? "") ?? [];
  if (equalBytes(digest(shown), digest(token))) return undefined;
  return context.json({ error: "a bearer token is needed" }, 401, { "WWW-Authenticate": "Bearer" });
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
