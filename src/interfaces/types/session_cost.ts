/** Tariffs and costs of sessions. */
import { z } from "zod";
import { dateTime } from "../scalars.ts";
import { ProvidedIdToken } from "./authorization.ts";
import { IdentifierType } from "./display_message.ts";
import { Currency, MoneyAmount, Price } from "./money.ts";
import { MessageContent } from "./text_message.ts";

export const DefaultPrice = z.strictObject({
  messages: z.array(MessageContent),
});
export type DefaultPrice = z.infer<typeof DefaultPrice>;

export const TariffMessage = z.strictObject({
  ocpp_transaction_id: z.string().exactOptional(),
  identifier_id: z.string().exactOptional(),
  identifier_type: IdentifierType.exactOptional(),
  messages: z.array(MessageContent),
  pre_authorized_amount: MoneyAmount.exactOptional(),
});
export type TariffMessage = z.infer<typeof TariffMessage>;

export const IdlePrice = z.strictObject({
  grace_minutes: z.int().exactOptional(),
  hour_price: Price.exactOptional(),
});
export type IdlePrice = z.infer<typeof IdlePrice>;

export const CostCategory = z.enum(["Energy", "Time", "FlatFee", "Other"]);
export type CostCategory = z.infer<typeof CostCategory>;

export const ChargingPriceComponent = z.object({
  category: CostCategory.exactOptional(),
  price: Price.exactOptional(),
});
export type ChargingPriceComponent = z.infer<typeof ChargingPriceComponent>;

export const NextPeriodPrice = z.object({
  timestamp_from: dateTime,
  charging_price: z.array(ChargingPriceComponent),
  idle_price: IdlePrice.exactOptional(),
});
export type NextPeriodPrice = z.infer<typeof NextPeriodPrice>;

export const SessionCostChunk = z.strictObject({
  timestamp_from: dateTime.exactOptional(),
  timestamp_to: dateTime.exactOptional(),
  metervalue_from: z.int().exactOptional(),
  metervalue_to: z.int().exactOptional(),
  cost: MoneyAmount.exactOptional(),
  category: CostCategory.exactOptional(),
});
export type SessionCostChunk = z.infer<typeof SessionCostChunk>;

export const SessionStatus = z.enum(["Running", "Idle", "Finished"]);
export type SessionStatus = z.infer<typeof SessionStatus>;

export const SessionCost = z.strictObject({
  id_tag: ProvidedIdToken.exactOptional(),
  session_id: z.string(),
  currency: Currency,
  cost_chunks: z.array(SessionCostChunk).exactOptional(),
  idle_price: IdlePrice.exactOptional(),
  charging_price: z.array(ChargingPriceComponent).exactOptional(),
  next_period: NextPeriodPrice.exactOptional(),
  status: SessionStatus,
  message: z.array(MessageContent).exactOptional(),
  qr_code: z.string().exactOptional(),
});
export type SessionCost = z.infer<typeof SessionCost>;
