/** Stands in for EvseManager and Auth at an OCPP module of any version. */
import { defineManifest } from "../../../src/framework/manifest.ts";
import { defineModule, type Module, type Requirement } from "../../../src/framework/module.ts";
import { auth } from "../../../src/interfaces/auth.ts";
import { auth_token_provider } from "../../../src/interfaces/auth_token_provider.ts";
import { auth_token_validator } from "../../../src/interfaces/auth_token_validator.ts";
import { evse_manager } from "../../../src/interfaces/evse_manager.ts";
import { iso15118_extensions } from "../../../src/interfaces/iso15118_extensions.ts";
import { ocpp } from "../../../src/interfaces/ocpp.ts";
import type { ProvidedIdToken, ValidationResult } from "../../../src/interfaces/types/authorization.ts";
import type { SessionEvent } from "../../../src/interfaces/types/evse_manager.ts";
import type { RequestExiStreamSchema, ResponseExiStreamStatus } from "../../../src/interfaces/types/iso15118.ts";

export interface Probe {
  validate(token: ProvidedIdToken): Promise<ValidationResult>;
  sessionEvent(event: SessionEvent): void;
  readonly commands: string[];
  readonly tokens: ProvidedIdToken[];
  readonly status: boolean[];
  /** Types of security events. */
  readonly events: string[];
  /** Resolves when the CSMS has accepted the station. */
  readonly booted: Promise<void>;
  /** As the car's side of the station asks for a contract; gives what it is answered. */
  askForContract(request: RequestExiStreamSchema): Promise<ResponseExiStreamStatus>;
  /** The module's interface. */
  readonly generic: Requirement<typeof ocpp>;
  control(command: "stop" | "restart"): Promise<boolean>;
}

/** The module, and its hands. */
export function probe(): { module: Module; hands: Probe } {
  const commands: string[] = [];
  const tokens: ProvidedIdToken[] = [];
  const status: boolean[] = [];
  const events: string[] = [];
  const note =
    <T>(command: string, result: T) =>
    (args: object) => {
      commands.push(`${command} ${JSON.stringify(args)}`);
      return result;
    };
  let booted = () => {};
  let answered: (response: ResponseExiStreamStatus) => void = () => {};
  const hands = {
    commands,
    tokens,
    status,
    events,
    booted: new Promise<void>((resolve) => {
      booted = resolve;
    }),
  } as {
    -readonly [K in keyof Probe]: Probe[K];
  };
  const manifest = defineManifest({
    description: "the test's hands",
    provides: {
      evse: { interface: evse_manager },
      main: { interface: auth },
      extensions: { interface: iso15118_extensions },
    },
    requires: {
      validator: { interface: auth_token_validator },
      provider: { interface: auth_token_provider },
      ocpp: { interface: ocpp },
    },
  });
  const module = defineModule(manifest, (ctx) => {
    const [validator] = ctx.requires.validator;
    const [generic] = ctx.requires.ocpp;
    if (!validator || !generic) throw new TypeError("not wired");
    ctx.requires.provider[0]?.subscribe("provided_token", (token) => void tokens.push(token));
    generic.subscribe("connection_status", ({ connected }) => void status.push(connected));
    generic.subscribe("security_event", ({ type }) => void events.push(type));
    generic.subscribe("boot_notification_response", ({ status }) => {
      if (status === "Accepted") booted();
    });
    hands.validate = (provided_token) => validator.call("validate_token", { provided_token });
    hands.sessionEvent = (event) => ctx.provides.evse.publish("session_event", event);
    hands.generic = generic;
    hands.control = (command) => generic.call(command);
    hands.askForContract = (request) =>
      new Promise((resolve) => {
        answered = resolve;
        ctx.provides.extensions.publish("iso15118_certificate_request", request);
      });
    return {
      provides: {
        evse: {
          get_evse: () => ({ id: 1, connectors: [{ id: 1 }] }),
          enable_disable: note("enable_disable", true),
          authorize_response: note("authorize_response", null),
          withdraw_authorization: note("withdraw_authorization", null),
          reserve: note("reserve", true),
          cancel_reservation: note("cancel_reservation", null),
          pause_charging: note("pause_charging", true),
          resume_charging: note("resume_charging", true),
          stop_transaction: note("stop_transaction", true),
          force_unlock: note("force_unlock", true),
          external_ready_to_start_charging: note("external_ready_to_start_charging", true),
          set_plug_and_charge_configuration: note("set_plug_and_charge_configuration", null),
          update_allowed_energy_transfer_modes: note("update_allowed_energy_transfer_modes", "Accepted" as const),
          set_der_available: note("set_der_available", "Accepted" as const),
        },
        extensions: {
          set_get_certificate_response: ({ certificate_response }) => {
            answered(certificate_response);
            return null;
          },
        },
        main: {
          set_connection_timeout: note("set_connection_timeout", null),
          set_master_pass_group_id: note("set_master_pass_group_id", null),
          withdraw_authorization: note("withdraw", "Accepted" as const),
        },
      },
      ready: () => ctx.provides.evse.publish("ready", true),
    };
  });
  return { module, hands };
}
