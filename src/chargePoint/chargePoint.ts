/** A charge point of any version of OCPP, as the module around it sees it. */
import type { ErrorReport } from "../framework/errors.ts";
import type { ProvidedIdToken, ValidationResult } from "../interfaces/types/authorization.ts";
import type { EnforcedLimits } from "../interfaces/types/energy.ts";
import type { SessionEvent } from "../interfaces/types/evse_manager.ts";
import type { RequestExiStreamSchema, ResponseExiStreamStatus } from "../interfaces/types/iso15118.ts";
import type { DataTransferRequest, DataTransferResponse, SecurityEvent } from "../interfaces/types/ocpp.ts";
import type { Powermeter } from "../interfaces/types/powermeter.ts";
import type { ReservationUpdateStatus } from "../interfaces/types/reservation.ts";
import type { FirmwareUpdateStatus, LogStatus } from "../interfaces/types/system.ts";
import type { CallHandler } from "../rpc/peer.ts";

export interface AnyChargePoint {
  /**
   * Takes up what was left by the last run; the connection is made by the owner of the link.
   *
   * @param resumed sessions that the EVSEs have not lost.
   */
  start(resumed: ReadonlySet<string>): void;
  /** Ends all timers and waits a little for messages under way. What is not sent stays on disk. */
  stop(): Promise<void>;
  /** Resolves when nothing touches the database any more; call it when the link has ended. */
  settled(): Promise<void>;
  /** The link has a connection. */
  connected(): void;
  /** The link has lost its connection. */
  disconnected(): void;
  /** Answers the CALLs of the CSMS: what a Peer's `onCall` takes. */
  readonly answer: CallHandler;
  /** May this token charge? */
  validateToken(token: ProvidedIdToken): Promise<ValidationResult>;
  /** An event of an EVSE; what follows from it for the CSMS is on disk when this returns. */
  onSessionEvent(evseId: number, event: SessionEvent): void;
  onPowermeter(evseId: number, powermeter: Powermeter): void;
  /** The car's state of charge in percent. */
  onSoc(evseId: number, soc: number): void;
  /** What the energy management lets an EVSE have. */
  onLimits?(evseId: number, limits: EnforcedLimits): void;
  /** An error somewhere in the station was raised or cleared. */
  onError(evseId: number, error: ErrorReport): void;
  onFirmwareStatus?(status: FirmwareUpdateStatus): void;
  onLogStatus?(status: LogStatus): void;
  onReservationUpdate?(update: ReservationUpdateStatus): void;
  /** A car asks for a contract certificate. */
  certificateForCar(request: RequestExiStreamSchema): Promise<ResponseExiStreamStatus>;
  sendDataTransfer(request: DataTransferRequest): Promise<DataTransferResponse>;
  securityEvent(event: SecurityEvent): void;
}
