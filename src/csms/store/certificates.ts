/** The status of certificates, for the OCSP responder: only what is listed here was issued. */
import type { Database } from "../../util/database.ts";
import { type Certificate, certificateHashData, type OcspCertId, type OcspStatus } from "../../x509/index.ts";

export class CertificateStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Lists a certificate as issued; one that is revoked stays so. */
  issued(certificate: Certificate, issuer: Certificate): void {
    this.#database.run(
      "INSERT OR IGNORE INTO certificate (issuer_key_hash, serial, subject) VALUES (?, ?, ?)",
      certificateHashData(certificate, issuer).issuerKeyHash,
      certificate.serialNumber,
      certificate.subject.toString(),
    );
  }

  /** @param reason as RFC 5280, 5.3.1 numbers it. @returns false for a certificate that is not listed. */
  revoke(issuerKeyHash: string, serialNumber: string, time: number, reason?: number): boolean {
    const known = this.status(issuerKeyHash, serialNumber).status !== "unknown";
    this.#database.run(
      "UPDATE certificate SET revoked_at = ?, reason = ? WHERE issuer_key_hash = ? AND serial = ?",
      time,
      reason ?? null,
      issuerKeyHash,
      serialNumber,
    );
    return known;
  }

  /** The name of a certificate that is listed, when its hashes are of SHA-256. */
  subject({ issuerKeyHash, serialNumber }: OcspCertId): string | undefined {
    return this.#database.get<{ subject: string }>(
      "SELECT subject FROM certificate WHERE issuer_key_hash = ? AND serial = ?",
      issuerKeyHash,
      serialNumber,
    )?.subject;
  }

  /** @param issuerKeyHash SHA-256. @param serialNumber without leading zeros. */
  status(issuerKeyHash: string, serialNumber: string): OcspStatus {
    const row = this.#database.get<{ revoked_at: number | null; reason: number | null }>(
      "SELECT revoked_at, reason FROM certificate WHERE issuer_key_hash = ? AND serial = ?",
      issuerKeyHash,
      serialNumber,
    );
    if (!row) return { status: "unknown" };
    if (row.revoked_at === null) return { status: "good" };
    return { status: "revoked", revokedAt: row.revoked_at, ...(row.reason !== null && { reason: row.reason }) };
  }
}
