/** Functional block F of OCPP 2.0.1, second part: the CSMS asks for a message (F06). */
import type { EVSEType, MessageTriggerEnumType, StatusInfoType } from "../../ocpp/v201/messages.generated.ts";
import { inBackground } from "../block.ts";
import type { CertificateSigning } from "../certificateSigning.ts";
import type { Registration } from "../registration.ts";
import type { Availability } from "./availability.ts";
import type { ClockAligned } from "./clockAligned.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";
import type { Firmware } from "./firmware.ts";
import type { Logs } from "./logs.ts";
import { toStatusInfo } from "./signing.ts";
import type { Transactions } from "./transaction.ts";

/** The blocks whose messages can be asked for. */
export interface TriggerSources {
  readonly boot: Registration;
  readonly availability: Availability;
  readonly transactions: Transactions;
  readonly aligned: ClockAligned;
  readonly signing: CertificateSigning;
  readonly firmware: Firmware;
  readonly logs: Logs;
}

interface Trigger {
  /** Why the message cannot be sent; undefined when it can. */
  readonly refusal: (evse: EVSEType | undefined) => StatusInfoType | undefined;
  /** Called after the answer has gone out (F06.FR.04). */
  readonly send: (evse: EVSEType | undefined) => void;
}

/** Messages that are not here are answered NotImplemented. */
type Triggers = { readonly [M in MessageTriggerEnumType]?: Trigger };

export function triggerBlock(core: Core, sources: TriggerSources): Block {
  const triggers: Triggers = { ...stationTriggers(core, sources), ...meterTriggers(core, sources) };
  const handlers: Handlers = {
    TriggerMessage: ({ requestedMessage, evse }, afterwards) => {
      const trigger = triggers[requestedMessage];
      if (!trigger) return { status: "NotImplemented" };
      const statusInfo = trigger.refusal(evse);
      if (statusInfo) return { status: "Rejected", statusInfo };
      afterwards(() => trigger.send(evse));
      return { status: "Accepted" };
    },
  };
  return { handlers };
}

function stationTriggers(core: Core, { boot, availability, signing, firmware, logs }: TriggerSources): Triggers {
  const connectorOf = (evse: EVSEType | undefined) => evse && availability.find(evse.id, evse.connectorId ?? 0);
  const sign = (use: "V2GCertificate" | "ChargingStationCertificate"): Trigger => ({
    refusal: () => {
      const refusal = signing.refusal(use);
      return refusal && toStatusInfo(refusal);
    },
    send: () => inBackground(core, "SignCertificate", () => signing.request(use)),
  });
  return {
    BootNotification: {
      refusal: () => (core.csms.registration === "Accepted" ? { reasonCode: "AlreadyAccepted" } : undefined),
      send: () => boot.trigger(),
    },
    Heartbeat: {
      refusal: () => undefined,
      send: () => inBackground(core, "Heartbeat", () => boot.heartbeat()),
    },
    StatusNotification: {
      refusal: (evse) => (connectorOf(evse) ? undefined : { reasonCode: "UnknownConnector" }),
      send: (evse) => {
        const connector = connectorOf(evse);
        core.csms.allow("StatusNotification");
        if (connector) availability.tell(connector);
      },
    },
    FirmwareStatusNotification: {
      refusal: () => undefined,
      send: () => {
        core.csms.allow("FirmwareStatusNotification");
        firmware.tell();
      },
    },
    LogStatusNotification: {
      refusal: () => undefined,
      send: () => {
        core.csms.allow("LogStatusNotification");
        logs.tell();
      },
    },
    SignV2GCertificate: sign("V2GCertificate"),
    SignChargingStationCertificate: sign("ChargingStationCertificate"),
  };
}

function meterTriggers({ csms, station }: Core, { transactions, aligned }: TriggerSources): Triggers {
  const evseIds = (evse: EVSEType | undefined) =>
    station.evses.map(({ id }) => id).filter((id) => !evse || id === evse.id);
  const measured = (evse: EVSEType | undefined) => evseIds(evse).filter((id) => aligned.hasValue(id));
  const running = (evse: EVSEType | undefined) =>
    evseIds(evse).filter((id) => transactions.runningAt(id) !== undefined);
  return {
    MeterValues: {
      refusal: (evse) => (measured(evse).length > 0 ? undefined : { reasonCode: "NoMeterValue" }),
      send: (evse) => {
        const ids = measured(evse);
        csms.allow("MeterValues", ids.length);
        for (const id of ids) aligned.sendMeterValues(id, "Trigger");
      },
    },
    TransactionEvent: {
      refusal: (evse) => (running(evse).length > 0 ? undefined : { reasonCode: "NoTransaction" }),
      send: (evse) => {
        for (const id of running(evse)) transactions.sendMeterValues(id, "Trigger", aligned.values(id, "Trigger"));
      },
    },
  };
}
