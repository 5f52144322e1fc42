/** Tariffs and costs in words. */
import type { Price } from "../../interfaces/types/money.ts";
import type { SessionCost } from "../../interfaces/types/session_cost.ts";
import type { MessageContent } from "../../interfaces/types/text_message.ts";

/** An amount as people write it: 1234 with two decimals is 12.34. */
const amount = (value: number, decimals = 0) => (value / 10 ** decimals).toFixed(Math.min(Math.max(decimals, 0), 20));

export function messageText({ language, content }: MessageContent): string {
  return `price message${language === undefined ? "" : ` (${language})`}: ${content}`;
}

const priceText = ({ value, currency }: Price) =>
  `${amount(value.value, currency.decimals)} ${currency.code ?? ""}`.trim();

/** One line for every cost, price and message there is. */
export function costTexts(cost: SessionCost): string[] {
  const { currency, cost_chunks = [], charging_price = [], message = [], session_id, status } = cost;
  const costs = cost_chunks.flatMap((chunk) => (chunk.cost ? [chunk.cost.value] : []));
  return [
    `session ${session_id} is ${status}`,
    ...costs.map((value) => `cost until now: ${amount(value, currency.decimals)} ${currency.code ?? ""}`.trim()),
    ...charging_price.map(
      ({ category = "Other", price }) => `price of ${category}: ${price ? priceText(price) : "unknown"}`,
    ),
    ...message.map(messageText),
  ];
}
