import { describe, expect, it } from "vitest";
import { toHex } from "../../../src/util/bytes.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { NOW, paused, ports, request, SESSION_ID, session } from "../fixtures.ts";
import { bodyOf, codeOf, published, step } from "./step.ts";

const fresh = session({ sessionId: new Uint8Array(0) });

describe("SessionSetup", () => {
  it("gives an id of 8 octets, the EVSE's name and the time, and tells of the EV", async () => {
    const found = await step("SessionSetup", fresh, request("SessionSetupReq", { id: new Uint8Array(1) }));
    expect(bodyOf(found)).toEqual({
      ResponseCode: "OK_NewSessionEstablished",
      EVSEID: "DE*PNX*E00001",
      EVSETimeStamp: NOW / 1000,
    });
    expect(found.session?.sessionId).toEqual(new Uint8Array(8).fill(0xc4));
    expect(found.effects).toEqual([{ to: "charger", name: "evcc_id", value: "02:00:00:00:00:AB" }]);
    expect(found.next).toBe("ServiceDiscovery");
  });

  it("never gives an id twice", async () => {
    const random = { ...ports(), random: (count: number) => cryptoRandom.bytes(count) };
    const ids = new Set<string>();
    for (let round = 0; round < 1000; round++) {
      const found = await step("SessionSetup", fresh, request("SessionSetupReq"), undefined, random);
      ids.add(toHex(found.session?.sessionId ?? new Uint8Array()));
    }
    expect(ids.size).toBe(1000);
  });

  it("lets the EV that has paused go on", async () => {
    const found = await step("SessionSetup", { ...fresh, paused }, request("SessionSetupReq"));
    expect(codeOf(found)).toBe("OK_OldSessionJoined");
    expect(found.session).toMatchObject({ sessionId: SESSION_ID, joined: true });
  });

  it.each([
    ["another id", { id: Uint8Array.of(9, 9, 9, 9, 9, 9, 9, 9) }],
    ["no id", { id: new Uint8Array(8) }],
    ["the id, but from another EV", { body: { EVCCID: Uint8Array.of(6, 6, 6, 6, 6, 6) } }],
  ])("bad case: %s begins anew", async (_what, variation) => {
    const found = await step("SessionSetup", { ...fresh, paused }, request("SessionSetupReq", variation));
    expect(codeOf(found)).toBe("OK_NewSessionEstablished");
    expect(found.session).toMatchObject({ joined: false });
  });

  it("bad case: a session that had TLS is not gone on with without", async () => {
    const open = { ...fresh, secured: false };
    expect(codeOf(await step("SessionSetup", { ...open, paused }, request("SessionSetupReq")))).toBe(
      "OK_NewSessionEstablished",
    );
    const hadNone = { ...paused, secured: false };
    expect(codeOf(await step("SessionSetup", { ...open, paused: hadNone }, request("SessionSetupReq")))).toBe(
      "OK_OldSessionJoined",
    );
  });

  it("publishes no EVCCID that is no MAC address", async () => {
    const found = await step("SessionSetup", fresh, request("SessionSetupReq", { body: { EVCCID: Uint8Array.of(1) } }));
    expect(published(found)).toEqual([]);
  });
});
