import { describe, expect, it } from "vitest";
import {
  type ActiveError,
  type ConnectorStatus,
  idle,
  onError,
  onErrorCleared,
  onEvent,
  type State,
  type StatusEvent,
  stationTransitions,
  transitions,
  visibleState,
} from "../../../src/chargePoint/v16/status.ts";

const events = [
  "UsageInitiated",
  "StartCharging",
  "PauseChargingEV",
  "PauseChargingEVSE",
  "ReserveConnector",
  "ReservationEnd",
  "TransactionStoppedAndUserActionRequired",
  "ChangeAvailabilityToUnavailable",
  "BecomeAvailable",
] as const satisfies StatusEvent[];

/** EVerest's t_transitions, row by row; `.` is no transition. OCPP 1.6, table of 4.9. */
const expected: Readonly<Record<State, string>> = {
  Available: "Preparing Charging SuspendedEV SuspendedEVSE Reserved . . Unavailable .",
  Preparing: ". Charging SuspendedEV SuspendedEVSE . . Finishing . Available",
  Charging: ". . SuspendedEV SuspendedEVSE . . Finishing Unavailable Available",
  SuspendedEV: ". Charging . SuspendedEVSE . . Finishing Unavailable Available",
  SuspendedEVSE: ". Charging SuspendedEV SuspendedEVSE . . Finishing Unavailable Available",
  Finishing: "Preparing . . . . . . Unavailable Available",
  Reserved: "Preparing . . . . Available . Unavailable Available",
  Unavailable: "Preparing Charging SuspendedEV SuspendedEVSE . . . . Available",
};

const board: ActiveError = { uuid: "1", errorCode: "GroundFailure", isFault: true, vendorErrorCode: "board/RCD" };
const warning: ActiveError = { uuid: "2", errorCode: "HighTemperature", isFault: false };

describe("the status of a connector", () => {
  it.each(Object.keys(expected) as State[])(
    "goes from %s where it should with every event, and tells of it",
    (state) => {
      const row = events.map((event) => {
        const { status, report } = onEvent({ ...idle, state }, event, transitions);
        if (status.state === state && !(state === "SuspendedEVSE" && event === "PauseChargingEVSE")) {
          expect(report).toBeUndefined();
          return ".";
        }
        expect(report ?? { status: status.state }).toMatchObject({ status: status.state });
        return status.state;
      });
      expect(row.join(" ")).toBe(expected[state]);
    },
  );

  it("of the station itself is Available or Unavailable only", () => {
    for (const state of Object.keys(expected) as State[]) {
      const next = events.map((event) => onEvent({ ...idle, state }, event, stationTransitions).status.state);
      const others = next.filter((one) => one !== state);
      expect(others).toEqual({ Available: ["Unavailable"], Unavailable: ["Available"] }[state as string] ?? []);
    }
  });

  it("is Faulted while there is a fault, and moves unseen below it", () => {
    const faulted = onError({ ...idle, state: "Charging" }, board);
    expect(faulted.report).toMatchObject({
      status: "Faulted",
      errorCode: "GroundFailure",
      vendorErrorCode: "board/RCD",
    });
    const moved = onEvent(faulted.status, "TransactionStoppedAndUserActionRequired", transitions);
    expect(moved.report).toBeUndefined();
    expect(visibleState(moved.status)).toBe("Faulted");
    const better = onErrorCleared(moved.status, "1", false);
    expect(better.report).toEqual({ status: "Finishing", errorCode: "NoError" });
  });

  it("stays what it is with an error that is no fault, but the error is told", () => {
    const { status, report } = onError({ ...idle, state: "Charging" }, warning);
    expect(report).toMatchObject({ status: "Charging", errorCode: "HighTemperature" });
    expect(onEvent(status, "PauseChargingEV", transitions).report).toMatchObject({
      status: "SuspendedEV",
      errorCode: "HighTemperature",
    });
  });

  it("tells of the same error once, and of its end only when it is known", () => {
    const once = onError(idle, board).status;
    expect(onError(once, board)).toEqual({ status: once });
    expect(onErrorCleared(once, "unknown", true)).toEqual({ status: once });
  });

  it("names the error that is over, if that is wanted, also while another lasts", () => {
    const both = onError(onError(idle, board).status, { ...board, uuid: "3", vendorErrorCode: "board/Lock" }).status;
    const { report } = onErrorCleared(both, "3", true);
    expect(report).toEqual({
      ...{ status: "Faulted", errorCode: "GroundFailure", info: "board/Lock resolved", vendorErrorCode: "board/Lock" },
    });
    expect(onErrorCleared(both, "3", false).report).toBeUndefined();
  });

  it("tells of a suspension again when its reason has changed", () => {
    const suspended = onEvent({ ...idle, state: "Charging" }, "PauseChargingEVSE", transitions, "SwitchingPhases");
    expect(suspended.report).toMatchObject({ status: "SuspendedEVSE", info: "SwitchingPhases" });
    const same = onEvent(suspended.status, "PauseChargingEVSE", transitions, "SwitchingPhases");
    expect(same.report).toBeUndefined();
    const other: ConnectorStatus = suspended.status;
    expect(onEvent(other, "PauseChargingEVSE", transitions, "NoEnergy").report).toMatchObject({ info: "NoEnergy" });
  });
});
