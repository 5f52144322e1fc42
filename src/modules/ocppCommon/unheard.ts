/** Connections to Auth without which the CSMS has no say about tokens; nothing else would show that they are missing. */
import type { OcppContext } from "./context.ts";

type Ports = Pick<OcppContext, "moduleId" | "log"> & {
  readonly provides: Record<"auth_validator" | "auth_provider", { readonly listeners: readonly string[] }>;
};

const connections = [
  ["auth_validator", "token_validator", "the CSMS is not asked about tokens and contracts"],
  ["auth_provider", "token_provider", "the CSMS cannot start a session"],
] as const;

export function warnOfUnheard({ moduleId, log, provides }: Ports): void {
  for (const [implementation, requirement, consequence] of connections) {
    if (provides[implementation].listeners.length > 0) continue;
    const fix = `Add {module_id: ${moduleId}, implementation_id: ${implementation}} to the ${requirement} connections of Auth.`;
    log.warn({ fix }, `no module is connected to ${moduleId}.${implementation}: ${consequence}`);
  }
}
