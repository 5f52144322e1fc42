/** Every module that a configuration may name. */
import type { ModuleCatalogue } from "../framework/config.ts";
import { Auth } from "../modules/Auth/index.ts";
import { DCSupplySimulator } from "../modules/DCSupplySimulator/index.ts";
import { EnergyManager } from "../modules/EnergyManager/index.ts";
import { EnergyNode } from "../modules/EnergyNode/index.ts";
import { EvManager } from "../modules/EvManager/index.ts";
import { EvseManager } from "../modules/EvseManager/index.ts";
import { EvseSecurity } from "../modules/EvseSecurity/index.ts";
import { EvseV2G } from "../modules/EvseV2G/index.ts";
import { IMDSimulator } from "../modules/IMDSimulator/index.ts";
import { OCPP201 } from "../modules/OCPP201/index.ts";
import { OVMSimulator } from "../modules/OVMSimulator/index.ts";
import { PyEvJosev } from "../modules/PyEvJosev/index.ts";
import { SlacSimulator } from "../modules/SlacSimulator/index.ts";
import { YetiSimulator } from "../modules/YetiSimulator/index.ts";

export const modules: ModuleCatalogue = {
  Auth,
  DCSupplySimulator,
  EnergyManager,
  EnergyNode,
  EvManager,
  EvseManager,
  EvseSecurity,
  EvseV2G,
  IMDSimulator,
  OCPP201,
  OVMSimulator,
  PyEvJosev,
  SlacSimulator,
  YetiSimulator,
};
