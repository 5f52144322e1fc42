/** Every message of OCPP 2.0.1 that a station can receive: what it is answered when it is right, wrong, or about what is not there. */
import { describe } from "vitest";
import { validator } from "../../../src/ocpp/v201/validator.ts";
import { describeActions } from "../actionTable.ts";
import { type Bench, bench } from "../support.ts";
import { future, monitor, ownMessages, profile, rows } from "./actionRows.ts";

async function online(): Promise<Bench> {
  const at = bench({
    prepare(station) {
      station.withSystem();
      station.withReservation();
    },
  });
  await at.connect();
  return at;
}

/** Something to clear and to tell of. */
const needThings = ["ClearChargingProfile", "ClearVariableMonitoring", "GetChargingProfiles", "GetMonitoringReport"];

async function prepare(action: string): Promise<Bench> {
  const at = await online();
  if (!needThings.includes(action)) return at;
  await at.ask("SetChargingProfile", { evseId: 1, chargingProfile: profile } as never);
  await at.ask("SetVariableMonitoring", { setMonitoringData: [{ ...monitor, severity: 1 }] } as never);
  return at;
}

async function rejected(): Promise<Bench> {
  const at = bench();
  at.csms.script.BootNotification = () => ({ status: "Rejected", currentTime: future, interval: 60 });
  await at.connect();
  return at;
}

describe("every message that a station of OCPP 2.0.1 can receive", () => {
  describeActions({ schemas: "ocpp2.0.1.json", validator, rows, ownMessages, prepare, rejected });
});
