/** Messages of others, and Plug & Charge among them (4.3; OCA application note on ISO 15118 with OCPP 1.6). */
import { type PncAction, type PncCalls, pncVendorId, readPnc, writePnc } from "../../../ocpp/pnc16.ts";
import type { DataTransferResponse } from "../../../ocpp/v16/messages.generated.ts";
import type { Afterwards } from "../../../rpc/peer.ts";
import { InternalError } from "../../../util/errors.ts";
import { printable } from "../../services/words.ts";
import type { Context, Handler } from "./context.ts";
import { type Asked, isAsked, pncAnswers } from "./pnc.ts";

export const dataTransfer: Handler<"DataTransfer"> = (request, context, afterwards) => {
  const { data, messageId, vendorId } = request;
  if (vendorId !== pncVendorId) return { status: "UnknownVendorId" };
  if (!isAsked(messageId)) return { status: "UnknownMessageId" };
  return respond(messageId, data, context, afterwards);
};

async function respond<A extends Asked>(
  action: A,
  data: string | undefined,
  context: Context,
  afterwards: Afterwards,
): Promise<DataTransferResponse> {
  const request = readPnc(action, "request", data);
  if (!request.ok) return unreadable(action, request.description, context);
  const answer = await pncAnswers[action](request.payload, context, afterwards);
  return { status: "Accepted", data: text(action, answer) };
}

function unreadable(action: PncAction, why: string, { identity, services }: Context): DataTransferResponse {
  services.reporter.decide({
    step: action === "Authorize" ? 4 : 0,
    station: identity,
    title: `${action} inside of a DataTransfer cannot be read: ${printable(why)}`,
    outcome: "refused",
    rule: "OCPP 1.6 Plug & Charge",
    fix: "Send the message of OCPP 2.0.1 as JSON text in data.",
  });
  return { status: "Rejected" };
}

function text<A extends Asked>(action: A, answer: PncCalls[A]["response"]): string {
  const written = writePnc(action, "response", answer);
  if (written.ok) return written.data;
  throw new InternalError(`our answer to ${action} is wrong: ${written.description}`);
}
