/** What the car speaks in a session, by its configuration and by what it is to charge. */
import { din70121, type EnergyTransferMode, iso15118_2, type SpokenProtocol } from "../../evcc/index.ts";
import type { Config } from "./manifest.ts";

export interface Language {
  /** The most wanted first. */
  readonly protocols: readonly SpokenProtocol[];
  readonly tls: "none" | "wanted" | "required";
}

/** Modes of DIN SPEC 70121. */
const dinModes: readonly EnergyTransferMode[] = ["DC_core", "DC_extended"];

/** ISO 15118-2 before DIN SPEC 70121. Who speaks DIN alone asks for no TLS, as it has none. */
export function languageFor(
  { supported_DIN70121, supported_ISO15118_2, tls_active, enforce_tls }: Config,
  mode: EnergyTransferMode,
): Language | { readonly obstacle: string } {
  const din = supported_DIN70121 && dinModes.includes(mode);
  if (!din && !supported_ISO15118_2) {
    return {
      obstacle: supported_DIN70121
        ? `DIN SPEC 70121 has no ${mode}, and supported_ISO15118_2 is off`
        : "supported_ISO15118_2 and supported_DIN70121 are off, and nothing else is spoken",
    };
  }
  if (!supported_ISO15118_2 && enforce_tls) {
    return { obstacle: "enforce_tls is on, and DIN SPEC 70121, which alone is spoken, has no TLS" };
  }
  return {
    protocols: [...(supported_ISO15118_2 ? [iso15118_2] : []), ...(din ? [din70121] : [])],
    tls: !supported_ISO15118_2 ? "none" : enforce_tls ? "required" : tls_active ? "wanted" : "none",
  };
}
