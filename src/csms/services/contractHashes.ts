/** Hash data of a contract's chain, as a station sent it (iso15118CertificateHashData). Pure. */
import type { OCSPRequestDataType } from "../../ocpp/v201/messages.generated.ts";
import { type Certificate, type OcspCertId, ocspCertId, sameOcspCertId } from "../../x509/index.ts";
import type { ContractPath, RevocationQuestion } from "./contractChain.ts";
import type { Finding } from "./contractFindings.ts";

const hashDigits = { SHA256: 64, SHA384: 96, SHA512: 128 } as const;

/** Undefined when a hash has not the length of its algorithm, or anything is not hexadecimal. */
export function readHashData(data: OCSPRequestDataType): OcspCertId | undefined {
  const { hashAlgorithm, issuerKeyHash, issuerNameHash, serialNumber } = data;
  const isHex = (text: string, digits: number) => text.length === digits && /^[0-9a-f]+$/i.test(text);
  const digits = hashDigits[hashAlgorithm];
  if (!isHex(issuerNameHash, digits) || !isHex(issuerKeyHash, digits) || !isHex(serialNumber, serialNumber.length)) {
    return undefined;
  }
  return {
    hashAlgorithm,
    issuerNameHash: issuerNameHash.toLowerCase(),
    issuerKeyHash: issuerKeyHash.toLowerCase(),
    serialNumber: serialNumber.toLowerCase().replace(/^0+(?=.)/, ""),
  };
}

/**
 * The questions that hash data ask, or what is wrong with them.
 *
 * @param subjectOf what is known of the certificate's name.
 */
export function hashQuestions(
  list: readonly OCSPRequestDataType[],
  subjectOf: (certId: OcspCertId) => string | undefined,
): readonly RevocationQuestion[] | Finding {
  const questions: RevocationQuestion[] = [];
  for (const data of list) {
    const certId = readHashData(data);
    if (!certId) return { finding: "unreadable", reason: "the hash data are not hashes" };
    const subject = subjectOf(certId) ?? `the certificate with serial number ${certId.serialNumber}`;
    questions.push({ certId, url: data.responderURL, subject });
  }
  return questions;
}

/** Whether all hash data are of certificates of `path`: chain and hash data that differ are a trick or a bug. */
export function fitPath(questions: readonly RevocationQuestion[], path: ContractPath): boolean {
  const isOf = (certId: OcspCertId) => (certificate: Certificate, index: number) =>
    sameOcspCertId(ocspCertId(certificate, path[index + 1] ?? certificate, certId.hashAlgorithm), certId);
  return questions.every(({ certId }) => path.some(isOf(certId)));
}
