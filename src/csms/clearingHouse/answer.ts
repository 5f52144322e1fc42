/** What the clearing house answers: a response for the car, or nothing that could be sent to it. */
import { type ContractFailure, contractRefusal, RETRY_NEVER } from "../../iso15118/contractMessages.ts";
import { iso2, messageOf } from "../../iso15118/iso2/index.ts";
import { toBase64 } from "../../util/bytes.ts";
import { PeerError } from "../../util/errors.ts";
import type { Refusal } from "./refusal.ts";
import type { CarRequest } from "./request.ts";

export type ContractAnswer =
  | {
      /** There is a response for the car, be it a contract or a refusal. */
      readonly status: "Accepted";
      readonly exi: Uint8Array;
      readonly ResponseCode: "OK" | ContractFailure;
      readonly emaid?: string;
      /** A sentence without a full stop. */
      readonly title: string;
      readonly fix?: string;
    }
  | Failed;

/** There is nothing to send to the car. */
export interface Failed {
  readonly status: "Failed";
  /** In OCPP's words (2.0.1 part 2, appendix 5). */
  readonly reasonCode: "NotEnabled" | "FormatViolation" | "InvalidValue" | "UnsupportedParam" | "TooLargeElement";
  readonly title: string;
  readonly fix: string;
}

/** The longest response that OCPP carries, in base64. */
const MAX_RESPONSE = 5600;

export function failed(reasonCode: Failed["reasonCode"], reason: string, fix: string): Failed {
  return { status: "Failed", reasonCode, title: `no contract: ${reason}`, fix };
}

/** After these, the same contract cannot be renewed at any time. */
const final: readonly ContractFailure[] = [
  "FAILED_CertificateExpired",
  "FAILED_CertificateRevoked",
  "FAILED_ContractCanceled",
];

export function refused(
  { name, header: { SessionID } }: CarRequest,
  { ResponseCode, reason, fix }: Refusal,
): ContractAnswer {
  const retryDays = final.includes(ResponseCode) ? RETRY_NEVER : undefined;
  const exi = iso2.encode("V2G_Message", messageOf({ SessionID }, contractRefusal(name, ResponseCode, retryDays)));
  return { status: "Accepted", exi, ResponseCode, title: `no contract: ${reason}`, fix };
}

/** The octets; a clause when they do not fit. */
export function encoded(encode: () => Uint8Array): Uint8Array | string {
  try {
    const exi = encode();
    const { length } = toBase64(exi);
    return length <= MAX_RESPONSE ? exi : `the response has ${length} characters, OCPP carries ${MAX_RESPONSE}`;
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    return `the response cannot be written (${error.message})`;
  }
}
