import { defineModule } from "../../framework/module.ts";
import { manifest } from "./manifest.ts";
import { costTexts, messageText } from "./texts.ts";

export const TerminalCostAndPriceMessage = defineModule(manifest, ({ requires, log }) => {
  const show = (texts: readonly string[]) => {
    for (const text of texts) log.info({}, text);
  };
  for (const source of requires.session_cost) {
    source.subscribe("default_price", ({ messages }) => show(messages.map(messageText)));
    source.subscribe("tariff_message", ({ messages }) => show(messages.map(messageText)));
    source.subscribe("session_cost", (cost) => show(costTexts(cost)));
  }
  return { provides: {} };
});
