import type { AuthorizeResponse } from "../../../ocpp/v201/messages.generated.ts";
import type { StationContext } from "../../context.ts";
import type { ContractQuestion } from "../../services/contracts.ts";
import { asksForContract, decideContract, decideToken } from "../authorization.ts";

type Request = ContractQuestion & { readonly idToken: { readonly type: string } };

/** C01 for tokens, C07 for contracts: an eMAID with its certificate or with hash data of its chain. */
export async function authorize(request: Request, context: StationContext): Promise<AuthorizeResponse> {
  const isContract = request.idToken.type === "eMAID" && asksForContract(request);
  if (!isContract) return { idTokenInfo: decideToken(request.idToken, context, "OCPP 2.0.1 C01") };
  const { certificateStatus, status } = await decideContract(request, context, "OCPP 2.0.1");
  return { idTokenInfo: { status }, ...(certificateStatus && { certificateStatus }) };
}
