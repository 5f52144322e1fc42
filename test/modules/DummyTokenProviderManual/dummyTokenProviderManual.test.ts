import { describe, expect, it, onTestFinished } from "vitest";
import { DummyTokenProviderManual } from "../../../src/modules/DummyTokenProviderManual/index.ts";
import { startUnderTest } from "../../framework/underTest.ts";

const token = { id_token: { value: "SECRET01", type: "ISO14443" }, authorization_type: "RFID", connectors: [1] };

async function start(main: Readonly<Record<string, unknown>> = {}) {
  const provider = await startUnderTest(DummyTokenProviderManual, { implConfig: { main } });
  onTestFinished(() => provider.station.stop());
  return provider;
}

describe("tokens from outside", () => {
  it.each([
    ["", "everest_api/tested/cmd/provide"],
    ["a/topic", "a/topic"],
  ])("mqtt_topic '%s' takes them on %s", async (mqtt_topic, topic) => {
    const provider = await start({ mqtt_topic });
    provider.external.publish(topic, JSON.stringify({ ...token, invented: 1 }));
    expect(await provider.heard()).toEqual([`main.provided_token ${JSON.stringify(token)}`]);
  });

  it.each([
    ["{", "the token is no JSON"],
    ["[]", "the token's form is wrong"],
    [JSON.stringify({ ...token, authorization_type: "Magic" }), "the token's authorization_type is wrong"],
    [JSON.stringify({ ...token, id_token: { value: "SECRET01" } }), "the token's id_token.type is wrong"],
    [JSON.stringify({ ...token, connectors: [0] }), "the token's connectors.0 is wrong"],
  ])("bad case: %s is logged, without the token's value", async (payload, why) => {
    const provider = await start();
    provider.external.publish("everest_api/tested/cmd/provide", payload);
    expect(await provider.heard()).toEqual([]);
    expect(provider.logged).toEqual([expect.stringContaining(why)]);
    expect(provider.logged[0]).not.toContain("SECRET01");
  });
});
