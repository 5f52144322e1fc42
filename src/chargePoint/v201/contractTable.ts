/** OCPP 2.0.1, use case C07: may this contract certificate charge here? */
import { type ContractFacts, type ContractVerdict, contractFacts, contractRows } from "../contractTable.ts";
import type { DecisionTable } from "../decisionTable.ts";

export interface ContractFacts201 extends ContractFacts {
  /** AuthCtrlr.Enabled; absent is false. */
  readonly authorization: "on" | "off";
}

const rows = contractRows({
  CentralContractValidationAllowed: "ISO15118Ctrlr.CentralContractValidationAllowed",
  ContractValidationOffline: "ISO15118Ctrlr.ContractValidationOffline",
  LocalAuthorizeOffline: "AuthCtrlr.LocalAuthorizeOffline",
});

export const contractTable: DecisionTable<ContractFacts201, ContractVerdict> = {
  title: "Contract certificates in OCPP 2.0.1 (C07)",
  facts: { authorization: ["on", "off"], ...contractFacts },
  rows: [
    {
      id: "authorization-off",
      when: { authorization: ["off"] },
      verdict: { do: "answer", status: "Accepted" },
      because: "AuthCtrlr.Enabled is not true: every token is accepted",
    },
    ...rows.map((row) => ({ ...row, when: { authorization: ["on"] as const, ...row.when } })),
  ],
};
