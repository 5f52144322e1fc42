import { defineModule } from "../../framework/module.ts";
import { ConnectorTypeEnum } from "../../interfaces/types/evse_manager.ts";
import { Evse } from "./evse.ts";
import { HlcSide } from "./hlcSide.ts";
import { manifest } from "./manifest.ts";
import { evseOptions } from "./options.ts";
import { advise, refuseUnserved } from "./refusals.ts";
import { subscribeToAll } from "./subscriptions.ts";
import { EvseTelemetry } from "./telemetry.ts";
import { billingMeter, hlcConnected, portsOf } from "./wiring.ts";

/** Runs one EVSE. */
export const EvseManager = defineModule(manifest, (ctx) => {
  const { config, moduleId, simulation } = ctx;
  const { powersupply_DC, imd, over_voltage_monitor } = ctx.requires;
  const connected = { hlc: hlcConnected(ctx), supply: powersupply_DC.length > 0, imd: imd.length > 0 };
  refuseUnserved(config, moduleId, connected);
  advise(config, connected, ctx.log);
  const telemetry = new EvseTelemetry(ctx.telemetry, ctx.clock, {
    contract_payment_enabled: config.payment_enable_contract,
    free_charging_enabled: config.disable_authentication,
  });
  const ports = portsOf(ctx, telemetry);
  const surroundings = {
    moduleId,
    hlcConnected: connected.hlc,
    imdConnected: connected.imd,
    overVoltageMonitorConnected: over_voltage_monitor.length > 0,
    delayFactor: simulation.delayFactor,
  };
  const evse = new Evse(evseOptions(config, surroundings), ports);
  const hlcSide = new HlcSide(config, ports);
  subscribeToAll(ctx, evse, hlcSide, ports);
  billingMeter(ctx)?.subscribe("powermeter", (value) => telemetry.metered(value));

  return {
    provides: {
      evse: {
        get_evse: () => ({ id: config.connector_id, connectors: [{ id: 1, ...connectorType(config.connector_type) }] }),
        enable_disable: ({ connector_id, cmd_source }) => evse.availability.enableDisable(connector_id, cmd_source),
        authorize_response({ provided_token, validation_result }) {
          evse.authorizeResponse(provided_token, validation_result);
          return null;
        },
        withdraw_authorization() {
          evse.withdrawAuthorization();
          return null;
        },
        reserve: ({ reservation_id }) => evse.availability.reserve(reservation_id),
        cancel_reservation() {
          evse.availability.cancelReservation();
          return null;
        },
        pause_charging: () => evse.pause(true),
        resume_charging: () => evse.pause(false),
        stop_transaction: ({ request }) => evse.stopTransaction(request),
        force_unlock: () => evse.forceUnlock(),
        external_ready_to_start_charging() {
          if (config.external_ready_to_start_charging) evse.run();
          else ctx.log.info({}, "nobody waits for a start: external_ready_to_start_charging is false");
          return config.external_ready_to_start_charging;
        },
        set_plug_and_charge_configuration({ plug_and_charge_configuration }) {
          evse.payment.change(plug_and_charge_configuration);
          return null;
        },
        update_allowed_energy_transfer_modes: ({ allowed_energy_transfer_modes }) =>
          hlcSide.allowModes(allowed_energy_transfer_modes) ? "Accepted" : "NoHlc",
        set_der_available: ({ available }) => (hlcSide.setDer(available) ? "Accepted" : "NoHlc"),
      },
      energy_grid: {
        enforce_limits({ value }) {
          evse.energy.enforce(value);
          return null;
        },
      },
      token_provider: {},
      random_delay: {
        enable() {
          evse.energy.randomDelay.enabled = true;
          return null;
        },
        disable() {
          evse.energy.randomDelay.enabled = false;
          return null;
        },
        cancel() {
          evse.energy.randomDelay.cancel();
          return null;
        },
        set_duration_s({ value }) {
          evse.energy.randomDelay.maxSeconds = value;
          return null;
        },
      },
      dc_external_derate: {
        set_external_derating({ derate }) {
          evse.dc?.feed({ type: "derate", derating: derate });
          return null;
        },
      },
    },
    ready() {
      hlcSide.boot();
      telemetry.start();
      // The station need not wait for the first meter value; a car that comes earlier is noticed all the same.
      void evse.boot();
    },
    controlLost(isReachable) {
      const unreachable = ctx.provides.evse.listeners.filter((id) => !isReachable(id));
      if (unreachable.length === 0 || !evse.stopTransaction({ reason: "Other" })) return;
      ctx.log.error({ unreachable }, `the transaction is stopped: ${unreachable.join(", ")} could not end it`);
    },
    stop() {
      telemetry.stop();
      evse.stop();
    },
  };
});

function connectorType(text: string): { type?: ConnectorTypeEnum } {
  const type = ConnectorTypeEnum.safeParse(text);
  return type.success ? { type: type.data } : {};
}
