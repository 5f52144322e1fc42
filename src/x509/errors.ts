import { PeerError } from "../util/errors.ts";

/** A certificate, request, key, or OCSP message that cannot be read, or breaks the rules of its encoding. */
export class X509Error extends PeerError {}
