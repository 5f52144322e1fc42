/** Faults that only the EVSE as a whole can see. */
export const evse_manager_errors = [
  "evse_manager/Internal",
  "evse_manager/MREC4OverCurrentFailure",
  "evse_manager/MREC5OverVoltage",
  "evse_manager/MREC9AuthorizationTimeout",
  "evse_manager/PowermeterTransactionStartFailed",
  "evse_manager/Inoperative",
  "evse_manager/MREC22ResistanceFault",
  "evse_manager/MREC11CableCheckFault",
  "evse_manager/VoltagePlausibilityFault",
] as const;
