/** Certificate signing requests of the station (EVerest's subject and extensions). */
import {
  basicConstraints,
  createCertificateSigningRequest,
  exportPrivateKey,
  generateKey,
  keyUsage,
} from "../x509/index.ts";

export interface RequestedSubject {
  readonly country: string;
  readonly organization: string;
  readonly common: string;
}

/** Upper bounds of X.520; a country has two letters. */
export function isUsableSubject({ country, organization, common }: RequestedSubject): boolean {
  return /^[A-Za-z]{2}$/.test(country) && isText(organization) && isText(common);
}

function isText(text: string): boolean {
  return text.length > 0 && text.length <= 64;
}

/** A new P-256 key (traditional PEM, encrypted when there is a password) and a request signed by it. */
export async function createRequest(
  subject: RequestedSubject,
  password: string,
): Promise<{ readonly key: string; readonly csr: string }> {
  const { privateKey } = await generateKey("P-256");
  const csr = createCertificateSigningRequest({
    subject: { C: subject.country, O: subject.organization, CN: subject.common, DC: "CPO" },
    privateKey,
    extensions: [keyUsage(["digitalSignature", "keyAgreement"]), basicConstraints(false)],
  });
  return { key: exportPrivateKey(privateKey, "traditional", password), csr };
}
