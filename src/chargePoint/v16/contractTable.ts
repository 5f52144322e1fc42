/** Plug & Charge in OCPP 1.6 (the extension's Authorize): may this contract certificate charge here? */
import { type ContractFacts, type ContractVerdict, contractFacts, contractRows } from "../contractTable.ts";
import type { DecisionTable } from "../decisionTable.ts";

export interface ContractFacts16 extends ContractFacts {
  /** The configuration has a section PnC, and ISO15118PnCEnabled in it is true. */
  readonly ISO15118PnCEnabled: boolean;
}

const rows = contractRows({
  CentralContractValidationAllowed: "PnC.CentralContractValidationAllowed",
  ContractValidationOffline: "PnC.ContractValidationOffline",
  LocalAuthorizeOffline: "Core.LocalAuthorizeOffline",
});

export const contractTable: DecisionTable<ContractFacts16, ContractVerdict> = {
  title: "Contract certificates in OCPP 1.6 (DataTransfer Authorize)",
  facts: { ISO15118PnCEnabled: [true, false], ...contractFacts },
  rows: [
    {
      id: "pnc-disabled",
      when: { ISO15118PnCEnabled: [false] },
      verdict: { do: "answer", status: "Invalid" },
      because: "Plug & Charge is switched off: contracts are not accepted",
      fix: "Add the section PnC to the OCPP 1.6 configuration and set PnC.ISO15118PnCEnabled to true.",
    },
    ...rows.map((row) => ({ ...row, when: { ISO15118PnCEnabled: [true] as const, ...row.when } })),
  ],
};
