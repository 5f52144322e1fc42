/** What errors of EVerest's modules are in OCPP 1.6: a ChargePointErrorCode, with the Minimum Required Error Code of ChargeX where it has one. */
import type { ErrorReport } from "../../framework/errors.ts";
import type { ChargePointErrorCode } from "../../ocpp/v16/types.ts";
import type { ActiveError } from "./status.ts";

const CHARGE_X = "https://chargex.inl.gov";

/** StatusNotification.req: CiString50, CiString255. */
const MAX_INFO = 50;
const MAX_VENDOR_ID = 255;
const MAX_VENDOR_CODE = 50;

/** The number in a name such as `evse_board_support/MREC6UnderVoltage`, and what OCPP 1.6 calls it; all others are OtherError. */
const mrecErrors: Readonly<Record<string, ChargePointErrorCode>> = {
  "1": "ConnectorLockFailure",
  "2": "GroundFailure",
  "3": "HighTemperature",
  "4": "OverCurrentFailure",
  "5": "OverVoltage",
  "6": "UnderVoltage",
};

const otherErrors: Readonly<Record<string, ChargePointErrorCode>> = {
  "powermeter/CommunicationFault": "PowerMeterFailure",
};

/** The EVSE cannot deliver energy: the only error that makes a connector Faulted. */
const INOPERATIVE = "evse_manager/Inoperative";

export function toActiveError(error: ErrorReport): ActiveError {
  const { uuid, type, message, description, vendor_id } = error;
  const number = /\/MREC(\d{1,2})/.exec(type)?.[1];
  if (number !== undefined) {
    const errorCode = mrecErrors[number] ?? "OtherError";
    return { uuid, errorCode, isFault: false, vendorId: CHARGE_X, vendorErrorCode: `CX${number.padStart(3, "0")}` };
  }
  const errorCode = otherErrors[type];
  if (errorCode) return { uuid, errorCode, isFault: false };
  if (type === INOPERATIVE) {
    return {
      ...{ uuid, errorCode: "OtherError", isFault: true },
      ...texts(`caused_by:${message}`, vendor_id, description),
    };
  }
  return { uuid, errorCode: "OtherError", isFault: false, ...texts(originOf(error), message, shortType(error)) };
}

function texts(info: string, vendorId: string, vendorErrorCode: string) {
  return {
    info: info.slice(0, MAX_INFO),
    vendorId: vendorId.slice(0, MAX_VENDOR_ID),
    vendorErrorCode: vendorErrorCode.slice(0, MAX_VENDOR_CODE),
  };
}

function originOf({ origin }: ErrorReport): string {
  return `${origin.module_id}->${origin.implementation_id}`;
}

/** Without the interface, which the length does not allow for. */
function shortType({ type, sub_type }: ErrorReport): string {
  return `${type.slice(type.indexOf("/") + 1)}/${sub_type}`;
}
