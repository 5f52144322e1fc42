/** The JSON arrays of OCPP-J: reading them from anybody's text, writing ours. Pure. */
import { MAX_DESCRIPTION, type RpcError } from "./errors.ts";

/** OCPP-J: a message id has 1 to 36 characters. */
export const MAX_ID = 36;
const MAX_ACTION = 64;

export interface CallFrame {
  readonly kind: "call";
  readonly id: string;
  readonly action: string;
  readonly payload: unknown;
}

export type AnswerFrame =
  | { readonly kind: "result"; readonly id: string; readonly payload: unknown }
  | {
      readonly kind: "error";
      readonly id: string;
      readonly code: string;
      readonly description: string;
      readonly details: unknown;
    };

/** Text that is no message. `id` is what a CALLERROR about it carries: the message's own where it can be read, else "-1". */
export interface FrameFault {
  readonly kind: "fault";
  readonly id: string;
  readonly code: "RpcFrameworkError" | "MessageTypeNotSupported";
  readonly description: string;
}

export type Frame = CallFrame | AnswerFrame | FrameFault;

const CALL = 2;
const CALLRESULT = 3;
const CALLERROR = 4;

/** Never throws. */
export function readFrame(text: string): Frame {
  const message = parseJson(text);
  if (!Array.isArray(message)) return fault("not a JSON array");
  const [type, id] = message;
  if (typeof id !== "string" || id === "" || id.length > MAX_ID) {
    return fault(`a message id is a string of 1 to ${MAX_ID} characters`);
  }
  switch (type) {
    case CALL:
      return readCall(id, message);
    case CALLRESULT:
      return { kind: "result", id, payload: message[2] };
    case CALLERROR:
      return {
        kind: "error",
        id,
        code: shortText(message[2]),
        description: shortText(message[3]),
        details: message[4],
      };
    default:
      return { kind: "fault", id, code: "MessageTypeNotSupported", description: "only the types 2, 3 and 4 are known" };
  }
}

export function writeCall(id: string, action: string, payload: unknown): string {
  return JSON.stringify([CALL, id, action, payload ?? {}]);
}

export function writeResult(id: string, payload: unknown): string {
  return JSON.stringify([CALLRESULT, id, payload ?? {}]);
}

export function writeError(id: string, error: Pick<RpcError, "code" | "description" | "details">): string {
  return JSON.stringify([CALLERROR, id, error.code, error.description.slice(0, MAX_DESCRIPTION), error.details ?? {}]);
}

function readCall(id: string, message: readonly unknown[]): Frame {
  const [, , action, payload] = message;
  if (typeof action !== "string" || action === "" || action.length > MAX_ACTION || message.length < 4) {
    return fault("a CALL is [2, id, action, payload]", id);
  }
  return { kind: "call", id, action, payload };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fault(description: string, id = "-1"): FrameFault {
  return { kind: "fault", id, code: "RpcFrameworkError", description };
}

function shortText(value: unknown): string {
  return typeof value === "string" ? value.slice(0, MAX_DESCRIPTION) : "";
}
