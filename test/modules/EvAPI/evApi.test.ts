import { expect, it, onTestFinished } from "vitest";
import { EvAPI } from "../../../src/modules/EvAPI/index.ts";
import { startUnderTest } from "../../framework/underTest.ts";

it("tells of every car: each second, and what changes at once", async () => {
  const api = await startUnderTest(EvAPI, { mocks: { ev_manager: [{}, {}] } });
  onTestFinished(() => api.station.stop());
  const told: string[] = [];
  api.external.subscribe("everest_api/#", (payload, topic) => void told.push(`${topic.slice(12)} ${payload}`));
  await api.clock.advance(1000);
  const datetime = new Date(api.clock.now()).toISOString();
  const idle = [
    `probe/var/datetime ${datetime}`,
    `probe/var/session_info {"state":"Unknown","datetime":"${datetime}"}`,
  ];
  expect(told).toEqual([...idle, ...idle, 'ev_connectors ["probe","probe"]']);
  told.length = 0;
  api.mock.ev_manager[1]?.publish("bsp_event", { event: "C" });
  api.mock.ev_manager[1]?.publish("ev_info", { soc: 30 });
  await api.clock.advance(0);
  expect(told).toEqual([
    `probe/var/session_info {"state":"C","datetime":"${datetime}"}`,
    'probe/var/ev_info {"soc":30}',
  ]);
  await api.station.stop();
  told.length = 0;
  await api.clock.advance(5000);
  expect(told).toEqual([]);
});
