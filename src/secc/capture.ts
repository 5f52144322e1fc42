/** A V2GTP frame as it went over the wire, with its header. */
export interface CapturedFrame {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly from: "EV" | "EVSE";
  readonly bytes: Uint8Array;
}

/** Gets every frame of a session, for those who keep them. Must not throw. */
export type Capture = (frame: CapturedFrame) => void;
