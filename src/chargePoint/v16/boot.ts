/** Who the station is, and how it registers (OCPP 1.6, 4.2, 4.6). */
import type { BootNotificationRequest } from "../../ocpp/v16/messages.generated.ts";
import { inBackground, type Online } from "../block.ts";
import { Registration } from "../registration.ts";
import type { Configuration } from "./configuration/configuration.ts";
import type { Core } from "./core.ts";

/** @param announce told when the CSMS may be spoken to. */
export function bootBlock(core: Core, announce: (how: Online) => void): Registration {
  const { config, csms } = core;
  const registration = new Registration({
    ...core,
    announce,
    boot: () => csms.call("BootNotification", bootNotification(config)),
    heartbeat: () => csms.call("Heartbeat", {}),
    heartbeatInterval: () => config.value("HeartbeatInterval"),
    setHeartbeatInterval: (seconds) => {
      if (seconds === config.value("HeartbeatInterval")) return;
      inBackground(core, "keeping HeartbeatInterval", () => config.put("HeartbeatInterval", seconds));
    },
    backOff: () => backOffOf(config),
    // 1.6 has no other source of time (4.6).
    takesTime: () => true,
  });
  config.onChange(({ key }) => {
    if (key === "HeartbeatInterval") registration.restartHeartbeat();
  });
  return registration;
}

/** How long to wait before another attempt. */
export function backOffOf(config: Configuration) {
  return {
    waitMinimumMs: config.value("RetryBackoffWaitMinimum") * 1000,
    randomRangeMs: config.value("RetryBackoffRandomRange") * 1000,
    repeatTimes: config.value("RetryBackoffRepeatTimes"),
  };
}

function bootNotification(config: Configuration): BootNotificationRequest {
  const chargePointSerialNumber = config.value("ChargePointSerialNumber");
  const iccid = config.value("ICCID");
  const imsi = config.value("IMSI");
  const meterType = config.value("MeterType");
  const meterSerialNumber = config.value("MeterSerialNumber");
  return {
    chargePointVendor: config.value("ChargePointVendor"),
    chargePointModel: config.value("ChargePointModel"),
    chargeBoxSerialNumber: config.value("ChargeBoxSerialNumber"),
    firmwareVersion: config.value("FirmwareVersion"),
    ...(chargePointSerialNumber === undefined ? {} : { chargePointSerialNumber }),
    ...(iccid === undefined ? {} : { iccid }),
    ...(imsi === undefined ? {} : { imsi }),
    ...(meterType === undefined ? {} : { meterType }),
    ...(meterSerialNumber === undefined ? {} : { meterSerialNumber }),
  };
}
