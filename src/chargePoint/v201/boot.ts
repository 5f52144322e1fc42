/** Functional block B of OCPP 2.0.1, first part: who the station is and how it registers (B01 to B04, G02). */
import type { BootNotificationRequest, BootReasonEnumType } from "../../ocpp/v201/messages.generated.ts";
import type { Online } from "../block.ts";
import type { DeviceModel } from "../deviceModel/deviceModel.ts";
import type { TextVariable } from "../deviceModel/variables.ts";
import { Registration } from "../registration.ts";
import type { Core } from "./core.ts";

/** @param announce told when the CSMS may be spoken to. */
export function bootBlock(core: Core, reason: BootReasonEnumType, announce: (how: Online) => void): Registration {
  const { model, csms } = core;
  const registration = new Registration({
    ...core,
    announce,
    boot: (triggered) => csms.call("BootNotification", bootNotification(model, triggered ? "Triggered" : reason)),
    heartbeat: () => csms.call("Heartbeat", {}),
    heartbeatInterval: () => model.value("OCPPCommCtrlr.HeartbeatInterval") ?? 0,
    setHeartbeatInterval: (seconds) => {
      model.set({ name: "OCPPCommCtrlr" }, { name: "HeartbeatInterval" }, "Actual", String(seconds), "csms");
    },
    backOff: () => ({
      waitMinimumMs: (model.value("OCPPCommCtrlr.RetryBackOffWaitMinimum") ?? 1) * 1000,
      randomRangeMs: (model.value("OCPPCommCtrlr.RetryBackOffRandomRange") ?? 2) * 1000,
      repeatTimes: model.value("OCPPCommCtrlr.RetryBackOffRepeatTimes") ?? 2,
    }),
    // B01.FR.06
    takesTime: () => model.value("ClockCtrlr.TimeSource")?.includes("Heartbeat") === true,
  });
  model.onChange(({ address }) => {
    if (address === "OCPPCommCtrlr.HeartbeatInterval") registration.restartHeartbeat();
  });
  return registration;
}

function bootNotification(model: DeviceModel, reason: BootReasonEnumType): BootNotificationRequest {
  const text = (name: TextVariable) => model.value(name);
  const iccid = text("InternalCtrlr.ICCID");
  const imsi = text("InternalCtrlr.IMSI");
  const modem = { ...(iccid ? { iccid } : {}), ...(imsi ? { imsi } : {}) };
  const serialNumber = text("InternalCtrlr.ChargeBoxSerialNumber");
  const firmwareVersion = text("InternalCtrlr.FirmwareVersion");
  return {
    reason,
    chargingStation: {
      model: text("InternalCtrlr.ChargePointModel") ?? "",
      vendorName: text("InternalCtrlr.ChargePointVendor") ?? "",
      ...(serialNumber ? { serialNumber } : {}),
      ...(firmwareVersion ? { firmwareVersion } : {}),
      ...(iccid || imsi ? { modem } : {}),
    },
  };
}
