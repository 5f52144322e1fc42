/**
 * Errors, sorted by whose fault they are. Protocol outcomes (a response code, a verdict) are values, never errors.
 *
 * - {@link PeerError}: what came over a wire is wrong. Caught in one place per connection.
 * - {@link UserError}: a file, key or option is wrong. Names where, what was expected and how to mend it.
 * - {@link InternalError}: our own fault. Never caught.
 */
export abstract class PlugchargeError extends Error {
  abstract readonly fault: "peer" | "user" | "internal";
  override get name(): string {
    return this.constructor.name;
  }
}

/** Base of all errors for which the other end of a wire is to blame. */
export abstract class PeerError extends PlugchargeError {
  readonly fault = "peer";
}

/** Where a user's fault is and how to mend it. `line` and `column` count from 1. */
export interface UserErrorDetails {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** The key path, for example `active_modules.auth.config_module.connection_timeout`. */
  readonly key?: string;
  readonly expected?: string;
  /** One imperative sentence. */
  readonly fix?: string;
}

/** A fault of the person who configured or called us; its message is one clear sentence. */
export class UserError extends PlugchargeError {
  readonly fault = "user";
  readonly details: UserErrorDetails;
  constructor(message: string, details: UserErrorDetails = {}) {
    super(message);
    this.details = details;
  }

  /** `file:line: message (key K; expected E). Fix.`, with the parts that are known. */
  describe(): string {
    const { file, line, key, expected, fix } = this.details;
    const place = file === undefined ? "" : `${file}${line === undefined ? "" : `:${line}`}: `;
    const facts = [key && `key ${key}`, expected && `expected ${expected}`].filter(Boolean).join("; ");
    const what = `${place}${this.message}${facts ? ` (${facts})` : ""}`;
    const end = /[.:;?!]$/.test(what) ? "" : ".";
    return fix ? `${what}${end} ${fix}` : what;
  }
}

/** Something that cannot happen happened: a bug in plugcharge. */
export class InternalError extends PlugchargeError {
  readonly fault = "internal";
}

/** For the `default` of an exhaustive switch. @throws InternalError always. */
export function unreachable(value: never): never {
  throw new InternalError(`unreachable: ${String(value)}`);
}
