import type { Commands, InterfaceDefinition } from "../../../src/framework/interface.ts";

/** A neighbour that writes down what it is told, and answers what it must. */
export function neighbour<I extends InterfaceDefinition>(
  name: string,
  definition: I,
  calls: string[],
  answers: Readonly<Record<string, unknown>> = {},
): Commands<I> {
  const command = (cmd: string) => (args: object) => {
    calls.push([`${name}.${cmd}`, ...Object.values(args).map((arg) => JSON.stringify(arg))].join(" "));
    return answers[cmd] ?? null;
  };
  return Object.fromEntries(Object.keys(definition.cmds).map((cmd) => [cmd, command(cmd)])) as Commands<I>;
}

/** Of a board. */
export const boardCapabilities = {
  max_current_A_import: 32,
  min_current_A_import: 6,
  max_phase_count_import: 3,
  min_phase_count_import: 1,
  max_current_A_export: 0,
  min_current_A_export: 0,
  max_phase_count_export: 3,
  min_phase_count_export: 1,
  supports_changing_phases_during_charging: true,
  supports_cp_state_E: false,
  connector_type: "IEC62196Type2Cable",
} as const;
