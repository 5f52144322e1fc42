/** What stations ask for by the Plug & Charge extension of OCPP 1.6, and how they are asked by it. */
import { type PncAction, type PncCalls, pncRequest, readPnc, writePnc } from "../../../ocpp/pnc16.ts";
import type { Call } from "../../../ocpp/v16/endpoint.ts";
import type { Afterwards } from "../../../rpc/peer.ts";
import { InternalError, PeerError } from "../../../util/errors.ts";
import { asksForContract, decideContract, decideToken } from "../authorization.ts";
import { certificateStatus, provideContract } from "../certificates.ts";
import { sign } from "../signing.ts";
import type { Context } from "./context.ts";

const VERSION = "OCPP 1.6 Plug & Charge,";

export const asked = ["Authorize", "SignCertificate", "GetCertificateStatus", "Get15118EVCertificate"] as const;
export type Asked = (typeof asked)[number];

export function isAsked(messageId: string | undefined): messageId is Asked {
  return asked.some((action) => action === messageId);
}

type Answers = {
  readonly [A in Asked]: (
    request: PncCalls[A]["request"],
    context: Context,
    afterwards: Afterwards,
  ) => PncCalls[A]["response"] | Promise<PncCalls[A]["response"]>;
};

export const pncAnswers: Answers = {
  Authorize: async (request, context) => {
    if (!asksForContract(request)) return { idTokenInfo: decideToken(request.idToken, context, `${VERSION} C01`) };
    const { certificateStatus, status } = await decideContract(request, context, VERSION);
    return { idTokenInfo: { status }, ...(certificateStatus && { certificateStatus }) };
  },
  GetCertificateStatus: certificateStatus,
  Get15118EVCertificate: (request, context) => provideContract(request, context, VERSION),
  // A client certificate is asked for by 1.6's own message.
  SignCertificate: ({ certificateType: use = "V2GCertificate", csr }, context, afterwards) => {
    if (use !== "V2GCertificate") return { status: "Rejected" };
    const deliver = async (certificateChain: string) => {
      const request = { certificateChain, certificateType: use };
      return (await callPnc(context.call, "CertificateSigned", request)).status;
    };
    const accepted = sign({ csr, use, rule: `${VERSION} A02`, deliver }, context, afterwards);
    return { status: accepted ? "Accepted" : "Rejected" };
  },
};

/** The station did not take a message of the extension, or answered what it should not. */
export class PncRefused extends PeerError {}

/** Asks the station. @throws PncRefused, and what {@link Call} throws. */
export async function callPnc<A extends PncAction>(
  call: Call,
  action: A,
  request: PncCalls[A]["request"],
): Promise<PncCalls[A]["response"]> {
  const written = writePnc(action, "request", request);
  if (!written.ok) throw new InternalError(`our ${action} request is wrong: ${written.description}`);
  const { data, status } = await call("DataTransfer", pncRequest(action, written.data));
  if (status !== "Accepted") throw new PncRefused(`the DataTransfer around ${action} was answered with ${status}`);
  const answer = readPnc(action, "response", data);
  if (!answer.ok) throw new PncRefused(`the answer to ${action} is wrong: ${answer.description}`);
  return answer.payload;
}
