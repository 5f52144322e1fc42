/** The CSMS asks for a message (OCPP 1.6, 5.17; ExtendedTriggerMessage of the security whitepaper). */
import type { ExtendedTriggerMessageRequest, TriggerMessageRequest } from "../../ocpp/v16/messages.generated.ts";
import type { Afterwards } from "../../rpc/peer.ts";
import { inBackground } from "../block.ts";
import type { CertificateSigning } from "../certificateSigning.ts";
import type { Registration } from "../registration.ts";
import type { Block, Core } from "./core.ts";
import type { Action, Handlers } from "./csms.ts";
import type { Firmware } from "./firmware.ts";
import type { Logs } from "./logs.ts";
import type { StatusNotifications } from "./statusNotifications.ts";
import type { Transactions } from "./transactions.ts";

/** The blocks whose messages can be asked for. */
export interface TriggerSources {
  readonly boot: Registration;
  readonly status: StatusNotifications;
  readonly transactions: Transactions;
  readonly firmware: Firmware;
  readonly logs: Logs;
  readonly signing: CertificateSigning;
}

type Plain = TriggerMessageRequest["requestedMessage"];
type Extended = ExtendedTriggerMessageRequest["requestedMessage"];

interface Trigger {
  /** Whether there is something to send; always when absent. */
  readonly possible?: (connectorIds: readonly number[]) => boolean;
  /** Of what kind it is. */
  readonly action?: Action;
  /** Called after the answer has gone out. */
  readonly send: (connectorIds: readonly number[]) => void;
}

interface TriggerCall<M> {
  readonly requestedMessage: M;
  readonly connectorId?: number;
}

export function triggerBlock(core: Core, sources: TriggerSources): Block {
  const { firmware, logs, signing } = sources;
  const common = commonTriggers(core, sources);
  const plain: Readonly<Record<Plain, Trigger>> = {
    ...common,
    DiagnosticsStatusNotification: {
      action: "DiagnosticsStatusNotification",
      send: () => logs.tellDiagnostics(),
    },
    FirmwareStatusNotification: { action: "FirmwareStatusNotification", send: () => firmware.tell(false) },
  };
  const extended: Readonly<Record<Extended, Trigger>> = {
    ...common,
    LogStatusNotification: { action: "LogStatusNotification", send: () => logs.tellLog() },
    FirmwareStatusNotification: { action: "SignedFirmwareStatusNotification", send: () => firmware.tell(true) },
    SignChargePointCertificate: {
      possible: () => signing.refusal("ChargingStationCertificate") === undefined,
      send: () => inBackground(core, "SignCertificate", () => signing.request("ChargingStationCertificate")),
    },
  };
  const handlers: Handlers = {
    TriggerMessage: (request, afterwards) => answer(core, plain, request, afterwards),
    ExtendedTriggerMessage: (request, afterwards) => answer(core, extended, request, afterwards),
  };
  return { handlers };
}

function commonTriggers(core: Core, { boot, status, transactions }: TriggerSources) {
  const measured = (ids: readonly number[]) => ids.filter((id) => transactions.reading(id) !== undefined);
  return {
    BootNotification: { send: () => boot.trigger() },
    Heartbeat: { send: () => inBackground(core, "Heartbeat", () => boot.heartbeat()) },
    MeterValues: {
      action: "MeterValues",
      possible: (ids) => measured(ids).length > 0,
      send: (ids) => {
        for (const id of measured(ids)) transactions.sendTriggered(id);
      },
    },
    StatusNotification: {
      action: "StatusNotification",
      send: (ids) => {
        for (const id of ids) status.tell(id);
      },
    },
  } satisfies { [M in Plain & Extended]?: Trigger };
}

/** Without a connector all are meant, and the station itself. */
function answer<M extends string>(
  { connectors, csms }: Core,
  triggers: Readonly<Record<M, Trigger>>,
  { requestedMessage, connectorId }: TriggerCall<M>,
  afterwards: Afterwards,
): { status: "Accepted" | "Rejected" } {
  const { possible, action, send } = triggers[requestedMessage];
  const ids = connectorId === undefined ? [0, ...connectors.ids] : [connectorId];
  if (!ids.every((id) => connectors.has(id)) || possible?.(ids) === false) return { status: "Rejected" };
  afterwards(() => {
    if (action) csms.allow(action, ids.length);
    send(ids);
  });
  return { status: "Accepted" };
}
