/** When OCPP 1.6 has OCSP responses refreshed: GetCertificateStatus of the Plug & Charge extension. */
import { OcspUpdater } from "../ocspUpdater.ts";
import type { Block, Core } from "./core.ts";
import { callPnc } from "./pnc.ts";

/** EVerest looks so long after the CSMS has accepted the station. */
const FIRST_MS = 60_000;
const LONGEST_AFTER_FAILURE_MS = 86_400_000;

export function ocspUpdater({ clock, log, station, csms, config }: Core): OcspUpdater {
  const interval = () => config.value("OcspRequestInterval") * 1000;
  return new OcspUpdater({
    ...{ clock, log },
    security: station.security,
    wait: (complete) => {
      if (!config.certificatesManaged) return 0;
      return complete ? interval() : Math.min(interval(), LONGEST_AFTER_FAILURE_MS);
    },
    fetch: (ocspRequestData) => callPnc(csms, "GetCertificateStatus", { ocspRequestData }),
  });
}

/** Rounds follow on a boot, on the switch that turns them on, and on the way back from a round without the CSMS. */
export function ocspBlock({ config }: Core, updater: OcspUpdater): Block {
  config.onChange(({ key }) => {
    if (key === "OcspRequestInterval" && config.certificatesManaged) {
      updater.schedule(config.value("OcspRequestInterval") * 1000);
    }
    if (key !== "ISO15118CertificateManagementEnabled" && key !== "ISO15118PnCEnabled") return;
    updater.schedule(config.certificatesManaged ? FIRST_MS : 0);
  });
  return {
    online: ({ booted }) => {
      if (config.certificatesManaged && (booted || !updater.complete)) updater.schedule(FIRST_MS);
    },
    stop: () => updater.stop(),
  };
}
