import { z } from "zod";
import { defineModule, type ModuleContext } from "../../framework/module.ts";
import type { ProvidedIdToken } from "../../interfaces/types/authorization.ts";
import type { SessionEvent } from "../../interfaces/types/evse_manager.ts";
import { Reservation } from "../../interfaces/types/reservation.ts";
import { InternalError } from "../../util/errors.ts";
import { AuthHandler, type AuthPorts } from "./authHandler.ts";
import { BootQueue } from "./bootQueue.ts";
import { manifest } from "./manifest.ts";
import type { StoredReservation } from "./reservations.ts";

type Context = ModuleContext<typeof manifest>;

const storedReservations = z
  .array(z.object({ evse_id: z.int().exactOptional(), reservation: Reservation }))
  .nullable()
  .transform((all) => all ?? []);

/** Decides which EVSE a token authorizes. */
export const Auth = defineModule(manifest, (ctx) => {
  const evseIds = new Map<number, number>();
  const handler = new AuthHandler(ctx.config, portsOf(ctx, evseIds));
  const boot = new BootQueue();

  for (const provider of ctx.requires.token_provider) {
    provider.subscribe("provided_token", (token: ProvidedIdToken) => boot.run(() => void handler.onToken(token)));
  }
  for (const validator of ctx.requires.token_validator) {
    validator.subscribe("validate_result_update", (update) => boot.run(() => handler.onValidationUpdate(update)));
  }
  const withEvse = (index: number, act: (evseId: number) => void) =>
    boot.run(() => {
      for (const [id, at] of evseIds) if (at === index) act(id);
    });
  ctx.requires.evse_manager.forEach((evse, index) => {
    evse.subscribe("session_event", (event: SessionEvent) =>
      withEvse(index, (id) => handler.onSessionEvent(id, event)),
    );
    evse.subscribeErrors(({ type, state }) => {
      if (type !== "evse_manager/Inoperative") return;
      withEvse(index, (id) => handler.pool.onFault(id, 1, state === "Active"));
    });
  });

  return {
    provides: {
      main: {
        set_connection_timeout({ connection_timeout }) {
          handler.setConnectionTimeout(connection_timeout);
          return null;
        },
        set_master_pass_group_id({ master_pass_group_id }) {
          handler.setMasterPassGroupId(master_pass_group_id);
          return null;
        },
        withdraw_authorization: ({ request }) => handler.withdraw(request),
      },
      reservation: {
        reserve_now: ({ request }) => handler.reservations.reserve(request),
        cancel_reservation: ({ reservation_id }) => handler.reservations.cancel(reservation_id),
        exists_reservation: ({ request }) => handler.reservations.book.check(request),
      },
    },
    async ready() {
      warnOfDeafness(ctx);
      tellOfValidators(ctx);
      for (const [index, evse] of ctx.requires.evse_manager.entries()) {
        const { id, connectors } = await evse.call("get_evse");
        evseIds.set(id, index);
        handler.pool.add(id, connectors);
      }
      await handler.reservations.restore(await loadReservations(ctx));
      boot.open();
    },
    stop: () => handler.stop(),
  };
});

function portsOf(ctx: Context, evseIds: ReadonlyMap<number, number>): AuthPorts {
  const { clock, log, trace, provides, requires } = ctx;
  const evse = (id: number) => {
    const requirement = requires.evse_manager[evseIds.get(id) ?? -1];
    if (!requirement) throw new InternalError(`Auth commands EVSE ${id}, which it does not know`);
    return requirement;
  };
  return {
    clock,
    log,
    trace,
    validators: requires.token_validator.map((validator) => ({
      name: `${validator.moduleId}.${validator.implementationId}`,
      validate: (provided_token) => validator.call("validate_token", { provided_token }),
    })),
    commands: {
      authorizeResponse: (id, provided_token, validation_result) =>
        evse(id).call("authorize_response", { provided_token, validation_result }),
      withdrawAuthorization: (id) => evse(id).call("withdraw_authorization"),
      stopTransaction: (id, request) => evse(id).call("stop_transaction", { request }),
    },
    publishStatus: (message) => provides.main.publish("token_validation_status", message),
    reserve: (id, reservation_id) => evse(id).call("reserve", { reservation_id }),
    cancelReservation: (id) => evse(id).call("cancel_reservation"),
    publishReservation: (update) => provides.reservation.publish("reservation_update", update),
    saveReservations: (all) => saveReservations(ctx, all),
  };
}

/** EVerest's key, so that a station's reservations survive the change from one to the other. */
function storeKey({ moduleId }: Context): string {
  return `reservation_${moduleId}`;
}

function saveReservations(ctx: Context, all: readonly StoredReservation[]): void {
  for (const kvs of ctx.requires.kvs) {
    kvs.call("store", { key: storeKey(ctx), value: all }).catch((error: unknown) => {
      ctx.log.error({ error: String(error) }, "reservations were not stored and will be lost by a restart");
    });
  }
}

async function loadReservations(ctx: Context): Promise<readonly StoredReservation[]> {
  const [kvs] = ctx.requires.kvs;
  if (!kvs) return [];
  const stored = storedReservations.safeParse(await kvs.call("load", { key: storeKey(ctx) }));
  if (!stored.success) ctx.log.warn({ error: stored.error.message }, "stored reservations cannot be read");
  return stored.data ?? [];
}

/** Where Plug & Charge goes through OCPP, the CSMS should be the only one to decide. */
function tellOfValidators({ moduleId, requires, log }: Context): void {
  if (requires.token_validator.length < 2) return;
  const validators = requires.token_validator.map((one) => `${one.moduleId}.${one.implementationId}`).join(", ");
  log.info({ validators }, `each of the token_validator connections of ${moduleId} can accept a token alone`);
}

/** Plug & Charge tokens come from the EvseManagers; one that is not connected cannot be heard. */
function warnOfDeafness({ moduleId, requires, log }: Context): void {
  for (const { moduleId: evseManager } of requires.evse_manager) {
    if (requires.token_provider.some((provider) => provider.moduleId === evseManager)) continue;
    const fix = `Add {module_id: ${evseManager}, implementation_id: token_provider} to ${moduleId}.connections.token_provider.`;
    log.warn({ evseManager, fix }, "Plug & Charge and Autocharge tokens of this EVSE do not reach Auth");
  }
}
