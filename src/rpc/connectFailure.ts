/** Why a connection could not be made, in a form that a decision, a security event or a person can use. */

export type ConnectFailure =
  /** The CSMS answered with an HTTP status other than 101; 401 is a wrong identity or password. */
  | { readonly kind: "refused"; readonly status: number; readonly message: string }
  /** `securityEvent` is the OCPP security event that this is, where there is one (2.0.1 part 2, appendix 1). */
  | { readonly kind: "tls"; readonly code: string; readonly message: string; readonly securityEvent?: TlsSecurityEvent }
  | { readonly kind: "protocol"; readonly message: string }
  /** URL, profile, certificate or key on this side cannot be used as they are. */
  | { readonly kind: "configuration"; readonly message: string }
  | { readonly kind: "unreachable"; readonly code: string; readonly message: string };

export type TlsSecurityEvent = "InvalidCsmsCertificate" | "InvalidTLSVersion" | "InvalidTLSCipherSuite";

const certificateCodes: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the CSMS's certificate has expired",
  CERT_NOT_YET_VALID: "the CSMS's certificate is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the CSMS's certificate is signed by itself",
  ERR_TLS_CERT_ALTNAME_INVALID: "the CSMS's certificate is for another host",
  SELF_SIGNED_CERT_IN_CHAIN: "the CSMS's root certificate is not installed here",
  UNABLE_TO_GET_ISSUER_CERT: "the CSMS's root certificate is not installed here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the CSMS's root certificate is not installed here",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the CSMS's root certificate is not installed here",
  CERT_SIGNATURE_FAILURE: "a signature in the CSMS's chain is wrong",
  CERT_REVOKED: "the CSMS's certificate is revoked",
  INVALID_PURPOSE: "the CSMS's certificate is not for servers",
};

const alerts: readonly {
  readonly text: RegExp;
  readonly message: string;
  readonly securityEvent?: TlsSecurityEvent;
}[] = [
  {
    text: /protocol version|unsupported protocol/i,
    message: "no common TLS version",
    securityEvent: "InvalidTLSVersion",
  },
  {
    text: /handshake failure|no shared cipher|no ciphers/i,
    message: "no common cipher suite",
    securityEvent: "InvalidTLSCipherSuite",
  },
  {
    text: /certificate required|bad certificate|unknown ca|certificate unknown/i,
    message: "the CSMS does not take our certificate",
  },
];

/** Names what Node and OpenSSL report. */
export function connectFailure(error: NodeJS.ErrnoException): ConnectFailure {
  const code = error.code ?? "";
  const certificate = certificateCodes[code];
  if (certificate !== undefined)
    return { kind: "tls", code, message: certificate, securityEvent: "InvalidCsmsCertificate" };
  const alert = alerts.find(
    ({ text }) =>
      (code === "EPROTO" || code.startsWith("ERR_SSL_")) && text.test(`${code} ${error.message}`.replaceAll("_", " ")),
  );
  if (alert) {
    const { message, securityEvent } = alert;
    return { kind: "tls", code, message, ...(securityEvent && { securityEvent }) };
  }
  if (code === "EPROTO" || code.startsWith("ERR_SSL_"))
    return { kind: "tls", code, message: "the TLS handshake failed" };
  if (code.startsWith("ERR_OSSL_")) {
    return { kind: "configuration", message: `our certificate, key or roots cannot be read (${code})` };
  }
  if (code === "") return { kind: "protocol", message: error.message };
  return { kind: "unreachable", code, message: `the CSMS cannot be reached (${code})` };
}

/** For a CSMS that answered the handshake with another status. */
export function refusedWith(status: number): ConnectFailure {
  const because = status === 401 ? ": identity, password or certificate is not known there" : "";
  return { kind: "refused", status, message: `the CSMS refused the connection with HTTP ${status}${because}` };
}
