/** When OCPP 2.0.1 wants OCSP responses refreshed (M06). */
import { OcspUpdater } from "../ocspUpdater.ts";
import type { Block, Core } from "./core.ts";

const HOUR = 3_600_000;
/** A response is good for a week at most ([V2G2-875]); one hour less leaves time to fetch the next. */
const PERIOD = 167 * HOUR;
const AFTER_FAILURE = 24 * HOUR;

export function ocspUpdater({ clock, log, station, csms }: Core): OcspUpdater {
  return new OcspUpdater({
    ...{ clock, log },
    security: station.security,
    wait: (complete) => (complete ? PERIOD : AFTER_FAILURE),
    fetch: (ocspRequestData) => csms.call("GetCertificateStatus", { ocspRequestData }),
  });
}

/** A round follows on every boot. */
export function ocspBlock(updater: OcspUpdater): Block {
  return {
    online: ({ booted }) => {
      if (booted) updater.update();
    },
    stop: () => updater.stop(),
  };
}
