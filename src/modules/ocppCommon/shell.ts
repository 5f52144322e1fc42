/** What a module around a charge point of any version is made of. */
import type { AnyChargePoint } from "../../chargePoint/chargePoint.ts";
import type { EvsePort } from "../../chargePoint/ports.ts";
import type { Commands } from "../../framework/interface.ts";
import type { ocpp } from "../../interfaces/ocpp.ts";
import type { OcppContext } from "./context.ts";
import { authValidator, dataTransfer, listen } from "./listeners.ts";
import { type LogSettings, type MessageLog, openMessageLog } from "./messageLog.ts";
import { type Assembly, Service } from "./service.ts";
import { sayUnused, type Unused } from "./unused.ts";

export interface ShellParts<P> {
  readonly logs: LogSettings;
  readonly unused: readonly Unused[];
  /** Puts everything together, when the other modules can be asked. @throws UserError when the configuration does not fit the station. */
  assemble(evses: readonly EvsePort[], messageLog: MessageLog | undefined): Promise<Assembly<P>>;
  /** Closes the databases. */
  close(): void;
  /** EVerest's `ocpp` interface. */
  generic(service: Service<P & AnyChargePoint>): Commands<typeof ocpp>;
}

/** To be called while the module is set up. @typeParam P a charge point of some version. */
export function shell<P extends AnyChargePoint>(ctx: OcppContext, parts: ShellParts<P>) {
  sayUnused(ctx.log, parts.unused);
  const messageLog = openMessageLog(ctx, parts.logs);
  const service = new Service<P>({
    ctx,
    assemble: (evses) => parts.assemble(evses, messageLog),
    close: () => parts.close(),
  });
  listen(ctx, service);
  return {
    service,
    provides: {
      auth_validator: authValidator(ctx, service),
      auth_provider: {},
      data_transfer: dataTransfer(service),
      ocpp_generic: parts.generic(service),
      session_cost: {},
    },
    ready: () => service.start(),
    async stop() {
      await service.stop();
      await messageLog?.settled();
    },
  };
}
