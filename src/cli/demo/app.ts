/** The driver's app, for who pays externally: it asks the CSMS to let the station begin. */
import type { Csms } from "../../csms/csms.ts";
import type { TokenAccount } from "../../csms/store/accounts.ts";
import { PeerError } from "../../util/errors.ts";
import type { Tracer } from "../../util/trace.ts";

/** Whom the transaction is billed to. */
export const appAccount = { idToken: "APP-DEMO-0001", type: "Central" } as const satisfies TokenAccount;

const EVSE = 1;
const REMOTE_START = 1;

/** F01 of OCPP 2.0.1, remote start after the cable was plugged in. Never rejects for what the station answers. */
export async function startByApp(csms: Csms, station: string, trace: Tracer): Promise<void> {
  const request = { evseId: EVSE, remoteStartId: REMOTE_START, idToken: { ...appAccount } };
  const title = "the driver's app wants to charge";
  trace.add({ step: 2, kind: "decision", from: "CSMS", title, detail: { idToken: appAccount.idToken } });
  try {
    const { status, statusInfo } = await csms.call(station, "RequestStartTransaction", request);
    if (status === "Accepted") return;
    refused(`the station does not start for the app: ${statusInfo?.additionalInfo ?? status}`, trace);
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    refused(`the station does not answer the app: ${error.message}`, trace);
  }
}

function refused(title: string, trace: Tracer): void {
  trace.add({ step: 2, kind: "decision", from: "EVSE", title, outcome: "refused", rule: "F01" });
}
