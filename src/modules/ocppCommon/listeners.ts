/** What the station's other modules say, led to the charge point. */
import type { AnyChargePoint } from "../../chargePoint/chargePoint.ts";
import type { Commands } from "../../framework/interface.ts";
import type { auth_token_validator } from "../../interfaces/auth_token_validator.ts";
import type { ocpp_data_transfer } from "../../interfaces/ocpp_data_transfer.ts";
import type { ProvidedIdToken, ValidationResult } from "../../interfaces/types/authorization.ts";
import type { RequestExiStreamSchema, ResponseExiStreamStatus } from "../../interfaces/types/iso15118.ts";
import { CarWatch, DUPLICATE_CONTRACT, DUPLICATE_EVCCID } from "./carWatch.ts";
import type { OcppContext } from "./context.ts";
import type { Service } from "./service.ts";

/** A service of any version. */
type AnyService = Pick<Service<AnyChargePoint>, Exclude<keyof Service<AnyChargePoint>, "start" | "stop">>;

/** Subscribes to everything; to be called while the module is set up. */
export function listen(ctx: OcppContext, service: AnyService): void {
  listenToEvses(ctx, service);
  listenToCars(ctx, service);
  listenToSystem(ctx, service);
  listenToReservations(ctx, service);
  if (ctx.config.EnableExternalWebsocketControl) obeyTopics(ctx, service);
}

export function authValidator(ctx: OcppContext, service: AnyService): Commands<typeof auth_token_validator> {
  return { validate_token: ({ provided_token }) => validate(ctx, service, provided_token) };
}

export function dataTransfer(service: AnyService): Commands<typeof ocpp_data_transfer> {
  return {
    data_transfer: async ({ request }) =>
      (await service.chargePoint?.sendDataTransfer(request)) ?? { status: "Offline" as const },
  };
}

function listenToEvses(ctx: OcppContext, service: AnyService): void {
  const { requires } = ctx;
  const cars = new CarWatch();
  watchContracts(ctx, service, cars);
  requires.evse_manager.forEach((evse, index) => {
    const id = index + 1;
    const onReady = (ready: boolean) => {
      if (ready) service.evseReady(index);
    };
    evse.subscribe("ready", onReady);
    evse.subscribe("waiting_for_external_ready", onReady);
    evse.subscribe("session_event", (event) => {
      if (event.event === "SessionFinished") cars.sessionOver(id);
      if (event.event === "SessionResumed") service.sessionResumed(event.uuid);
      else service.tell((point) => point.onSessionEvent(id, event));
    });
    // Measured values come again and again, so none has to be kept for later.
    evse.subscribe("powermeter", (meter) => service.chargePoint?.onPowermeter(id, meter));
    evse.subscribe("ev_info", ({ soc, evcc_id }) => {
      if (soc !== undefined) service.chargePoint?.onSoc(id, soc);
      const twin = cars.seen(id, evcc_id?.toUpperCase());
      if (twin === undefined) return;
      suspect(ctx, service, DUPLICATE_EVCCID, `EVCCID ${evcc_id} is at EVSE ${twin} and at EVSE ${id} at once`);
    });
    evse.subscribe("enforced_limits", (limits) => service.chargePoint?.onLimits?.(id, limits));
  });
}

/** Auth says which contract pays where, and which was refused. */
function watchContracts(ctx: OcppContext, service: AnyService, cars: CarWatch): void {
  for (const auth of ctx.requires.auth) {
    auth.subscribe("token_validation_status", ({ token, status }) => {
      if (token.authorization_type !== "PlugAndCharge") return;
      const { value: eMAID } = token.id_token;
      for (const id of token.connectors ?? []) {
        if (status === "UsedToStart") cars.pays(id, eMAID);
        const other = status === "Rejected" ? cars.refused(id, eMAID) : undefined;
        const info = `contract ${eMAID}, which pays at EVSE ${other}, was shown at EVSE ${id}`;
        if (other !== undefined) suspect(ctx, service, DUPLICATE_CONTRACT, info);
      }
    });
  }
}

function suspect({ trace }: OcppContext, service: AnyService, type: string, info: string): void {
  trace.add({ step: 1, kind: "decision", from: "OCPP", title: info, rule: "EVExchange" });
  service.tell((point) => point.securityEvent({ type, info, critical: true }));
}

/** Errors of the EVSEs alone. */
export function listenToEvseErrors({ requires }: OcppContext, service: AnyService): void {
  requires.evse_manager.forEach((evse, index) => {
    evse.subscribeErrors((error) => service.tell((point) => point.onError(index + 1, error)));
  });
}

function listenToSystem({ requires }: OcppContext, service: AnyService): void {
  for (const system of requires.system) {
    system.subscribe("firmware_update_status", (status) => service.tell((point) => point.onFirmwareStatus?.(status)));
    system.subscribe("log_status", (status) => service.tell((point) => point.onLogStatus?.(status)));
  }
}

function listenToReservations({ requires }: OcppContext, service: AnyService): void {
  for (const reservation of requires.reservation) {
    reservation.subscribe("reservation_update", (update) =>
      service.tell((point) => point.onReservationUpdate?.(update)),
    );
  }
}

/** Cars that want a contract installed. */
function listenToCars({ requires, log }: OcppContext, service: AnyService): void {
  for (const extension of requires.extensions_15118) {
    extension.subscribe("iso15118_certificate_request", async (request) => {
      const certificate_response = await certificateFor(service, request).catch((error: unknown) => {
        log.error({ error }, "a car's certificate request failed");
        return failed(request);
      });
      await extension.call("set_get_certificate_response", { certificate_response });
    });
  }
}

async function certificateFor(service: AnyService, request: RequestExiStreamSchema): Promise<ResponseExiStreamStatus> {
  return (await service.chargePoint?.certificateForCar(request)) ?? failed(request);
}

function failed({ certificate_action }: RequestExiStreamSchema): ResponseExiStreamStatus {
  return { status: "Failed", certificate_action };
}

/** Who asks always gets an answer: without one the car would wait for its time-out. */
async function validate(ctx: OcppContext, service: AnyService, token: ProvidedIdToken): Promise<ValidationResult> {
  try {
    const result = await service.chargePoint?.validateToken(token);
    if (result) return result;
    explainUnknown(ctx, "the charge point does not run yet", "Wait until all EVSEs are ready.");
  } catch (error) {
    ctx.log.error({ error }, "a token could not be validated");
    explainUnknown(ctx, "the token could not be validated", "Look at the log of the OCPP module.");
  }
  return { authorization_status: "Unknown", tariff_messages: [] };
}

function explainUnknown({ trace }: OcppContext, title: string, fix: string): void {
  trace.add({ step: 4, kind: "decision", from: "OCPP", title, outcome: "refused", fix });
}

/** EVerest's switch for tests of what happens offline. */
function obeyTopics({ externalMqtt }: OcppContext, service: AnyService): void {
  externalMqtt.subscribe("everest_api/ocpp/cmd/connect", () => void service.connect());
  externalMqtt.subscribe("everest_api/ocpp/cmd/disconnect", async () => void (await service.disconnect()));
}
