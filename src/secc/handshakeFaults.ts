/** What it means when a TLS handshake fails, in words that say what to do. */
import type { ConnectionFault } from "../transport/ports.ts";

interface Explanation {
  readonly title: string;
  readonly fix: string;
}

const explanations: Readonly<Record<string, Explanation>> = {
  ERR_SSL_NO_SHARED_CIPHER: {
    title: "the EV does not offer ECDHE-ECDSA-AES128-SHA256 with P-256",
    fix: "Let the EV offer the suite that ISO 15118-2 demands; static ECDH is in no current OpenSSL.",
  },
  ERR_SSL_UNSUPPORTED_PROTOCOL: {
    title: "the EV does not offer TLS 1.2",
    fix: "Let the EV speak TLS 1.2, as ISO 15118-2 demands.",
  },
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: {
    title: "the EV does not know the V2G root of the SECC's certificate",
    fix: "Give the EV the V2G root, or the SECC a leaf below a root that the EV has.",
  },
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: {
    title: "the EV finds the SECC's certificate expired",
    fix: "Renew the SECC leaf certificate, or set the EV's clock right.",
  },
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: {
    title: "the EV refuses the SECC's certificate",
    fix: "Check the SECC leaf: DC=CPO, key usage, and the signatures of its chain.",
  },
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: {
    title: "the EV refuses the SECC's certificate",
    fix: "Check the SECC leaf: DC=CPO, key usage, and the signatures of its chain.",
  },
  ECONNRESET: {
    title: "the EV broke the handshake off without saying why",
    fix: "Most often the EV does not accept the SECC's chain: check that it ends at a V2G root of the EV.",
  },
  ERR_TLS_HANDSHAKE_TIMEOUT: {
    title: "the EV did not finish the handshake in time",
    fix: "Check the link, or allow more with tls_timeout.",
  },
};

/** The fault for people; OpenSSL's code is kept as it is. */
export function explainFault({ kind, code, message }: ConnectionFault): Explanation {
  if (kind === "too many connections") return { title: message, fix: "Find out who opens so many connections." };
  return explanations[code] ?? { title: `the TLS handshake failed (${code})`, fix: "See the EV's own log." };
}
