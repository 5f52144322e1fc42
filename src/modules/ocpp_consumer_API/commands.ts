/** What programs outside may ask of OCPP. */
import { z } from "zod";
import {
  ChangeAvailabilityRequest,
  ComponentVariable,
  DataTransferRequest,
  GetVariableRequest,
  SecurityEvent,
  SetVariableRequest,
} from "../../interfaces/types/ocpp.ts";
import { only } from "../ocppCommon/context.ts";
import { type Context, readRequest, type Topics } from "./topics.ts";

const list = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item).max(1000) });
const setVariables = z.object({ variables: list(SetVariableRequest), source: z.string().min(1).max(100) });

/** Subscribes; to be called when other modules can be asked. */
export function takeCommands(ctx: Context, topics: Topics): void {
  const ocpp = only(ctx.requires.ocpp, "ocpp");
  const transfer = only(ctx.requires.data_transfer, "data_transfer");
  const asks = <T>(name: string, schema: z.ZodType<T>, act: (payload: T) => Promise<unknown>) =>
    topics.take(name, async (request) => {
      const { replyTo, payload } = readRequest(request);
      const read = reader(ctx, name, schema)(payload);
      if (read) topics.answer(replyTo, await act(read.value));
    });
  asks("data_transfer_outgoing", DataTransferRequest, (request) => transfer.call("data_transfer", { request }));
  asks("get_variables", list(GetVariableRequest), async ({ items }) => {
    return { items: await ocpp.call("get_variables", { requests: items }) };
  });
  asks("set_variables", setVariables, async ({ variables, source }) => {
    return { items: await ocpp.call("set_variables", { requests: variables.items, source }) };
  });
  asks("change_availability", ChangeAvailabilityRequest, (request) => ocpp.call("change_availability", { request }));
  topics.take("monitor_variables", async (value) => {
    const read = reader(ctx, "monitor_variables", list(ComponentVariable))(value);
    if (read) await ocpp.call("monitor_variables", { component_variables: read.value.items });
  });
  topics.take("security_event", async (value) => {
    const read = reader(ctx, "security_event", SecurityEvent)(value);
    if (read) await ocpp.call("security_event", { event: read.value });
  });
}

/** Reads a payload; what does not fit is logged with the member that is wrong, and does nothing. */
function reader<T>({ log }: Context, name: string, schema: z.ZodType<T>) {
  return (payload: unknown): { readonly value: T } | undefined => {
    const result = schema.safeParse(payload);
    if (result.success) return { value: result.data };
    const [first] = result.error.issues;
    log.warn(
      { topic: name, at: first?.path.join("."), expected: first?.message },
      `${name} is ignored: it does not fit`,
    );
    return undefined;
  };
}
