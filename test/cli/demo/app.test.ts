import { describe, expect, it } from "vitest";
import { startByApp } from "../../../src/cli/demo/app.ts";
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
  return { call } as unknown as Csms;
}

describe("the driver's app", () => {
  it("has the CSMS start the station's EVSE for its account", async () => {
    const asked: unknown[] = [];
    const timeline = new Timeline(new ManualClock());
    await startByApp(csms({ status: "Accepted" }, asked), "cp001", timeline);
    const request = { evseId: 1, remoteStartId: 1, idToken: { idToken: "APP-DEMO-0001", type: "Central" } };
    expect(asked).toEqual([["cp001", "RequestStartTransaction", request]]);
    expect(timeline.entries.map(({ outcome }) => outcome)).toEqual([undefined]);
  });

  it.each([
    [{ status: "Rejected" }, "does not start for the app: Rejected"],
    [{ status: "Rejected", statusInfo: { additionalInfo: "no EVSE is free" } }, "no EVSE is free"],
    [undefined, "cp001 is not connected"],
  ])("bad case: says why the station does not start: %j", async (answer, words) => {
    const timeline = new Timeline(new ManualClock());
    await startByApp(csms(answer), "cp001", timeline);
    expect(timeline.entries.at(-1)).toMatchObject({ outcome: "refused", title: expect.stringContaining(words) });
  });
});
