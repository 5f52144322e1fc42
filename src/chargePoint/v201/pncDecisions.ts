import { joined } from "../pncDecisions.ts";
import { contractTable } from "./contractTable.ts";
import { localTable } from "./localTable.ts";

/** Authorization by contract in OCPP 2.0.1, whole. */
export const pncDecisions = joined({
  title: "OCPP 2.0.1 (C07, C10 to C14)",
  contracts: contractTable,
  local: localTable,
  known: { connection: "offline" },
});
