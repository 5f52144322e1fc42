/** Puts the CSMS's parts together. */
import type { Database } from "../util/database.ts";
import { contractAccounts } from "./clearingHouse/accounts.ts";
import { ClearingHouse } from "./clearingHouse/clearingHouse.ts";
import type { Services } from "./context.ts";
import { Faults } from "./faults/faults.ts";
import type { CsmsOptions } from "./options.ts";
import { Reporter } from "./report.ts";
import { ContractService } from "./services/contracts.ts";
import { OcspResponder } from "./services/ocspResponder.ts";
import { Responders } from "./services/responders.ts";
import { RevocationService } from "./services/revocation.ts";
import { SigningService } from "./services/signing.ts";
import { TokenService } from "./services/tokens.ts";
import { TransactionService } from "./services/transactions.ts";
import { AccountStore } from "./store/accounts.ts";
import { CertificateStore } from "./store/certificates.ts";
import { StationAccounts } from "./store/stationAccounts.ts";
import { StationStore } from "./store/stations.ts";
import { TransactionStore } from "./store/transactions.ts";
import { Trust } from "./trust.ts";

export interface Parts {
  readonly services: Services;
  readonly accounts: AccountStore;
  readonly stationAccounts: StationAccounts;
  readonly certificates: CertificateStore;
  readonly responders: Responders;
  readonly responder: OcspResponder;
  readonly trust: Trust;
}

/** @param ocspUrl where this CSMS's own responder can be reached, once that is known. */
export function createParts(options: CsmsOptions, database: Database, ocspUrl: () => string): Parts {
  const { clock, heartbeatInterval = 300, log, random, trace } = options;
  const trust = new Trust();
  const pki = () => trust.pki;
  const accounts = new AccountStore(database);
  const certificates = new CertificateStore(database);
  const responders = new Responders({ clock });
  const revocation = new RevocationService({ clock, random, responders, authorities: () => trust.authorities });
  const reporter = new Reporter(trace, log);
  const services: Services = {
    ...{ clock, heartbeatInterval, reporter },
    faults: new Faults(reporter),
    stations: new StationStore(database),
    tokens: new TokenService(accounts, clock),
    contracts: new ContractService({ accounts, certificates, revocation, pki, clock }),
    revocation,
    clearingHouse: new ClearingHouse({
      ...{ clock, random, ocspUrl },
      authorities: () => trust.pki.contracts,
      accounts: contractAccounts(accounts, certificates),
    }),
    signing: new SigningService({ clock, random, certificates, pki, ocspUrl }),
    transactions: new TransactionService(new TransactionStore(database), clock),
  };
  const responder = new OcspResponder({ clock, certificates, signers: () => trust.pki.ocspSigners });
  const stationAccounts = new StationAccounts(database, random);
  return { services, accounts, stationAccounts, certificates, responders, responder, trust };
}
