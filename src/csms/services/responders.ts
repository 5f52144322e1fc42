/** Asking OCSP responders by HTTP, and only those that were allowed beforehand: a station's URL must lead nowhere else. */
import { type Clock, withTimeout } from "../../util/clock.ts";

export interface ResponderOptions {
  readonly clock: Clock;
  /** 5,000. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof globalThis.fetch;
}

export type ResponderAnswer =
  | { readonly ok: true; readonly response: Uint8Array }
  | { readonly ok: false; readonly outcome: "notAllowed" | "unreachable"; readonly message: string };

/** OCSP responses are about 1 kB; a chain of certificates inside makes it a few more. */
const MAX_RESPONSE = 32 * 1024;

/** What is compared: scheme, host, port and path. OCPP calls responder URLs case-insensitive. */
function urlKey(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, host, pathname } = new URL(url);
  return /^https?:$/.test(protocol) ? `${protocol}//${host}${pathname.replace(/\/+$/, "")}`.toLowerCase() : undefined;
}

export class Responders {
  readonly #options: ResponderOptions;
  /** By allowed URL, the one that is asked instead: as it was configured, never what a station wrote. */
  readonly #allowed = new Map<string, string>();

  constructor(options: ResponderOptions) {
    this.#options = options;
  }

  /** @param at where this responder is to be found, if elsewhere; a URL that is allowed already stays as it is. */
  allow(url: string, at = url): void {
    const key = urlKey(url);
    if (key !== undefined && !this.#allowed.has(key)) this.#allowed.set(key, at);
  }

  /** @param request DER. Never throws; follows no redirect; gives up after the time-out and beyond 32 KiB. */
  async ask(url: string, request: Uint8Array): Promise<ResponderAnswer> {
    const allowed = this.#allowed.get(urlKey(url) ?? "");
    if (allowed === undefined)
      return { ok: false, outcome: "notAllowed", message: "this responder is not allowed here" };
    const { clock, timeoutMs = 5_000 } = this.#options;
    const abort = new AbortController();
    const late = (): ResponderAnswer => {
      abort.abort();
      return { ok: false, outcome: "unreachable", message: `no answer within ${timeoutMs} ms` };
    };
    const answer = this.#post(allowed, request, abort.signal).catch((error): ResponderAnswer => {
      return { ok: false, outcome: "unreachable", message: reason(error) };
    });
    return withTimeout(clock, timeoutMs, answer, late);
  }

  async #post(url: string, request: Uint8Array, signal: AbortSignal): Promise<ResponderAnswer> {
    const response = await (this.#options.fetch ?? fetch)(url, {
      method: "POST",
      body: new Uint8Array(request),
      headers: { "Content-Type": "application/ocsp-request" },
      redirect: "error",
      signal,
    });
    if (!response.ok) return { ok: false, outcome: "unreachable", message: `HTTP status ${response.status}` };
    return readBody(response);
  }
}

async function readBody(response: Response): Promise<ResponderAnswer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > MAX_RESPONSE) return { ok: false, outcome: "unreachable", message: "the answer is too large" };
    parts.push(part);
  }
  return { ok: true, response: new Uint8Array(Buffer.concat(parts)) };
}

function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const { code, message } = cause as NodeJS.ErrnoException;
  return code ?? message;
}
