import type { Evse } from "./evse.ts";

/** How the EVSE for an accepted token is found when the token may be used at several. */
export type SelectionAlgorithm = "FindFirst" | "PlugEvents" | "PlugEventsLIFO";

/**
 * @param candidates EVSEs at which the token may be used, in the order of their ids.
 * @param plugIns ids of EVSEs whose cars wait for an authorization, oldest first.
 * @param choice the token could have been used at several EVSEs; a single one is taken without looking at plug-ins.
 */
export function selectEvse(
  algorithm: SelectionAlgorithm,
  candidates: readonly Evse[],
  plugIns: readonly number[],
  choice: boolean,
): Evse | "waitForPlugIn" | "none" {
  const [first] = candidates;
  if (first === undefined) return "none";
  if (!choice) return first;
  const plugged = plugIns.flatMap((id) => candidates.find((evse) => evse.id === id) ?? []);
  if (algorithm === "FindFirst") return plugged[0] ?? first;
  return (algorithm === "PlugEvents" ? plugged[0] : plugged.at(-1)) ?? "waitForPlugIn";
}
