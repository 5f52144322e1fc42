/** The versions of OCPP that stations may speak here: how each is answered, and how it is asked. */
import {
  type CallTable,
  callChecked,
  callHandler,
  type Handlers,
  type TypedCall,
  typedCall,
} from "../ocpp/endpoint.ts";
import { isPncAction, type PncAction, type PncPayload, writePnc } from "../ocpp/pnc16.ts";
import { createCall as createCall16, subprotocol as ocpp16 } from "../ocpp/v16/endpoint.ts";
import { validator as validator16 } from "../ocpp/v16/validator.ts";
import { subprotocol as ocpp21 } from "../ocpp/v21/endpoint.ts";
import { validator as validator21 } from "../ocpp/v21/validator.ts";
import { subprotocol as ocpp201 } from "../ocpp/v201/endpoint.ts";
import { validator as validator201 } from "../ocpp/v201/validator.ts";
import type { Validator } from "../ocpp/validator.ts";
import type { CallHandler, Peer } from "../rpc/peer.ts";
import { UserError } from "../util/errors.ts";
import type { CallingContext, StationContext } from "./context.ts";
import { handlers as handlers16 } from "./handlers/v16/index.ts";
import { asked, callPnc } from "./handlers/v16/pnc.ts";
import { handlers as handlers21 } from "./handlers/v21.ts";
import { handlers as handlers201 } from "./handlers/v201.ts";

/** What a person wants a station to be asked. */
export interface StationRequest {
  readonly action: string;
  readonly payload: unknown;
  /** Inside of a DataTransfer of the Plug & Charge extension; OCPP 1.6 only. */
  readonly pnc?: boolean;
}

export interface VersionSide {
  /** Answers a station's CALLs. */
  handler(peer: Peer, context: StationContext): CallHandler;
  /** Asks a station. @throws UserError for what the version does not have, and as {@link TypedCall} does. */
  request(peer: Peer, wanted: StationRequest): Promise<unknown>;
}

function side<C extends CallTable<C>>(
  validator: Validator,
  handlers: Handlers<C, CallingContext<TypedCall<C>>>,
): VersionSide {
  return {
    handler: (peer, context) => callHandler(validator, handlers, { ...context, call: typedCall<C>(validator, peer) }),
    async request(peer, { action, payload, pnc = false }) {
      if (pnc) throw new UserError(`only OCPP 1.6 has messages inside of others, not ${validator.version}`);
      const verdict = validator.validate(action, "request", payload);
      if (!verdict.ok) throw new UserError(`${action} cannot be sent: ${verdict.description}`);
      return callChecked(validator, peer, action, payload);
    },
  };
}

/** All that stations send, in whatever version and inside of whatever. */
export const stationActions: readonly string[] = [
  ...new Set([...Object.keys({ ...handlers16, ...handlers201, ...handlers21 }), ...asked]),
].sort();

const plain16 = side(validator16, handlers16);

/** By WebSocket subprotocol. */
export const versions: Readonly<Record<string, VersionSide>> = {
  [ocpp16]: {
    ...plain16,
    request: (peer, wanted) => (wanted.pnc ? requestPnc(peer, wanted) : plain16.request(peer, wanted)),
  },
  [ocpp201]: side(validator201, handlers201),
  [ocpp21]: side(validator21, handlers21),
};

async function requestPnc(peer: Peer, { action, payload }: StationRequest): Promise<unknown> {
  if (!isPncAction(action)) throw new UserError(`the Plug & Charge extension has no ${action}`);
  const request = payload as PncPayload<PncAction, "request">;
  const written = writePnc(action, "request", request);
  if (!written.ok) throw new UserError(`${action} cannot be sent: ${written.description}`);
  return callPnc(createCall16(peer), action, request);
}
