/** A connection to a CSMS as configured; certificates are elsewhere. */
export interface NetworkProfile {
  readonly slot: number;
  /** Without the identity. */
  readonly url: string;
  readonly securityProfile: 0 | 1 | 2 | 3;
  readonly identity: string;
  /** OCPP 2.0.1 has text, 1.6 octets. */
  readonly password: string | Uint8Array;
}
