import { defineModule } from "../../framework/module.ts";
import type { ProvidedIdToken, ValidationResult } from "../../interfaces/types/authorization.ts";
import type { RequestExiStreamSchema, ResponseExiStreamStatus } from "../../interfaces/types/iso15118.ts";
import type { DataTransferResponse } from "../../interfaces/types/ocpp.ts";
import { ocppGeneric } from "./generic.ts";
import { manifest } from "./manifest.ts";
import { Service } from "./service.ts";
import type { Context } from "./station.ts";
import { openStorage } from "./storage.ts";

/** An OCPP 2.0.1 charge point. */
export const OCPP201 = defineModule(manifest, async (ctx) => {
  const storage = await openStorage(ctx.files, ctx.config, ctx.env.shareDir);
  const service = new Service(ctx, storage);
  listenToEvses(ctx, service);
  listenToCars(ctx, service);
  if (ctx.config.EnableExternalWebsocketControl) obeyTopics(ctx, service);
  return {
    provides: {
      auth_validator: { validate_token: ({ provided_token }) => validate(ctx, service, provided_token) },
      auth_provider: {},
      data_transfer: {
        data_transfer: async ({ request }): Promise<DataTransferResponse> =>
          (await service.chargePoint?.sendDataTransfer(request)) ?? { status: "Offline" },
      },
      ocpp_generic: ocppGeneric(ctx, service, storage),
      session_cost: {},
    },
    ready: () => service.start(),
    stop: () => service.stop(),
  };
});

function listenToEvses({ requires }: Context, service: Service): void {
  requires.evse_manager.forEach((evse, index) => {
    const id = index + 1;
    const onReady = (ready: boolean) => {
      if (ready) service.evseReady(index);
    };
    evse.subscribe("ready", onReady);
    evse.subscribe("waiting_for_external_ready", onReady);
    evse.subscribe("session_event", (event) => service.tell((point) => point.onSessionEvent(id, event)));
    // Measured values come again and again, so none has to be kept for later.
    evse.subscribe("powermeter", (meter) => service.chargePoint?.onPowermeter(id, meter));
    evse.subscribe("ev_info", ({ soc }) => {
      if (soc !== undefined) service.chargePoint?.onSoc(id, soc);
    });
    evse.subscribeErrors(({ type, state, origin }) => {
      if (type !== "evse_manager/Inoperative") return;
      service.tell((point) => point.onFault(id, origin.mapping?.connector ?? 1, state === "Active"));
    });
  });
}

/** Cars that want a contract installed. */
function listenToCars({ requires, log }: Context, service: Service): void {
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

async function certificateFor(service: Service, request: RequestExiStreamSchema): Promise<ResponseExiStreamStatus> {
  return (await service.chargePoint?.certificateForCar(request)) ?? failed(request);
}

function failed({ certificate_action }: RequestExiStreamSchema): ResponseExiStreamStatus {
  return { status: "Failed", certificate_action };
}

/** Who asks always gets an answer: without one the car would wait for its time-out. */
async function validate(ctx: Context, service: Service, token: ProvidedIdToken): Promise<ValidationResult> {
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

function explainUnknown({ trace }: Context, title: string, fix: string): void {
  trace.add({ step: 4, kind: "decision", from: "OCPP", title, outcome: "refused", fix });
}

/** EVerest's switch for tests of what happens offline. */
function obeyTopics({ externalMqtt }: Context, service: Service): void {
  externalMqtt.subscribe("everest_api/ocpp/cmd/connect", () => void service.connect());
  externalMqtt.subscribe("everest_api/ocpp/cmd/disconnect", async () => void (await service.disconnect()));
}
