/** The CSMS's tables. A script is never changed once it has been shipped; another is added. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE station (
    identity TEXT PRIMARY KEY,
    registration TEXT,
    vendor TEXT, model TEXT, serial TEXT, firmware TEXT,
    booted_at INTEGER, seen_at INTEGER
  ) STRICT;
  CREATE TABLE connector (
    identity TEXT NOT NULL, evse INTEGER NOT NULL, connector INTEGER NOT NULL,
    status TEXT NOT NULL, since TEXT NOT NULL,
    PRIMARY KEY (identity, evse, connector)
  ) STRICT;
  CREATE TABLE variable (
    identity TEXT NOT NULL, component TEXT NOT NULL, variable TEXT NOT NULL, attribute TEXT NOT NULL,
    value TEXT, mutability TEXT,
    PRIMARY KEY (identity, component, variable, attribute)
  ) STRICT;
  CREATE TABLE notice (
    id INTEGER PRIMARY KEY, identity TEXT NOT NULL, action TEXT NOT NULL, received_at INTEGER NOT NULL,
    content TEXT NOT NULL
  ) STRICT;
  CREATE TABLE token (
    id_token TEXT NOT NULL, type TEXT NOT NULL, status TEXT NOT NULL,
    group_id TEXT, group_type TEXT, expires_at INTEGER,
    PRIMARY KEY (id_token, type)
  ) STRICT;
  CREATE TABLE contract (
    emaid TEXT PRIMARY KEY, status TEXT NOT NULL
  ) STRICT;
  CREATE TABLE contract_certificate (
    issuer_name_hash TEXT NOT NULL, issuer_key_hash TEXT NOT NULL, serial TEXT NOT NULL,
    emaid TEXT NOT NULL, not_after INTEGER NOT NULL,
    PRIMARY KEY (issuer_name_hash, issuer_key_hash, serial)
  ) STRICT;
  CREATE TABLE certificate (
    issuer_key_hash TEXT NOT NULL, serial TEXT NOT NULL,
    subject TEXT NOT NULL, revoked_at INTEGER, reason INTEGER,
    PRIMARY KEY (issuer_key_hash, serial)
  ) STRICT;
  CREATE TABLE tx (
    identity TEXT NOT NULL, transaction_id TEXT NOT NULL, state TEXT NOT NULL,
    PRIMARY KEY (identity, transaction_id)
  ) STRICT;
  CREATE TABLE tx_event (
    identity TEXT NOT NULL, transaction_id TEXT NOT NULL, seq_no INTEGER NOT NULL,
    received_at INTEGER NOT NULL, content TEXT NOT NULL,
    PRIMARY KEY (identity, transaction_id, seq_no)
  ) STRICT;
  `,
  `
  CREATE TABLE vehicle (
    pcid TEXT PRIMARY KEY, emaid TEXT NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE tx_number (
    id INTEGER PRIMARY KEY AUTOINCREMENT, identity TEXT NOT NULL, content TEXT NOT NULL,
    UNIQUE (identity, content)
  ) STRICT;
  ALTER TABLE station ADD COLUMN protocol TEXT;
  CREATE TABLE station_account (
    identity TEXT PRIMARY KEY, profile INTEGER NOT NULL, salt TEXT, digest TEXT
  ) STRICT;
  `,
];
