import type { CarManufacturer } from "../../interfaces/types/evse_manager.ts";

/** Address blocks of car makers (IEEE OUI registry). */
const makers: readonly (readonly [prefix: string, maker: CarManufacturer])[] = [
  ["00:7D:FA", "VolkswagenGroup"],
  ["0C:29:8F", "Tesla"],
  ["4C:FC:AA", "Tesla"],
  ["54:F8:F0", "Tesla"],
  ["98:ED:5C", "Tesla"],
  ["DC:44:27:1", "Tesla"],
];

/** Who built the car with this EVCCID (`XX:XX:XX:XX:XX:XX`). */
export function manufacturerOf(evccId: string): CarManufacturer {
  return makers.find(([prefix]) => evccId.toUpperCase().startsWith(prefix))?.[1] ?? "Unknown";
}
