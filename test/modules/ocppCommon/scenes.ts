import type { ProvidedIdToken } from "../../../src/interfaces/types/authorization.ts";
import type { SessionEvent } from "../../../src/interfaces/types/evse_manager.ts";
import type { TestPki } from "../../../src/pki/index.ts";
import { toPem } from "../../../src/x509/index.ts";

/** The token of the PKI's contract, as it comes without a check of its own by the ISO 15118 module. */
export function contractOf({ pki, eMAID }: TestPki): ProvidedIdToken {
  return {
    id_token: { value: eMAID, type: "eMAID" },
    authorization_type: "PlugAndCharge",
    connectors: [1],
    certificate: toPem(pki.members.contract.certificate, ...pki.chain("contract")),
  };
}

/** What EvseManager tells of one session from plug to plug, with 3.2 kWh in it. */
export function session(uuid: string, token: ProvidedIdToken): SessionEvent[] {
  const timestamp = new Date().toISOString();
  const meter = (total: number) => ({ meter_value: { timestamp, energy_Wh_import: { total } } });
  return [
    { uuid, timestamp, event: "SessionStarted", session_started: { reason: "EVConnected", ...meter(1000) } },
    { uuid, timestamp, event: "TransactionStarted", transaction_started: { id_tag: token, ...meter(1000) } },
    { uuid, timestamp, event: "ChargingStarted", charging_state_changed_event: meter(1000) },
    {
      uuid,
      timestamp,
      event: "TransactionFinished",
      transaction_finished: { reason: "EVDisconnected", ...meter(4200) },
    },
    { uuid, timestamp, event: "SessionFinished", session_finished: meter(4200) },
  ];
}
