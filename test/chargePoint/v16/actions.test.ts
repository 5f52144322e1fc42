/** Every message of OCPP 1.6 and of its security whitepaper that a station can receive: right, wrong, or about what is not there. */
import { describe } from "vitest";
import { validator } from "../../../src/ocpp/v16/validator.ts";
import { describeActions } from "../actionTable.ts";
import { csChargingProfiles, future, ownMessages, rows } from "./actionRows.ts";
import { type Bench, bench } from "./bench.ts";

async function prepare(action: string): Promise<Bench> {
  const at = bench({
    prepare(station) {
      station.withSystem();
      station.withReservation();
    },
  });
  await at.connect();
  if (action === "ClearChargingProfile") {
    await at.ask("SetChargingProfile", { connectorId: 1, csChargingProfiles } as never);
  }
  return at;
}

async function rejected(): Promise<Bench> {
  const at = bench();
  at.csms.script.BootNotification = () => ({ status: "Rejected", currentTime: future, interval: 60 });
  await at.connect();
  return at;
}

describe("every message that a station of OCPP 1.6 can receive", () => {
  describeActions({ schemas: "ocpp1.6.json", validator, rows, ownMessages, prepare, rejected });
});
