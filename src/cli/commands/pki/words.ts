/** Certificates, keys and verdicts in words. */
import { isoTime } from "../../../util/clock.ts";
import { type Certificate, describeCertificate } from "../../../x509/index.ts";

const DAY = 24 * 3600_000;

/** The facts of a certificate, a line each. @param now milliseconds since 1970 */
export function certificateLines(certificate: Certificate, now: number): string[] {
  const { issuer, isSelfIssued, keyKind, signatureAlgorithm, serialNumber, aia, fingerprint } = certificate;
  return [
    describeCertificate(certificate),
    `  ${isSelfIssued ? "signed by itself" : `issued by ${issuer}`}, serial number ${serialNumber}`,
    `  ${validity(certificate, now)}`,
    `  ${keyKind} key, signed with ${signatureAlgorithm.name}, ${certificate.der.length} octets`,
    `  ${purposes(certificate)}`,
    `  ${aia?.ocsp === undefined ? "names no OCSP responder" : `OCSP responder ${aia.ocsp}`}`,
    `  SHA-256 ${fingerprint}`,
  ];
}

function validity({ notBefore, notAfter }: Certificate, now: number): string {
  const span = `${isoTime(notBefore).slice(0, 10)} to ${isoTime(notAfter).slice(0, 10)}`;
  if (now < notBefore) return `valid ${span}: begins in ${Math.ceil((notBefore - now) / DAY)} days`;
  if (now > notAfter) return `valid ${span}: ended ${Math.ceil((now - notAfter) / DAY)} days ago`;
  return `valid ${span}: ${Math.floor((notAfter - now) / DAY)} days left`;
}

function purposes({ isCa, pathLength, keyUsage, extendedKeyUsage }: Certificate): string {
  const depth = pathLength === undefined ? "" : ` with at most ${pathLength} CAs below`;
  const usage = keyUsage ? [...keyUsage].join(", ") : "any key usage";
  return `${isCa ? `a CA${depth}` : "an end entity"}; ${[usage, ...(extendedKeyUsage ?? [])].join(", ")}`;
}

/** What kind of certificate it looks like, by its domain component, for people. */
export function looksLike({ subject, isCa, extendedKeyUsage }: Certificate): string {
  const domains: Readonly<Record<string, string>> = {
    V2G: "V2G root or CPO sub-CA",
    CPO: "SECC certificate (a station's, for cars)",
    MO: isCa ? "CA of a mobility operator" : "contract certificate",
    OEM: isCa ? "CA of a car maker" : "a car's certificate",
    CPS: isCa ? "CA of a provisioning service" : "provisioning service's certificate",
  };
  const [domain] = subject.all("DC");
  if (domain !== undefined && domains[domain] !== undefined) return domains[domain];
  if (extendedKeyUsage?.includes("serverAuth")) return "TLS server certificate, as a CSMS has";
  if (extendedKeyUsage?.includes("clientAuth")) return "TLS client certificate, as a station has towards the CSMS";
  return isCa ? "CA" : "certificate";
}
