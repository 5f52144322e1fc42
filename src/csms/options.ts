/** What a test CSMS is started with. */
import type { KeyObject } from "node:crypto";
import type { OcspSigner } from "../pki/pki.ts";
import type { ServerTls } from "../rpc/listener.ts";
import type { Clock } from "../util/clock.ts";
import type { Logger } from "../util/log.ts";
import type { Random } from "../util/random.ts";
import type { Tracer } from "../util/trace.ts";
import type { Certificate } from "../x509/index.ts";
import type { ContractAuthorities } from "./clearingHouse/ports.ts";
import type { ApiClient } from "./clearingHouse/tokens.ts";
import type { Fault } from "./faults/faults.ts";
import type { ContractAccount, TokenAccount } from "./store/accounts.ts";

/** A station that may connect. Profile 1 and 2 have a password, profile 3 a certificate whose CN is the identity. */
export interface StationAccount {
  readonly identity: string;
  readonly profile: 0 | 1 | 2 | 3;
  readonly password?: string | Uint8Array;
}

/** The certificates that a CSMS trusts, and those it speaks for. */
export interface CsmsPki {
  /** Where contract chains must end. */
  readonly roots: { readonly mo: readonly Certificate[]; readonly v2g: readonly Certificate[] };
  /** Sub-CAs, so that hash data can be checked whose chain did not come along. */
  readonly intermediates: readonly Certificate[];
  /** Responders for the CAs that this CSMS answers OCSP for. */
  readonly ocspSigners: readonly OcspSigner[];
  /** What those CAs have issued; the responder does not know any other. */
  readonly issued: readonly { readonly certificate: Certificate; readonly issuer: Certificate }[];
  readonly revoked: readonly { readonly certificate: Certificate; readonly issuer: Certificate }[];
  /** CAs that sign what stations ask for: SECC certificates, and client certificates towards the CSMS. */
  readonly signers: { readonly v2g?: SigningAuthority; readonly chargingStation?: SigningAuthority };
  /** With them, cars get contracts. */
  readonly contracts?: ContractAuthorities;
}

export interface SigningAuthority {
  readonly certificate: Certificate;
  readonly key: KeyObject;
  /** What goes behind a signed certificate: its issuer first, without the root. */
  readonly chain: readonly Certificate[];
}

export interface ApiOptions {
  /** 127.0.0.1; others reach it by a token only. */
  readonly host?: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** That every request must bear. */
  readonly token?: string;
}

export interface CsmsOptions {
  /** 127.0.0.1. */
  readonly host?: string;
  /** For stations; 0, the default, takes a free one. */
  readonly port?: number;
  /** For the OCSP responder and the clearing house; 0, the default, takes a free one. */
  readonly httpPort?: number;
  /** The URL's fixed part before the identity; `/ocpp`. None, and SteVe's, do as well. */
  readonly path?: string;
  /** With it stations connect by `wss`. */
  readonly tls?: ServerTls;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly trace: Tracer;
  /** A file, or `:memory:`, the default. */
  readonly database?: string;
  readonly stations: readonly StationAccount[];
  readonly tokens?: readonly TokenAccount[];
  readonly contracts?: readonly ContractAccount[];
  /** Can be given later: see {@link Csms.usePki}. */
  readonly pki?: CsmsPki;
  /** Responders that may be asked besides those that the PKI's own certificates name. A station cannot add to them. */
  readonly allowedResponders?: readonly string[];
  /** Other CSMS that may use the clearing house by HTTP; without any it is not served. */
  readonly apiClients?: readonly ApiClient[];
  /** The HTTP API; without it there is none. */
  readonly api?: ApiOptions;
  /** What is done wrong on purpose, from the beginning. */
  readonly faults?: readonly Fault[];
  /** Seconds between two Heartbeats; 300. */
  readonly heartbeatInterval?: number;
  /** Every frame, for those who want to keep them. */
  readonly onFrame?: (identity: string, direction: "in" | "out", text: string) => void;
}
