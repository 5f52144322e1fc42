import type { ChargerConfig } from "./charger/model.ts";
import type { DcConfig } from "./dc/model.ts";
import type { EnergyNodeOptions } from "./energyNode.ts";
import type { PaymentOptions } from "./payment.ts";
import type { PilotConfig } from "./pilotModel.ts";
import type { SessionIdType } from "./session.ts";

/** All that the configuration says to one EVSE. */
export interface EvseOptions {
  readonly moduleId: string;
  readonly evseId: string;
  readonly sessionIdType: SessionIdType;
  readonly charger: ChargerConfig;
  readonly pilot: PilotConfig;
  readonly payment: PaymentOptions;
  readonly energy: EnergyNodeOptions;
  readonly dc: DcConfig;
  /** 0 = do not wait. */
  readonly initialMeterValueTimeoutMs: number;
  readonly waitForExternalReady: boolean;
  readonly inoperativeUsesVendorId: boolean;
  readonly tellEimOnlyWhenReady: boolean;
  /** What to tell the car's ISO 15118 side when there is no energy; absent = nothing. */
  readonly noEnergyPause?: "PauseBeforeCableCheck" | "AllowEvToIgnorePause";
}
