import { describe, expect, it } from "vitest";
import { DeviceModel } from "../../../src/chargePoint/deviceModel/deviceModel.ts";
import { deviceModelMigrations } from "../../../src/chargePoint/deviceModel/schema.ts";
import type { NetworkProfile } from "../../../src/chargePoint/networkProfile.ts";
import { profilesInPriority } from "../../../src/modules/OCPP/profiles.ts";
import { openDatabase } from "../../../src/util/database.ts";
import { makeModel } from "../../chargePoint/support.ts";

const own: NetworkProfile = { slot: 1, url: "ws://one", securityProfile: 1, identity: "cp001", password: "secret" };
const text = { dataType: "string", supportsMonitoring: false } as const;

/** The shipped device model with slots as they are given. */
function model(priority: string, slots: Readonly<Record<string, Readonly<Record<string, string>>>>): DeviceModel {
  const shipped = makeModel({ "OCPPCommCtrlr.NetworkConfigurationPriority": priority });
  const components = Object.entries(slots).map(([instance, values]) => ({
    ...{ name: "NetworkConfiguration", instance },
    variables: Object.entries(values).map(([name, initial]) => ({
      ...{ name, characteristics: text, required: false, source: { file: "test", key: name } },
      attributes: new Map([["Actual" as const, { mutability: "ReadWrite" as const, initial }]]),
    })),
  }));
  return new DeviceModel([...shipped.components, ...components], openDatabase(":memory:", deviceModelMigrations));
}

const slotsOf = (profiles: readonly NetworkProfile[]) => profiles.map(({ slot, url }) => `${slot} ${url}`);

describe("the ways to a CSMS of OCPP 1.6", () => {
  it("are tried in the order of the priority, the keys' own among them", () => {
    const slots = {
      2: { OcppCsmsUrl: "two:9/x", SecurityProfile: "2", BasicAuthPassword: "another", Identity: "cp2" },
    };
    expect(profilesInPriority(model("2,1", slots), own)).toEqual([
      { slot: 2, url: "wss://two:9/x", securityProfile: 2, identity: "cp2", password: "another" },
      own,
    ]);
  });

  it("fill what a slot leaves open from the keys", () => {
    const [, second] = profilesInPriority(model("1,2", { 2: { OcppCsmsUrl: "ws://two" } }), own);
    expect(second).toEqual({ ...own, slot: 2, url: "ws://two" });
  });

  it.each([
    ["has no URL", { OcppCsmsUrl: "" }],
    ["is for another version", { OcppCsmsUrl: "ws://two", OcppVersion: "OCPP20" }],
    ["is less secure", { OcppCsmsUrl: "ws://two", SecurityProfile: "0" }],
  ])("do not lead over a slot that %s", (_why, slot) => {
    expect(slotsOf(profilesInPriority(model("1,2", { 2: slot }), own))).toEqual(["1 ws://one"]);
  });

  it("take a slot that is for OCPP 1.6", () => {
    const slots = { 3: { OcppCsmsUrl: "ws://three", OcppVersion: "OCPP16" } };
    expect(slotsOf(profilesInPriority(model("1,3", slots), own))).toEqual(["1 ws://one", "3 ws://three"]);
  });

  it("begin with the keys' own slot when the priority does not name it", () => {
    const slots = { 2: { OcppCsmsUrl: "ws://two" } };
    expect(slotsOf(profilesInPriority(model("2", slots), own))).toEqual(["1 ws://one", "2 ws://two"]);
  });
});
