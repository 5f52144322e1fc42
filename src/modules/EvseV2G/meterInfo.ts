/** What EVs are shown of the powermeter (ISO 15118-2, 8.5.2.27), and sign a receipt for. */
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import type { MeterInfo } from "../../iso15118/iso2/index.ts";
import { BytesError, fromBase64 } from "../../util/bytes.ts";
import type { Logger } from "../../util/log.ts";

const MAX_METER_ID = 32;
/** Octets of SigMeterReading. */
const MAX_SIGNED = 64;

/** Whatever a meter tells, as MeterInfo. That its signed values are too long for EVs is logged once. */
export function meterReader(log: Logger): (powermeter: Powermeter) => MeterInfo {
  let told = false;
  const fitting = (signed: Uint8Array | undefined) => {
    if (!signed || signed.length === 0) return {};
    if (signed.length <= MAX_SIGNED) return { SigMeterReading: signed };
    if (!told) {
      const reason = `a signed meter value has ${signed.length} octets, SigMeterReading at most ${MAX_SIGNED}`;
      log.warn({}, `${reason}: EVs get the reading without it, and the CSMS gets it whole`);
    }
    told = true;
    return {};
  };
  return (powermeter) => {
    const { meter_id, energy_Wh_import, timestamp } = powermeter;
    return {
      MeterID: (meter_id ?? "").slice(0, MAX_METER_ID),
      MeterReading: Math.max(0, Math.round(energy_Wh_import.total)),
      ...fitting(signedReading(powermeter)),
      TMeter: Math.floor(Date.parse(timestamp) / 1000),
    };
  };
}

/** Base64 stands for octets, as most meters have it; other text, such as OCMF, for itself. */
function signedReading({ signed_meter_value, energy_Wh_import_signed }: Powermeter): Uint8Array | undefined {
  const text = (signed_meter_value ?? energy_Wh_import_signed?.total)?.signed_meter_data;
  if (text === undefined) return undefined;
  try {
    return fromBase64(text);
  } catch (error) {
    if (!(error instanceof BytesError)) throw error;
    return new TextEncoder().encode(text);
  }
}
