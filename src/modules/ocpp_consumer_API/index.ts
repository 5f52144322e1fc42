import { defineModule } from "../../framework/module.ts";
import { type DataTransferRequest, DataTransferResponse } from "../../interfaces/types/ocpp.ts";
import { withTimeout } from "../../util/clock.ts";
import { only } from "../ocppCommon/context.ts";
import { takeCommands } from "./commands.ts";
import { Contact } from "./contact.ts";
import { manifest } from "./manifest.ts";
import { type Context, parsed, Topics } from "./topics.ts";

/** Variables that are told outside under the same names. */
const variables = [
  "security_event",
  "connection_status",
  "boot_notification_response",
  "ocpp_transaction_event",
  "event_data",
  "charging_schedules",
  "ocpp_message",
] as const;

/** OCPP for programs outside the station. */
export const ocpp_consumer_API = defineModule(manifest, (ctx) => {
  const topics = new Topics(ctx);
  const contact = new Contact(ctx, topics);
  const ocpp = only(ctx.requires.ocpp, "ocpp");
  for (const name of variables) ocpp.subscribe(name, (value) => topics.tell(name, value));
  // EVerest keeps this one for programs that know no other.
  ocpp.subscribe("connection_status", ({ connected }) => topics.tell("is_connected", connected));
  topics.serveLatched([...variables, "is_connected"]);
  return {
    provides: { main: { data_transfer: ({ request }) => transferOut(ctx, topics, request) }, generic_error: {} },
    ready() {
      takeCommands(ctx, topics);
      contact.start();
    },
    stop: () => contact.stop(),
  };
});

/** The CSMS's data transfer for a program outside; one that is silent or not there is offline. */
async function transferOut(ctx: Context, topics: Topics, payload: DataTransferRequest): Promise<DataTransferResponse> {
  const { clock, random, config, externalMqtt } = ctx;
  const replyTo = topics.replyTopic(random.uuid());
  let unsubscribe = () => {};
  const answer = new Promise<DataTransferResponse>((resolve) => {
    unsubscribe = externalMqtt.subscribe(replyTo, (text) => {
      const read = DataTransferResponse.safeParse(parsed(text));
      if (read.success) resolve(read.data);
    });
  });
  topics.publish("data_transfer_incoming", { headers: { replyTo }, payload });
  const offline = (): DataTransferResponse => ({ status: "Offline" });
  try {
    return await withTimeout(clock, config.cfg_request_reply_to_s * 1000, answer, offline);
  } finally {
    unsubscribe();
  }
}
