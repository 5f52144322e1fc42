import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import {
  BootNotificationResponse,
  ChangeAvailabilityRequest,
  ChangeAvailabilityResponse,
  ChargingSchedules,
  ComponentVariable,
  ConnectionStatus,
  EventData,
  GetVariableRequest,
  GetVariableResult,
  Message,
  OcppTransactionEvent,
  OcppTransactionEventResponse,
  SecurityEvent,
  SetVariableRequest,
  SetVariableResult,
} from "./types/ocpp.ts";

/** The part of OCPP that is the same for all versions. */
export const ocpp = defineInterface({
  name: "ocpp",
  cmds: {
    stop: { args: {}, result: z.boolean() },
    restart: { args: {}, result: z.boolean() },
    security_event: { args: { event: SecurityEvent }, result: z.null() },
    get_variables: { args: { requests: z.array(GetVariableRequest) }, result: z.array(GetVariableResult) },
    set_variables: {
      args: { requests: z.array(SetVariableRequest), source: z.string() },
      result: z.array(SetVariableResult),
    },
    change_availability: { args: { request: ChangeAvailabilityRequest }, result: ChangeAvailabilityResponse },
    monitor_variables: { args: { component_variables: z.array(ComponentVariable) }, result: z.null() },
  },
  vars: {
    ocpp_transaction_event: OcppTransactionEvent,
    ocpp_transaction_event_response: OcppTransactionEventResponse,
    charging_schedules: ChargingSchedules,
    connection_status: ConnectionStatus,
    security_event: SecurityEvent,
    event_data: EventData,
    boot_notification_response: BootNotificationResponse,
    ocpp_message: Message,
  },
});
