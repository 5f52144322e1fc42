/** What goes wrong between modules, and the error states they tell each other. */
import { z } from "zod";
import { PeerError } from "../util/errors.ts";

/** The failure kinds of EVerest's command results. */
export const CommandErrorCode = z.enum([
  "MessageParsingError",
  "SchemaValidationError",
  "HandlerException",
  "CmdTimeout",
  "Shutdown",
  "NotReady",
]);
export type CommandErrorCode = z.infer<typeof CommandErrorCode>;

/** A command of another module got no result. */
export class CommandError extends PeerError {
  readonly code: CommandErrorCode;
  constructor(code: CommandErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export type Severity = "Low" | "Medium" | "High";

/** Where in the charging station something belongs: nothing = the station, `evse` an EVSE, with `connector` one of its outlets. */
export interface Mapping {
  readonly evse: number;
  readonly connector?: number;
}

/** An implementation of a module. */
export interface Endpoint {
  readonly moduleId: string;
  readonly implementationId: string;
}

/** A raised or cleared error as EVerest writes it. The pair of `type` and `sub_type` is active at most once per implementation. */
export interface ErrorReport {
  /** `<error file>/<Name>` */
  readonly type: string;
  readonly sub_type: string;
  readonly message: string;
  readonly description: string;
  readonly severity: Severity;
  readonly origin: { readonly module_id: string; readonly implementation_id: string; readonly mapping?: Mapping };
  readonly state: "Active" | "ClearedByModule" | "ClearedByReboot";
  /** RFC 3339 */
  readonly timestamp: string;
  readonly uuid: string;
  readonly vendor_id: string;
}
