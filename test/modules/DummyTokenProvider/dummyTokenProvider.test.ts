import { describe, expect, it, onTestFinished } from "vitest";
import { evse_manager } from "../../../src/interfaces/evse_manager.ts";
import type { SessionEventEnum } from "../../../src/interfaces/types/evse_manager.ts";
import { DummyTokenProvider } from "../../../src/modules/DummyTokenProvider/index.ts";
import { startUnderTest } from "../../framework/underTest.ts";

const unused = () => expect.unreachable("the EVSE is only listened to");
const commands = Object.fromEntries(Object.keys(evse_manager.cmds).map((name) => [name, unused])) as never;
const timestamp = "2026-01-01T00:00:00.000Z";

async function start(main: Readonly<Record<string, unknown>> = {}) {
  const provider = await startUnderTest(DummyTokenProvider, { mocks: { evse: [commands] }, implConfig: { main } });
  onTestFinished(() => provider.station.stop());
  const event = (name: SessionEventEnum) =>
    provider.mock.evse[0]?.publish("session_event", { uuid: "1", timestamp, event: name });
  return { provider, event };
}

describe("the driver with a card", () => {
  it("shows it when a session begins, and only then", async () => {
    const { provider, event } = await start({ token: "TOKEN1" });
    for (const name of ["Enabled", "AuthRequired", "SessionFinished"] as const) event(name);
    expect(await provider.heard()).toEqual([]);
    event("SessionStarted");
    const [said = ""] = await provider.heard();
    const id_token = { value: "TOKEN1", type: "ISO14443" };
    expect(JSON.parse(said.slice(said.indexOf(" ")))).toEqual({
      ...{ id_token, parent_id_token: id_token, authorization_type: "RFID" },
    });
  });

  it("is for one EVSE when the configuration says so, and says that timeout has no effect", async () => {
    const { provider, event } = await start({ connector_id: 2, timeout: 11 });
    event("SessionStarted");
    expect((await provider.heard())[0]).toContain('"connectors":[2]');
    expect(provider.logged).toEqual([expect.stringContaining("timeout has no effect")]);
  });

  it("bad case: an authorization type that there is not", async () => {
    await expect(start({ type: "Magic" })).rejects.toThrow("'type' cannot be \"Magic\"");
  });
});
