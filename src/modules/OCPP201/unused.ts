/** What of EVerest's configuration of OCPP 2.0.1 has no effect here. */
import type { Unused } from "../ocppCommon/unused.ts";

export function unusedSettings(
  { CustomMrecErrorMapPath }: { readonly CustomMrecErrorMapPath: string },
  logFormats: readonly string[],
): Unused[] {
  return [
    {
      key: "CustomMrecErrorMapPath",
      value: CustomMrecErrorMapPath,
      harmless: [""],
      because: "errors are told of without a technical code",
    },
    {
      key: "InternalCtrlr.LogMessagesFormat",
      value: logFormats,
      harmless: ["log", "security", "callback"],
      because: "messages are written to libocpp.log only, and security events to the log of the station",
    },
  ];
}
