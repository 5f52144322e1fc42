/** Faults of an over-voltage monitor. */
export const over_voltage_monitor_errors = [
  "over_voltage_monitor/MREC5OverVoltage",
  "over_voltage_monitor/DeviceFault",
  "over_voltage_monitor/CommunicationFault",
  "over_voltage_monitor/VendorError",
  "over_voltage_monitor/VendorWarning",
] as const;
