/** Who may charge: tokens, and contracts with their certificates. */

import { normaliseEmaid } from "../../iso15118/emaid.ts";
import type { AuthorizationStatusEnumType, IdTokenEnumType, IdTokenType } from "../../ocpp/v201/messages.generated.ts";
import type { Database } from "../../util/database.ts";
import { type Certificate, certificateHashData, type HashData } from "../../x509/index.ts";
import { canonicalEmaid } from "../services/emaid.ts";

export interface TokenAccount {
  readonly idToken: string;
  readonly type: IdTokenEnumType;
  readonly status?: AuthorizationStatusEnumType;
  readonly groupIdToken?: IdTokenType;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
}

export interface ContractAccount {
  readonly emaid: string;
  /** Accepted when absent. Blocked, Expired and Invalid end a contract (C07.FR.13). */
  readonly status?: AuthorizationStatusEnumType;
  /** The contract's certificates. Once there is one, hash data of others are not taken for this contract. */
  readonly certificates?: readonly { readonly certificate: Certificate; readonly issuer: Certificate }[];
  /** Cars that may have this contract installed, by the common name of their provisioning certificate. */
  readonly pcids?: readonly string[];
}

/** A certificate that is known to be a contract's. */
export interface ContractCertificate {
  readonly emaid: string;
  readonly notAfter: number;
}

interface TokenRow {
  status: AuthorizationStatusEnumType;
  group_id: string | null;
  group_type: IdTokenEnumType | null;
  expires_at: number | null;
}

export class AccountStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Adds tokens, or changes those that are there. */
  setTokens(tokens: readonly TokenAccount[]): void {
    this.#database.atomically(() => {
      for (const { idToken, type, status = "Accepted", groupIdToken, expiresAt } of tokens) {
        this.#database.run(
          "INSERT OR REPLACE INTO token (id_token, type, status, group_id, group_type, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
          idToken.toLowerCase(),
          type,
          status,
          groupIdToken?.idToken ?? null,
          groupIdToken?.type ?? null,
          expiresAt ?? null,
        );
      }
    });
  }

  /** Tokens are case-insensitive. */
  token(idToken: string, type: IdTokenEnumType): TokenAccount | undefined {
    const row = this.#database.get<TokenRow>(
      "SELECT status, group_id, group_type, expires_at FROM token WHERE id_token = ? AND type = ?",
      idToken.toLowerCase(),
      type,
    );
    if (!row) return undefined;
    return {
      idToken,
      type,
      status: row.status,
      ...(row.group_id !== null && { groupIdToken: { idToken: row.group_id, type: row.group_type ?? "Central" } }),
      ...(row.expires_at !== null && { expiresAt: row.expires_at }),
    };
  }

  /** Adds contracts, or changes those that are there; certificates are added to the known ones. */
  setContracts(contracts: readonly ContractAccount[]): void {
    this.#database.atomically(() => {
      for (const { emaid, status = "Accepted", certificates = [], pcids = [] } of contracts) {
        const key = canonicalEmaid(emaid);
        this.#database.run("INSERT OR REPLACE INTO contract (emaid, status) VALUES (?, ?)", key, status);
        for (const pcid of pcids) {
          const name = normaliseEmaid(emaid);
          this.#database.run("INSERT OR REPLACE INTO vehicle (pcid, emaid) VALUES (?, ?)", pcid.toUpperCase(), name);
        }
        for (const { certificate, issuer } of certificates) this.addContractCertificate(emaid, certificate, issuer);
      }
    });
  }

  /** The contract's status; undefined when there is no such contract. */
  contract(emaid: string): AuthorizationStatusEnumType | undefined {
    const key = canonicalEmaid(emaid);
    return this.#database.get<{ status: AuthorizationStatusEnumType }>(
      "SELECT status FROM contract WHERE emaid = ?",
      key,
    )?.status;
  }

  /** The eMAID, with its check digit if it has one, of the contract for a car; undefined for a car that has none. */
  contractOfCar(pcid: string): string | undefined {
    const sql = "SELECT emaid FROM vehicle WHERE pcid = ?";
    return this.#database.get<{ emaid: string }>(sql, pcid.toUpperCase())?.emaid;
  }

  /** Lists a certificate as the contract's; the contract stays what it is. */
  addContractCertificate(emaid: string, certificate: Certificate, issuer: Certificate): void {
    const { issuerNameHash, issuerKeyHash, serialNumber } = certificateHashData(certificate, issuer);
    this.#database.run(
      `INSERT OR REPLACE INTO contract_certificate
       (issuer_name_hash, issuer_key_hash, serial, emaid, not_after) VALUES (?, ?, ?, ?, ?)`,
      issuerNameHash,
      issuerKeyHash,
      serialNumber,
      canonicalEmaid(emaid),
      certificate.notAfter,
    );
  }

  hasCertificates(emaid: string): boolean {
    const key = canonicalEmaid(emaid);
    return this.#database.get("SELECT 1 FROM contract_certificate WHERE emaid = ? LIMIT 1", key) !== undefined;
  }

  /** @param hash made with SHA-256, lower case, serial number without leading zeros. */
  contractCertificate(hash: Omit<HashData, "hashAlgorithm">): ContractCertificate | undefined {
    const row = this.#database.get<{ emaid: string; not_after: number }>(
      `SELECT emaid, not_after FROM contract_certificate
       WHERE issuer_name_hash = ? AND issuer_key_hash = ? AND serial = ?`,
      hash.issuerNameHash,
      hash.issuerKeyHash,
      hash.serialNumber,
    );
    return row && { emaid: row.emaid, notAfter: row.not_after };
  }
}
