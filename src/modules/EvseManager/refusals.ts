/** What the configuration asks for and does not get: refused by its key, or said at the start. */
import { ConnectorTypeEnum } from "../../interfaces/types/evse_manager.ts";
import { UserError } from "../../util/errors.ts";
import type { Logger } from "../../util/log.ts";
import type { EvseManagerConfig } from "./manifest.ts";

/** What is connected to the module. */
export interface Connected {
  /** slac and hlc. */
  readonly hlc: boolean;
  readonly supply: boolean;
  readonly imd: boolean;
}

/**
 * Refuses what the module cannot do, rather than doing something else.
 * @throws UserError naming the key.
 */
export function refuseUnserved(config: EvseManagerConfig, moduleId: string, { hlc, supply }: Connected): void {
  if (config.charge_mode !== "DC" || (hlc && supply)) return;
  throw new UserError("DC charging needs a power supply and ISO 15118", {
    key: `active_modules.${moduleId}.connections`,
    expected: "connections slac, hlc and powersupply_DC",
    fix: "Connect them, or set charge_mode to AC.",
  });
}

type Remark = readonly [applies: (config: EvseManagerConfig, connected: Connected) => boolean, words: string];

const remarks: readonly Remark[] = [
  [
    ({ connector_type }) => connector_type !== "Unknown" && !ConnectorTypeEnum.safeParse(connector_type).success,
    "connector_type is none that EVerest knows; no type is reported",
  ],
  [
    ({ hack_allow_bpt_with_iso2 }) => hack_allow_bpt_with_iso2,
    "hack_allow_bpt_with_iso2 is without effect: this module charges cars and feeds nothing back to the grid",
  ],
  [
    ({ lock_connector_in_state_b }) => !lock_connector_in_state_b,
    "lock_connector_in_state_b is false: the plug can be pulled in state B, against IEC 61851-1 Table D.9; not for public places",
  ],
  [
    ({ unlock_when_deauthorized }) => unlock_when_deauthorized,
    "unlock_when_deauthorized is true: the plug is free while nobody is authorized, against IEC 61851-1 Table D.9; not for public places",
  ],
  [
    ({ charge_mode }, { imd }) => charge_mode === "DC" && !imd,
    "DC without an insulation monitor (connection imd): see the rules of your country",
  ],
  [
    ({ payment_enable_eim, payment_enable_contract }) => !payment_enable_eim && !payment_enable_contract,
    "payment_enable_eim and payment_enable_contract are both false: ExternalPayment is offered, as cars need one option",
  ],
];

/** Says what a person who configures the station may not expect. */
export function advise(config: EvseManagerConfig, connected: Connected, log: Logger): void {
  for (const [applies, words] of remarks) if (applies(config, connected)) log.warn({}, words);
  const noContract = whyNoContract(config, connected);
  if (noContract !== undefined) log.info({}, `no Plug & Charge at this EVSE: ${noContract}`);
}

/** Cars pay by contract over ISO 15118 only; the OCPP module may still switch `payment_enable_contract` on. */
function whyNoContract(config: EvseManagerConfig, { hlc }: Connected): string | undefined {
  const { charge_mode, ac_hlc_enabled, payment_enable_contract } = config;
  if (charge_mode === "AC" && !ac_hlc_enabled) return "ac_hlc_enabled is false, so there is no ISO 15118";
  if (!hlc) return "connections slac and hlc are missing, so there is no ISO 15118";
  return payment_enable_contract ? undefined : "payment_enable_contract is false";
}
