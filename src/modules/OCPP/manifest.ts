import { z } from "zod";
import { defineManifest } from "../../framework/manifest.ts";
import { auth } from "../../interfaces/auth.ts";
import { auth_token_provider } from "../../interfaces/auth_token_provider.ts";
import { auth_token_validator } from "../../interfaces/auth_token_validator.ts";
import { charger_information } from "../../interfaces/charger_information.ts";
import { display_message } from "../../interfaces/display_message.ts";
import { evse_manager } from "../../interfaces/evse_manager.ts";
import { evse_security } from "../../interfaces/evse_security.ts";
import { external_energy_limits } from "../../interfaces/external_energy_limits.ts";
import { iso15118_extensions } from "../../interfaces/iso15118_extensions.ts";
import { ocpp } from "../../interfaces/ocpp.ts";
import { ocpp_1_6_charge_point } from "../../interfaces/ocpp_1_6_charge_point.ts";
import { ocpp_data_transfer } from "../../interfaces/ocpp_data_transfer.ts";
import { reservation } from "../../interfaces/reservation.ts";
import { session_cost } from "../../interfaces/session_cost.ts";
import { system } from "../../interfaces/system.ts";

const legacyOnly = "'legacy': the configuration of OCPP 1.6 is the JSON file of ChargePointConfigPath here";

/** Relative paths are below the module's share folder. */
const config = z.strictObject({
  /** The JSON file with the keys of OCPP 1.6; it is never written. */
  ChargePointConfigPath: z.string().default("ocpp-config.json"),
  /** The JSON file with what was changed since; it wins. */
  UserConfigPath: z.string().default("user_config.json"),
  /** Folder of the database with queued messages, transactions, tokens, charging profiles and availability. */
  DatabasePath: z.string().default("/tmp/ocpp_1_6_charge_point"),
  /** EVerest can keep 1.6's configuration in a device model of 2.0.1; the four keys below are of that. */
  ConfigBackend: z.literal("legacy", { error: `expected ${legacyOnly}` }).default("legacy"),
  DeviceModelDatabasePath: z.string().default("device_model_storage.db"),
  DeviceModelDatabaseMigrationPath: z.string().default("device_model_migrations"),
  DeviceModelConfigPath: z.string().default("component_config"),
  DeviceModelConfigMappings: z.string().default(""),
  EnableDeviceModelFallbackToLegacyJson: z.boolean().default(false),
  Ocpp16NetworkConfigSlot: z.int().min(0).default(1),
  /** External MQTT topics `everest_api/ocpp/cmd/connect` and `/disconnect` make and cut the connection, for tests. */
  EnableExternalWebsocketControl: z.boolean().default(false),
  /** How often the energy management is told of the limits besides on every change, in seconds; 0 is never. */
  PublishChargingScheduleIntervalS: z.int().min(0).default(30),
  /** How far ahead, in seconds. */
  PublishChargingScheduleDurationS: z.int().min(1).default(600),
  RequestCompositeScheduleUnit: z.enum(["A", "W"]).default("A"),
  /** Folder of `libocpp.log`, with every message but passwords, where LogMessages and LogMessagesFormat say so. */
  MessageLogPath: z.string().default("/tmp/everest_ocpp_logs"),
  /** Seconds for which queued messages wait after a connection is back. */
  MessageQueueResumeDelay: z.int().min(0).default(0),
  /** Milliseconds between the EVSEs' readiness and the connection, so that a car already there is told of first. */
  DelayOcppStart: z.int().min(0).default(0),
  /** Seconds between the answer to a Reset and the reset. */
  ResetStopDelay: z.int().min(0).default(0),
});

export const manifest = defineManifest({
  description: "An OCPP 1.6 charge point with Plug & Charge: the station's side towards its CSMS",
  config,
  provides: {
    main: { interface: ocpp_1_6_charge_point },
    auth_validator: { interface: auth_token_validator },
    auth_provider: { interface: auth_token_provider },
    data_transfer: { interface: ocpp_data_transfer },
    ocpp_generic: { interface: ocpp },
    session_cost: { interface: session_cost },
  },
  requires: {
    evse_manager: { interface: evse_manager, min: 1, max: 128 },
    /** EVerest wants exactly one. Without it the station keeps its own time and cannot be reset. */
    system: { interface: system, min: 0, max: 1 },
    security: { interface: evse_security, min: 1, max: 1 },
    data_transfer: { interface: ocpp_data_transfer, min: 0, max: 1 },
    auth: { interface: auth, min: 1, max: 1 },
    evse_energy_sink: { interface: external_energy_limits, min: 0, max: 129 },
    display_message: { interface: display_message, min: 0, max: 1 },
    /** EVerest wants exactly one. Without it nothing can be reserved. */
    reservation: { interface: reservation, min: 0, max: 1 },
    extensions_15118: { interface: iso15118_extensions, min: 0, max: 128 },
    charger_information: { interface: charger_information, min: 0, max: 1 },
  },
  enable_external_mqtt: true,
  enable_global_errors: true,
});
