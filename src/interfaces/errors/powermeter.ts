/** Faults of a meter. */
export const powermeter_errors = [
  "powermeter/CommunicationFault",
  "powermeter/VendorError",
  "powermeter/VendorWarning",
] as const;
