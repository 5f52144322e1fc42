/** What the manifests of all OCPP modules have alike. */
import { z } from "zod";
import { auth } from "../../interfaces/auth.ts";
import { auth_token_provider } from "../../interfaces/auth_token_provider.ts";
import { auth_token_validator } from "../../interfaces/auth_token_validator.ts";
import { display_message } from "../../interfaces/display_message.ts";
import { evse_manager } from "../../interfaces/evse_manager.ts";
import { evse_security } from "../../interfaces/evse_security.ts";
import { external_energy_limits } from "../../interfaces/external_energy_limits.ts";
import { iso15118_extensions } from "../../interfaces/iso15118_extensions.ts";
import { ocpp } from "../../interfaces/ocpp.ts";
import { ocpp_data_transfer } from "../../interfaces/ocpp_data_transfer.ts";
import { reservation } from "../../interfaces/reservation.ts";
import { session_cost } from "../../interfaces/session_cost.ts";
import { system } from "../../interfaces/system.ts";

/** Relative paths are below the module's share folder. */
export const ocppConfig = {
  /** Folder of `libocpp.log`, with every message but passwords, where LogMessages and LogMessagesFormat say so. */
  MessageLogPath: z.string().default("/tmp/everest_ocpp_logs"),
  /** Database with the values that were set; they win over the files. */
  DeviceModelDatabasePath: z.string().default("device_model_storage.db"),
  /** Databases bring themselves up to date, so no scripts are read. */
  DeviceModelDatabaseMigrationPath: z.string().default("device_model_migrations"),
  /** Folder with `standardized/` and `custom/`. */
  DeviceModelConfigPath: z.string().default("component_config"),
  /** External MQTT topics `everest_api/ocpp/cmd/connect` and `/disconnect` make and cut the connection, for tests. */
  EnableExternalWebsocketControl: z.boolean().default(false),
  /** Seconds for which queued messages wait after a connection is back. */
  MessageQueueResumeDelay: z.int().min(0).default(0),
  RequestCompositeScheduleUnit: z.enum(["A", "W"]).default("A"),
  /** Milliseconds between the EVSEs' readiness and the connection, so that a car already there is told of first. */
  DelayOcppStart: z.int().min(0).default(0),
  /** Seconds between the answer to a Reset and the reset. */
  ResetStopDelay: z.int().min(0).default(0),
};

/** Only of OCPP 1.6. */
export const config16 = {
  /** The JSON file with the keys of OCPP 1.6; it is never written. */
  ChargePointConfigPath: z.string().default("ocpp-config.json"),
  /** The JSON file with what was changed since; it wins. */
  UserConfigPath: z.string().default("user_config.json"),
  /** Folder of the database with queued messages, transactions, tokens, charging profiles and availability. */
  DatabasePath: z.string().default("/tmp/ocpp_1_6_charge_point"),
  /** YAML file that says which variables hold keys of the section Custom. */
  DeviceModelConfigMappings: z.string().default(""),
  /** The slot of NetworkConfiguration that says where the CSMS is; 0 is none. */
  Ocpp16NetworkConfigSlot: z.int().min(0).default(1),
};

/** Only of OCPP 2.0.1. */
export const config201 = {
  /** Folder of the database with queued messages, transactions, tokens and availability. */
  CoreDatabasePath: z.string().default("/tmp/ocpp201"),
  /** One database holds the whole device model here, so this one is not made. */
  EverestDeviceModelDatabasePath: z.string().default("everest_device_model_storage.db"),
  CompositeScheduleIntervalS: z.int().min(0).default(30),
  RequestCompositeScheduleDurationS: z.int().min(0).default(600),
  /** Taken; who sets it is told that it has no effect. */
  CustomMrecErrorMapPath: z.string().default(""),
};

export const ocppProvides = {
  auth_validator: { interface: auth_token_validator },
  auth_provider: { interface: auth_token_provider },
  data_transfer: { interface: ocpp_data_transfer },
  ocpp_generic: { interface: ocpp },
  session_cost: { interface: session_cost },
} as const;

export const ocppRequires = {
  evse_manager: { interface: evse_manager, min: 1, max: 128 },
  /** EVerest wants exactly one. Without it the station keeps its own time and cannot be reset. */
  system: { interface: system, min: 0, max: 1 },
  security: { interface: evse_security, min: 1, max: 1 },
  data_transfer: { interface: ocpp_data_transfer, min: 0, max: 1 },
  auth: { interface: auth, min: 1, max: 1 },
  evse_energy_sink: { interface: external_energy_limits, min: 0, max: 129 },
  display_message: { interface: display_message, min: 0, max: 1 },
  /** EVerest's OCPP wants exactly one. Without it nothing can be reserved. */
  reservation: { interface: reservation, min: 0, max: 1 },
  extensions_15118: { interface: iso15118_extensions, min: 0, max: 128 },
} as const;
