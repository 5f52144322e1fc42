import { joined } from "../pncDecisions.ts";
import { contractTable } from "./contractTable.ts";
import { localTable } from "./localTable.ts";

/** Authorization by contract in OCPP 1.6, whole. */
export const pncDecisions = joined({
  title: "OCPP 1.6 with the Plug & Charge extension (DataTransfer Authorize)",
  contracts: contractTable,
  local: localTable,
  known: { token: "contract", connection: "offline" },
});
