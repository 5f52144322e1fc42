/** OCPP 2.0.1, use case C07: may this contract certificate charge here? */
import { type ContractFacts, type ContractVerdict, contractFacts, contractRows } from "../contractTable.ts";
import type { DecisionTable } from "../decisionTable.ts";

export const contractTable: DecisionTable<ContractFacts, ContractVerdict> = {
  title: "Contract certificates in OCPP 2.0.1 (C07)",
  facts: contractFacts,
  rows: contractRows({
    CentralContractValidationAllowed: "ISO15118Ctrlr.CentralContractValidationAllowed",
    ContractValidationOffline: "ISO15118Ctrlr.ContractValidationOffline",
    LocalAuthorizeOffline: "AuthCtrlr.LocalAuthorizeOffline",
  }),
};
