/** The one door to `@peculiar/asn1-schema`: what it throws becomes X509Error, what it gives becomes Uint8Array. */
import { AsnConvert } from "@peculiar/asn1-schema";
import { readDer } from "./der.ts";
import { X509Error } from "./errors.ts";

/** Parses strict DER by a schema class. `what` names it in the message. @throws X509Error */
export function parseDer<T>(bytes: Uint8Array, schema: new () => T, what: string): T {
  readDer(bytes);
  return parseChecked(bytes, schema, what);
}

/** As {@link parseDer} for octets that have been looked at as part of a whole. @throws X509Error */
export function parseChecked<T>(bytes: Uint8Array, schema: new () => T, what: string): T {
  try {
    return AsnConvert.parse(bytes, schema);
  } catch (error) {
    throw new X509Error(`${what} does not have the fields it must have (${(error as Error).message})`);
  }
}

export function serializeDer(value: unknown): Uint8Array {
  return new Uint8Array(AsnConvert.serialize(value));
}

/** An own, exact ArrayBuffer, as the schema classes want their octets. */
export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer as ArrayBuffer;
}
