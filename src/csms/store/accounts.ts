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
  id_token: string;
  type: IdTokenEnumType;
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

  /** Tokens are case-insensitive. @param type any when undefined. */
  token(idToken: string, type?: string): TokenAccount | undefined {
    const row = this.#database.get<TokenRow>(
      "SELECT * FROM token WHERE id_token = ?1 AND (?2 IS NULL OR type = ?2) ORDER BY rowid LIMIT 1",
      idToken.toLowerCase(),
      type ?? null,
    );
    return row && tokenAccount(row);
  }

  tokens(): TokenAccount[] {
    return this.#database.all<TokenRow>("SELECT * FROM token ORDER BY rowid").map(tokenAccount);
  }

  /** @returns whether there was one. */
  removeToken(idToken: string, type: string): boolean {
    const there = this.token(idToken, type) !== undefined;
    this.#database.run("DELETE FROM token WHERE id_token = ? AND type = ?", idToken.toLowerCase(), type);
    return there;
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

  /** All contracts, with the cars that may have each installed. */
  contracts(): { emaid: string; status: AuthorizationStatusEnumType; pcids: string[] }[] {
    const rows = this.#database.all<{ emaid: string; status: AuthorizationStatusEnumType }>(
      "SELECT emaid, status FROM contract ORDER BY rowid",
    );
    const cars = this.#database.all<{ pcid: string; emaid: string }>("SELECT pcid, emaid FROM vehicle ORDER BY pcid");
    const of = (emaid: string) => cars.filter((car) => canonicalEmaid(car.emaid) === emaid);
    return rows.map((row) => ({ ...row, pcids: of(row.emaid).map(({ pcid }) => pcid) }));
  }

  sameContract(a: string, b: string): boolean {
    return canonicalEmaid(a) === canonicalEmaid(b);
  }

  /** With its certificates and cars. @returns whether there was one. */
  removeContract(emaid: string): boolean {
    const key = canonicalEmaid(emaid);
    const there = this.contract(emaid) !== undefined;
    this.#database.atomically(() => {
      this.#database.run("DELETE FROM contract WHERE emaid = ?", key);
      this.#database.run("DELETE FROM contract_certificate WHERE emaid = ?", key);
      this.#database.run("DELETE FROM vehicle WHERE emaid LIKE ? || '%'", key);
    });
    return there;
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

function tokenAccount({ id_token: idToken, type, status, group_id, group_type, expires_at }: TokenRow): TokenAccount {
  return {
    idToken,
    type,
    status,
    ...(group_id !== null && { groupIdToken: { idToken: group_id, type: group_type ?? "Central" } }),
    ...(expires_at !== null && { expiresAt: expires_at }),
  };
}
