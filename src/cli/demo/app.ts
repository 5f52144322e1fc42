/** The driver's app, for who pays externally: it asks the CSMS to let the station begin. */
import type { Csms } from "../../csms/csms.ts";
import type { TokenAccount } from "../../csms/store/accounts.ts";
import { PeerError } from "../../util/errors.ts";
import type { Tracer } from "../../util/trace.ts";
import type { OcppVersionName } from "./installation.ts";

/** Whom the transaction is billed to. */
export const appAccount = { idToken: "APP-DEMO-0001", type: "Central" } as const satisfies TokenAccount;

const EVSE = 1;
const REMOTE_START = 1;

/** How an app's wish is passed on: F01 of OCPP 2.0.1, after the cable was plugged in; 5.11 of 1.6. Undefined when it is taken. */
const remoteStart: Readonly<Record<OcppVersionName, (csms: Csms, station: string) => Promise<string | undefined>>> = {
  "2.0.1": async (csms, station) => {
    const request = { evseId: EVSE, remoteStartId: REMOTE_START, idToken: { ...appAccount } };
    const { status, statusInfo } = await csms.call(station, "RequestStartTransaction", request);
    return status === "Accepted" ? undefined : (statusInfo?.additionalInfo ?? status);
  },
  "1.6": async (csms, station) => {
    const request = { connectorId: EVSE, idTag: appAccount.idToken };
    const { status } = await csms.call16(station, "RemoteStartTransaction", request);
    return status === "Accepted" ? undefined : status;
  },
};

export interface AppStart {
  readonly csms: Csms;
  readonly station: string;
  readonly ocppVersion: OcppVersionName;
  readonly trace: Tracer;
}

/** Never rejects for what the station answers. */
export async function startByApp({ csms, station, ocppVersion, trace }: AppStart): Promise<void> {
  const title = "the driver's app wants to charge";
  trace.add({ step: 2, kind: "decision", from: "CSMS", title, detail: { idToken: appAccount.idToken } });
  try {
    const refusal = await remoteStart[ocppVersion](csms, station);
    if (refusal !== undefined) refused(`the station does not start for the app: ${refusal}`, trace);
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    refused(`the station does not answer the app: ${error.message}`, trace);
  }
}

function refused(title: string, trace: Tracer): void {
  trace.add({ step: 2, kind: "decision", from: "EVSE", title, outcome: "refused", rule: "F01" });
}
