/** Faults of a DC power supply. */
export const power_supply_DC_errors = [
  "power_supply_DC/CommunicationFault",
  "power_supply_DC/HardwareFault",
  "power_supply_DC/OverTemperature",
  "power_supply_DC/UnderTemperature",
  "power_supply_DC/UnderVoltageAC",
  "power_supply_DC/OverVoltageAC",
  "power_supply_DC/UnderVoltageDC",
  "power_supply_DC/OverVoltageDC",
  "power_supply_DC/OverCurrentAC",
  "power_supply_DC/OverCurrentDC",
  "power_supply_DC/VendorError",
  "power_supply_DC/VendorWarning",
] as const;
