import { PeerError } from "../util/errors.ts";

export interface ExiErrorDetails {
  /** The way to the value from the root element, for example `V2G_Message/Body/SessionSetupReq/EVCCID`. */
  readonly path: string;
  /** Where what was not understood begins, in bits from the header's first; undefined when a value was not to be written. */
  readonly bit?: number;
  /** What would have been right. */
  readonly expected: string;
}

/** Bytes or a value that the schema does not allow. */
export class ExiError extends PeerError {
  readonly path: string;
  readonly bit: number | undefined;
  readonly expected: string;
  constructor({ path, bit, expected }: ExiErrorDetails) {
    super(`${path}${bit === undefined ? "" : ` at bit ${bit}`}: expected ${expected}`);
    this.path = path;
    this.bit = bit;
    this.expected = expected;
  }
}
