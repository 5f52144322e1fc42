/** What reaches a session from outside between two messages. */
import type { AuthorizationStatus, CertificateStatus } from "../interfaces/types/authorization.ts";
import type { Evse } from "./evse.ts";

export type SessionEvent =
  /** The EVSE has changed or wants something else. */
  | { readonly type: "evse"; readonly evse: Evse }
  | {
      readonly type: "authorization_response";
      readonly authorization_status: AuthorizationStatus;
      readonly certificate_status: CertificateStatus;
    }
  /** The insulation of cable and EV was checked, as `start_cable_check` had asked. */
  | { readonly type: "cable_check_finished"; readonly passed: boolean }
  /**
   * The CSMS's answer to a contract certificate request; without `exi` there is none to pass on. `doubtful`: an earlier
   * request is without its answer too, and this may be that one.
   */
  | { readonly type: "certificate_response"; readonly exi: Uint8Array | undefined; readonly doubtful?: boolean }
  | { readonly type: "authorization_timeout" };
