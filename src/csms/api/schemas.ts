/** What goes over the HTTP API. */
import { z } from "zod";
import { AuthorizationStatus, IdTokenType } from "../../interfaces/types/authorization.ts";
import { isEmaid } from "../../iso15118/emaid.ts";
import { isIdentity } from "../../rpc/stationUrl.ts";
import { faultNames } from "../faults/catalogue.ts";
import { stationActions } from "../versions.ts";

const time = z.iso.datetime().describe("RFC 3339, UTC");
const idTokenType = IdTokenType.describe("As in OCPP 2.0.1; OCPP 1.6 asks for any");
/** Those of OCPP; the other two are a station's own. */
const authorizationStatus = AuthorizationStatus.exclude(["PinRequired", "Timeout"]);
const idToken = z.string().min(1).max(255);

export const identity = z
  .string()
  .min(1)
  .max(48)
  .refine(isIdentity, "expected letters, digits and *-_=+|@. only")
  .describe("What the station writes at the end of the URL");
export const emaid = z
  .string()
  .refine(isEmaid, "expected an eMAID, as DE-ABC-C12345678")
  .describe("With or without hyphens");

export const StationParams = z.object({ identity });
export const TokenParams = z.object({ type: idTokenType, idToken });
export const ContractParams = z.object({ emaid });
export const TransactionParams = z.object({ identity, transactionId: z.string().min(1).max(36) });
export const FaultParams = z.object({ id: z.coerce.number().int().positive() });

export const TokenState = z.strictObject({
  status: authorizationStatus.optional().describe("Accepted when absent"),
  expiresAt: time.optional(),
  groupIdToken: z.strictObject({ idToken, type: idTokenType }).optional(),
});
export const Token = z.strictObject({ idToken, type: idTokenType, ...TokenState.shape });

const pcid = z.string().min(1).max(64).describe("Common name of a car's provisioning certificate");
export const ContractState = z.strictObject({
  status: authorizationStatus.optional().describe("Accepted when absent"),
  pcids: z.array(pcid).max(100).optional().describe("Cars that may have it installed, beside those there are"),
});
export const Contract = z.strictObject({ emaid: z.string(), status: authorizationStatus, pcids: z.array(pcid) });

export const StationAccess = z
  .strictObject({
    profile: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]).describe("OCPP security profile"),
    password: z.string().min(8).max(64).optional().describe("For the profiles 1 and 2; in OCPP 1.6 hexadecimal"),
  })
  .refine(({ profile, password }) => (profile === 1 || profile === 2) === (password !== undefined), {
    error: "the profiles 1 and 2 need a password, the others have none",
    path: ["password"],
  });
const text = z.string().nullable();
export const Station = z.strictObject({
  identity,
  profile: z.number().int().nullable().describe("Null for one that may not connect any more"),
  connected: z.boolean(),
  protocol: text.describe("WebSocket subprotocol of its last connection"),
  registration: text.describe("The answer to its last BootNotification"),
  vendor: text,
  model: text,
  serial: text,
  firmware: text,
  bootedAt: time.nullable(),
  seenAt: time.nullable(),
});
export const StationDetail = Station.extend({
  connectors: z
    .array(
      z.strictObject({ evse: z.number().int(), connector: z.number().int(), status: z.string(), since: z.string() }),
    )
    .describe("In OCPP 1.6 a connector is an EVSE of its own, and 0 is the station"),
});

export const NoticeQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100).describe("The latest so many"),
});
export const Notice = z.strictObject({ action: z.string(), receivedAt: time, content: z.unknown() });

export const StationRequest = z.strictObject({
  action: z.string().min(1).max(64).describe("Of the version that the station speaks"),
  payload: z.record(z.string(), z.unknown()).default({}).describe("Checked against the schema before it is sent"),
  pnc: z
    .boolean()
    .default(false)
    .describe("OCPP 1.6: inside of a DataTransfer of the Plug & Charge extension; the answer is the one inside"),
});
export const StationAnswer = z.strictObject({ answer: z.unknown() });

export const TransactionQuery = z.object({ station: identity.optional() });
export const Transaction = z.strictObject({
  identity,
  transactionId: z.string(),
  idToken: z.strictObject({ idToken: z.string(), type: z.string().optional() }).optional(),
  evseId: z.number().int().optional(),
  connectorId: z.number().int().optional(),
  startedAt: z.string(),
  endedAt: z.string().optional(),
  chargingState: z.string().optional(),
  stoppedReason: z.string().optional(),
  energyWh: z.number().optional(),
  events: z.number().int().describe("How many messages came, repeated ones not counted"),
  problems: z.array(z.string()).describe("Every rule that was broken, in words"),
});
export const TransactionDetail = Transaction.extend({
  messages: z.array(z.unknown()).describe("As they came"),
});

export const Fault = z.strictObject({
  fault: z.enum(faultNames),
  station: identity.optional().describe("Every station when absent"),
  action: z.enum(stationActions).optional().describe("Of the station's messages; every one when absent"),
  times: z.number().int().min(1).optional().describe("How often; until it is removed when absent"),
  delayMs: z.number().int().min(0).max(3_600_000).optional().describe("For slow; 5000 when absent"),
});
export const SetFault = Fault.extend({ id: z.number().int(), struck: z.number().int().describe("How often it did") });

export const ProblemAnswer = z.strictObject({
  error: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});
