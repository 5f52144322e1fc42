import { resolve } from "node:path";
import { defineModule, type ModuleContext } from "../../framework/module.ts";
import type { Capture } from "../../secc/capture.ts";
import type { OutwardEffect } from "../../secc/effects.ts";
import { dinProtocol, iso2Protocol } from "../../secc/handshake.ts";
import { Secc } from "../../secc/secc.ts";
import { chooseLink } from "../../transport/interfaces.ts";
import { nodeNetwork } from "../../transport/node.ts";
import type { Network } from "../../transport/ports.ts";
import type { Clock } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import { SDP_PORT } from "../../v2gtp/sdp.ts";
import { Certificates } from "./certificates.ts";
import { chargerCommands, extensionsCommands } from "./commands.ts";
import { grantsOf } from "./grants.ts";
import { keyLog } from "./keyLog.ts";
import { manifest } from "./manifest.ts";
import { NetworkStart } from "./networkStart.ts";
import { readSchedules, type SchedulePaths } from "./scheduleFile.ts";
import { ValueAddedServices } from "./vas.ts";

type Context = ModuleContext<typeof manifest>;

/** Connections of one EVSE at a time, most of which come to nothing. */
const MAX_CONNECTIONS = 8;

export interface EvseV2GOptions {
  /** The machine's own when absent. */
  readonly networkOf?: (clock: Clock) => Network;
  /** Gets every V2GTP frame. */
  readonly capture?: Capture;
}

/** The module over any network, and with its frames kept if somebody wants them. */
export function evseV2G({ networkOf = nodeNetwork, capture }: EvseV2GOptions = {}) {
  return defineModule(manifest, async (ctx) => {
    const { config, log, provides, requires, clock } = ctx;
    const [security] = requires.security;
    if (!security) throw new UserError("EvseV2G needs a connection 'security'");
    const certificates = new Certificates({ ...ctx, security });
    const services = new ValueAddedServices(requires.iso15118_vas, log, (offered) =>
      secc.update({ services: offered }),
    );
    const protocols = [
      ...(config.supported_DIN70121 ? [dinProtocol] : []),
      ...(config.supported_ISO15118_2 ? [iso2Protocol] : []),
    ];
    const secc = new Secc({
      ...{ network: networkOf(clock), clock, log, trace: ctx.trace, random: ctx.random, protocols },
      ...seccOptions(ctx, certificates),
      settings: { ...authorizationTimes(ctx), ...(await readSchedules(ctx.files, schedulePaths(ctx))) },
      maxConnections: MAX_CONNECTIONS,
      ...(capture ? { capture } : {}),
      serviceParameters: (id) => services.parameters(id),
      perform: (effect) => perform(effect, ctx, services),
    });
    const start = new NetworkStart({
      clock,
      log,
      trace: ctx.trace,
      secc,
      chooseLink: () => chooseLink(config.device),
      load: () => certificates.load(),
      raise: (reason) =>
        provides.charger.raiseError("generic/CommunicationFault", { message: `Device ${config.device}: ${reason}` }),
      clear: () => provides.charger.clearErrors("generic/CommunicationFault"),
    });
    secc.update({ freeService: config.free_service });
    requires.evse_manager[0]?.subscribe("enforced_limits", (limits) =>
      secc.update({ granted: grantsOf(limits, clock.now(), secc.evse.nominalVoltage) }),
    );
    security.subscribe("certificate_store_update", ({ leaf_certificate_type, ca_certificate_type }) => {
      if (leaf_certificate_type === "V2G" || ca_certificate_type === "V2G") return start.reload();
    });
    return {
      provides: {
        charger: chargerCommands(secc, protocols, log, (ready) => {
          secc.dlinkReady(ready);
          // A certificate that ended meanwhile, or a fresher OCSP response, shows with the next car.
          if (ready) void start.reload();
        }),
        extensions: extensionsCommands(secc, log),
      },
      async ready() {
        if (!config.publish_telemetry_only_on_change) {
          log.warn({}, "publish_telemetry_only_on_change is without effect: this module publishes no telemetry");
        }
        if (config.tls_security === "prohibit") {
          log.info({}, "tls_security is prohibit: no EV can pay by contract here, as Plug & Charge needs TLS");
        }
        provides.charger.publish("supported_app_protocols_secc", { app_protocols: protocols.map(({ id }) => id) });
        await start.begin();
      },
      async stop() {
        await start.stop();
        await secc.close();
      },
    };
  });
}

/** The SECC of one EVSE, named after the module of EVerest whose place it takes. */
export const EvseV2G = evseV2G();

function seccOptions({ config, simulation, files, log }: Context, certificates: Certificates) {
  return {
    sdpPort: config.enable_sdp_server ? (simulation.sdpPort ?? SDP_PORT) : undefined,
    tlsSecurity: config.tls_security,
    tls: {
      handshakeMs: config.tls_timeout,
      ...(config.tls_key_logging ? { onKeyLog: keyLog(config.tls_key_logging_path, files, log) } : {}),
    },
    closeAtOnce: config.terminate_connection_on_failed_response,
    checkContract: config.verify_contract_cert_chain
      ? (chain: Parameters<Certificates["checkContract"]>[0]) => certificates.checkContract(chain)
      : async () => ({ result: "unchecked" }) as const,
  };
}

function authorizationTimes({ config }: Context) {
  return { authTimeoutPnc: config.auth_timeout_pnc, authTimeoutEim: config.auth_timeout_eim };
}

function schedulePaths({ config, env }: Context): SchedulePaths {
  const below = (dir: string, path: string) => (path === "" ? "" : resolve(dir, path));
  return {
    schedules: below(env.shareDir, config.schedules),
    key: below(env.certsDir, config.sales_tariff_key),
    password: config.sales_tariff_key_password,
  };
}

function perform(effect: OutwardEffect, { provides }: Context, services: ValueAddedServices): void {
  if (effect.to === "charger") provides.charger.publish(effect.name, effect.value);
  else if (effect.to === "extensions") provides.extensions.publish(effect.name, effect.value);
  else services.select(effect.selected);
}
