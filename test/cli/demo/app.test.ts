import { describe, expect, it } from "vitest";
import { appAccount, startByApp } from "../../../src/cli/demo/app.ts";
import type { Csms } from "../../../src/csms/csms.ts";
import { NotConnected } from "../../../src/rpc/errors.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { Timeline } from "../../../src/util/trace.ts";

/** A CSMS whose station answers so, or not at all. */
function csms(answer: object | undefined, asked: unknown[] = []): Csms {
  const call = async (...request: unknown[]) => {
    asked.push(request);
    if (!answer) throw new NotConnected("cp001 is not connected");
    return answer;
  };
  return { call, call16: call } as unknown as Csms;
}

describe("the driver's app", () => {
  it.each([
    ["2.0.1", "RequestStartTransaction", { evseId: 1, remoteStartId: 1, idToken: { ...appAccount } }],
    ["1.6", "RemoteStartTransaction", { connectorId: 1, idTag: "APP-DEMO-0001" }],
  ] as const)(
    "has the CSMS start the station's EVSE for its account, in OCPP %s",
    async (ocppVersion, action, request) => {
      const asked: unknown[] = [];
      const timeline = new Timeline(new ManualClock());
      await startByApp({ csms: csms({ status: "Accepted" }, asked), station: "cp001", ocppVersion, trace: timeline });
      expect(asked).toEqual([["cp001", action, request]]);
      expect(timeline.entries.map(({ outcome }) => outcome)).toEqual([undefined]);
    },
  );

  it.each([
    [{ status: "Rejected" }, "does not start for the app: Rejected"],
    [{ status: "Rejected", statusInfo: { additionalInfo: "no EVSE is free" } }, "no EVSE is free"],
    [undefined, "cp001 is not connected"],
  ])("bad case: says why the station does not start: %j", async (answer, words) => {
    for (const ocppVersion of ["2.0.1", "1.6"] as const) {
      const timeline = new Timeline(new ManualClock());
      await startByApp({ csms: csms(answer), station: "cp001", ocppVersion, trace: timeline });
      const title = expect.stringContaining(ocppVersion === "2.0.1" ? words : (answer?.status ?? words));
      expect(timeline.entries.at(-1)).toMatchObject({ outcome: "refused", title });
    }
  });
});
