/** What an OCSP responder needs, in the form that `openssl ocsp` reads: for each CA an index, its certificate, a signer. */
import { type Certificate, exportPrivateKey, toPem } from "../x509/index.ts";
import type { PkiFile } from "./layout.ts";
import { members } from "./members.ts";
import type { Pki } from "./pki.ts";

/**
 * Below `ocsp/<member><suffix>/`: `ca.pem`, `responder.pem`, `responder.key`, `index.txt`.
 * @param now milliseconds since 1970
 */
export function ocspFiles(pki: Pki, now: number, suffix = ""): PkiFile[] {
  return pki.ocspSigners.flatMap(({ issuer, certificate, key }) => {
    const ca = members.find(({ id }) => pki.certificate(id) === issuer)?.id ?? issuer.fingerprint;
    const issued = members.filter((row) => row.issuer === ca).map(({ id }) => pki.certificate(id));
    const lines = issued.filter((one) => !pki.unknown.includes(one)).map((one) => indexLine(one, pki, now));
    const folder = `ocsp/${ca}${suffix}`;
    return [
      { path: `${folder}/ca.pem`, content: toPem(issuer), mode: 0o644 },
      { path: `${folder}/responder.pem`, content: toPem(certificate), mode: 0o644 },
      { path: `${folder}/responder.key`, content: exportPrivateKey(key, "pkcs8"), mode: 0o600 },
      { path: `${folder}/index.txt`, content: lines.join(""), mode: 0o644 },
    ];
  });
}

/** OpenSSL's CA database: status, end, revocation, serial number, file, subject, by tabs. */
function indexLine(certificate: Certificate, pki: Pki, now: number): string {
  const revoked = pki.revoked.includes(certificate);
  const serial = certificate.serialNumber.toUpperCase();
  const even = serial.length % 2 ? `0${serial}` : serial;
  const subject = certificate.subject.rdns.map(([part]) => `/${part?.type}=${part?.value}`).join("");
  const fields = [
    revoked ? "R" : "V",
    utcTime(certificate.notAfter),
    revoked ? utcTime(now) : "",
    even,
    "unknown",
    subject,
  ];
  return `${fields.join("\t")}\n`;
}

/** `YYMMDDHHMMSSZ`, or with a four-digit year where two are not enough. */
function utcTime(ms: number): string {
  const digits = new Date(ms).toISOString().replace(/[-:T]/g, "").slice(0, 14);
  return `${ms < Date.UTC(2050, 0, 1) ? digits.slice(2) : digits}Z`;
}
