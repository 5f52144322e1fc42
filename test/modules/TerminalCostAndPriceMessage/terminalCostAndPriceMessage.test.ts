import { expect, it, onTestFinished } from "vitest";
import { TerminalCostAndPriceMessage } from "../../../src/modules/TerminalCostAndPriceMessage/index.ts";
import { costTexts } from "../../../src/modules/TerminalCostAndPriceMessage/texts.ts";
import { silentLogger } from "../../../src/util/log.ts";
import { startUnderTest } from "../../framework/underTest.ts";

it("writes an amount with the decimals of its currency", () => {
  const currency = { code: "EUR", decimals: 2 } as const;
  const texts = costTexts({
    ...{ session_id: "s1", status: "Running", currency },
    cost_chunks: [{ cost: { value: 1234 } }, {}],
    charging_price: [{ category: "Energy", price: { currency: { decimals: 3 }, value: { value: 395 } } }, {}],
    message: [{ content: "thank you", language: "en" }, { content: "bye" }],
  });
  expect(texts).toEqual([
    "session s1 is Running",
    "cost until now: 12.34 EUR",
    "price of Energy: 0.395",
    "price of Other: unknown",
    "price message (en): thank you",
    "price message: bye",
  ]);
});

it("shows tariffs and costs when they come", async () => {
  const shown: string[] = [];
  const log = { ...silentLogger, info: (_facts: object, text: string) => void shown.push(text), child: () => log };
  const { init, manifest } = TerminalCostAndPriceMessage;
  const module = { manifest, init: (ctx: Parameters<typeof init>[0]) => init({ ...ctx, log }) };
  const terminal = await startUnderTest(module, { mocks: { session_cost: [{}] } });
  onTestFinished(() => terminal.station.stop());
  const [source] = terminal.mock.session_cost;
  source?.publish("default_price", { messages: [{ content: "0.50/kWh" }] });
  source?.publish("tariff_message", { messages: [{ content: "0.40/kWh" }] });
  source?.publish("session_cost", { session_id: "1", status: "Finished", currency: {} });
  await terminal.clock.advance(0);
  expect(shown).toEqual(["price message: 0.50/kWh", "price message: 0.40/kWh", "session 1 is Finished"]);
});
