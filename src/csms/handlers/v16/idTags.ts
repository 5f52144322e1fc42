/** OCPP 1.6's idTags, by the accounts that all versions share. */

import type { AuthorizationStatus, IdTagInfo } from "../../../ocpp/v16/types.ts";
import type { AuthorizationStatusEnumType } from "../../../ocpp/v201/messages.generated.ts";
import type { TokenVerdict } from "../../services/tokens.ts";
import { decideToken } from "../authorization.ts";
import type { Handler } from "./context.ts";

const own: readonly AuthorizationStatus[] = ["Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx"];
/** CiString20Type. */
const MAX_PARENT = 20;

/** What 1.6 has no word for is Invalid. */
function statusOf(status: AuthorizationStatusEnumType): AuthorizationStatus {
  return own.find((known) => known === status) ?? "Invalid";
}

export function infoOf({ status, cacheExpiryDateTime, groupIdToken }: TokenVerdict["info"]): IdTagInfo {
  const parentIdTag = groupIdToken?.idToken;
  return {
    status: statusOf(status),
    ...(cacheExpiryDateTime !== undefined && { expiryDate: cacheExpiryDateTime }),
    ...(parentIdTag !== undefined && parentIdTag.length <= MAX_PARENT && { parentIdTag }),
  };
}

/** 4.1. */
export const authorize: Handler<"Authorize"> = ({ idTag }, context) => ({
  idTagInfo: infoOf(decideToken({ idToken: idTag }, context, "OCPP 1.6, 4.1")),
});
