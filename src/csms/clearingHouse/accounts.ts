/** The clearing house's accounts are those of the CSMS: one that sells contracts and runs stations. */
import { certificateHashData } from "../../x509/index.ts";
import { endedStates } from "../services/contractFindings.ts";
import type { AccountStore } from "../store/accounts.ts";
import type { CertificateStore } from "../store/certificates.ts";
import type { Account, Accounts } from "./ports.ts";

export function contractAccounts(accounts: AccountStore, certificates: CertificateStore): Accounts {
  const ofContract = (emaid: string): Account | undefined => {
    const status = accounts.contract(emaid);
    return status && { emaid, active: !endedStates.includes(status) };
  };
  return {
    ofContract,
    ofCar(pcid) {
      const emaid = accounts.contractOfCar(pcid);
      return emaid === undefined ? undefined : ofContract(emaid);
    },
    isRevoked(certificate, issuer) {
      const { issuerKeyHash, serialNumber } = certificateHashData(certificate, issuer);
      return certificates.status(issuerKeyHash, serialNumber).status === "revoked";
    },
    issued(certificate, issuer, emaid) {
      certificates.issued(certificate, issuer);
      accounts.addContractCertificate(emaid, certificate, issuer);
    },
  };
}
