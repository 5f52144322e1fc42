/** Tariffs and costs of sessions. */
import { z } from "zod";
import { dateTime } from "../scalars.ts";
import { ProvidedIdToken } from "./authorization.ts";
import { IdentifierType } from "./display_message.ts";
import { Currency, MoneyAmount, Price } from "./money.ts";
import { MessageContent } from "./text_message.ts";

/** What a kWh costs when nothing else was agreed, as text. */
export const DefaultPrice = z.strictObject({
  messages: z.array(MessageContent),
});
export type DefaultPrice = z.infer<typeof DefaultPrice>;

/** What the driver is told about the tariff. */
export const TariffMessage = z.strictObject({
  ocpp_transaction_id: z.string().exactOptional(),
  identifier_id: z.string().exactOptional(),
  identifier_type: IdentifierType.exactOptional(),
  messages: z.array(MessageContent),
  pre_authorized_amount: MoneyAmount.exactOptional(),
});
export type TariffMessage = z.infer<typeof TariffMessage>;

/** What standing there costs when the car is full. */
export const IdlePrice = z.strictObject({
  grace_minutes: z.int().exactOptional(),
  hour_price: Price.exactOptional(),
});
export type IdlePrice = z.infer<typeof IdlePrice>;

/** What is paid for. */
export const CostCategory = z.enum(["Energy", "Time", "FlatFee", "Other"]);
export type CostCategory = z.infer<typeof CostCategory>;

/** A price for one category. */
export const ChargingPriceComponent = z.object({
  category: CostCategory.exactOptional(),
  price: Price.exactOptional(),
});
export type ChargingPriceComponent = z.infer<typeof ChargingPriceComponent>;

/** Prices that hold from a time on. */
export const NextPeriodPrice = z.object({
  timestamp_from: dateTime,
  charging_price: z.array(ChargingPriceComponent),
  idle_price: IdlePrice.exactOptional(),
});
export type NextPeriodPrice = z.infer<typeof NextPeriodPrice>;

/** The costs of a part of a session. */
export const SessionCostChunk = z.strictObject({
  timestamp_from: dateTime.exactOptional(),
  timestamp_to: dateTime.exactOptional(),
  metervalue_from: z.int().exactOptional(),
  metervalue_to: z.int().exactOptional(),
  cost: MoneyAmount.exactOptional(),
  category: CostCategory.exactOptional(),
});
export type SessionCostChunk = z.infer<typeof SessionCostChunk>;

/** Whether it goes on. */
export const SessionStatus = z.enum(["Running", "Idle", "Finished"]);
export type SessionStatus = z.infer<typeof SessionStatus>;

/** All costs so far. */
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
