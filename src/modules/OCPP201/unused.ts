/** What of EVerest's configuration of OCPP 2.0.1 has no effect here. */
import type { Unused } from "../ocppCommon/unused.ts";

export interface Settings201 {
  readonly CompositeScheduleIntervalS: number;
  readonly RequestCompositeScheduleDurationS: number;
  readonly RequestCompositeScheduleUnit: string;
  readonly CustomMrecErrorMapPath: string;
}

const noSchedules = "in OCPP 2.0.1 there are no charging profiles here yet";

export function unusedSettings(config: Settings201, logFormats: readonly string[]): Unused[] {
  const harmless: Readonly<Record<keyof Settings201, unknown>> = {
    CompositeScheduleIntervalS: 30,
    RequestCompositeScheduleDurationS: 600,
    RequestCompositeScheduleUnit: "A",
    CustomMrecErrorMapPath: "",
  };
  const keys = Object.keys(harmless) as (keyof Settings201)[];
  return [
    ...keys.map((key) => ({
      key,
      value: config[key],
      harmless: [harmless[key]],
      because: key === "CustomMrecErrorMapPath" ? "errors are told of without a technical code" : noSchedules,
    })),
    {
      key: "InternalCtrlr.LogMessagesFormat",
      value: logFormats,
      harmless: ["log", "security", "callback"],
      because: "messages are written to libocpp.log only, and security events to the log of the station",
    },
  ];
}
