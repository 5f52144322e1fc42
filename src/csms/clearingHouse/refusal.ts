import type { ContractFailure } from "../../iso15118/contractMessages.ts";

/** Why a car gets no contract. */
export interface Refusal {
  readonly ok: false;
  readonly ResponseCode: ContractFailure;
  /** A clause that begins in lower case. */
  readonly reason: string;
  /** One imperative sentence. */
  readonly fix: string;
}

export function refuse(ResponseCode: ContractFailure, reason: string, fix: string): Refusal {
  return { ok: false, ResponseCode, reason, fix };
}
