/** Faults of an insulation monitor. */
export const isolation_monitor_errors = [
  "isolation_monitor/DeviceFault",
  "isolation_monitor/CommunicationFault",
  "isolation_monitor/VendorError",
  "isolation_monitor/VendorWarning",
] as const;
