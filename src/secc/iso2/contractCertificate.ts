/** ISO 15118-2, 8.4.3.10 and 8.4.3.11: a contract is installed or renewed; the station passes the request on to the CSMS. */
import type { Decide, Step } from "../../fsm/state.ts";
import { bodyOf, ISO2_NAMESPACE, iso2 } from "../../iso15118/iso2/index.ts";
import { messageTimes } from "../../iso15118/timers.ts";
import { equalBytes, toBase64 } from "../../util/bytes.ts";
import { PeerError } from "../../util/errors.ts";
import { decided, extend } from "../effects.ts";
import type { Iso2, Iso2Session, Request } from "./protocol.ts";
import { refuse } from "./refusals.ts";
import { CERTIFICATE_SERVICE, services } from "./serviceList.ts";

type CertificateRequest = "CertificateInstallationReq" | "CertificateUpdateReq";

/** The longest request that fits into `iso15118_certificate_request`, in base64. */
const MAX_REQUEST = 5600;

const actions = { CertificateInstallationReq: "Install", CertificateUpdateReq: "Update" } as const;

/** Passes the message on as it came and its answer back as it comes; the EV alone can judge what is in it. */
export function forward<N extends CertificateRequest>(
  name: N,
): Decide<Iso2, Request<N>, "PaymentDetails" | "Terminated"> {
  return ({ exi }, session) => {
    const exi_request = toBase64(exi);
    const fault = forwardFault(exi_request, session);
    if (fault) return failed(name, session, fault.reason, fault.fix);
    return {
      effects: [
        extend("iso15118_certificate_request", {
          exi_request,
          iso15118_schema_version: ISO2_NAMESPACE,
          certificate_action: actions[name],
        }),
      ],
      // An answer to an earlier request is none to this one.
      session: { certificateAnswer: undefined },
      ms: messageTimes[name].performance,
      until: ({ certificateAnswer, evse }) => certificateAnswer !== undefined || evse.shutdown,
      decide: (current) => answer(name, current),
    };
  };
}

function forwardFault(request: string, session: Iso2Session): { reason: string; fix: string } | undefined {
  if (!services(session).some(({ ServiceID }) => ServiceID === CERTIFICATE_SERVICE)) {
    const fix = "Allow contract certificate installation: it is offered over TLS with Contract payment only.";
    return { reason: "the certificate service is not on offer", fix };
  }
  if (request.length > MAX_REQUEST) return { reason: "the request is too long", fix: "Send a shorter request." };
  return undefined;
}

function answer(name: CertificateRequest, session: Iso2Session): Step<Iso2, "PaymentDetails" | "Terminated"> {
  const { certificateAnswer, evse } = session;
  if (evse.shutdown) return failed(name, session, "the EVSE is to stop", "Let the EVSE come to rest first.");
  if (certificateAnswer?.status !== "Accepted") {
    const reason = certificateAnswer ? "the CSMS refused it" : "the CSMS did not answer in time";
    return failed(name, session, reason, "Look at Get15118EVCertificate on the OCPP side.");
  }
  const { exi } = certificateAnswer;
  const ResponseCode = peek(exi)?.ResponseCode;
  if (ResponseCode?.startsWith("FAILED")) {
    const title = `${name}: whoever makes contracts says no`;
    const fix = "Look at the decision of the CSMS or its clearing house.";
    const told = decided({ step: 2, title, outcome: "refused", rule: ResponseCode, fix });
    return { reply: { exi, ResponseCode }, effects: [told], next: "Terminated" };
  }
  const title = `the CSMS's answer to ${name} goes to the EV unchanged`;
  const told = decided({ step: 2, title, outcome: "ok" });
  return {
    reply: { exi, ...(ResponseCode !== undefined && { ResponseCode }) },
    effects: [told],
    next: "PaymentDetails",
  };
}

/** What can be seen of an answer from outside; undefined where it cannot be read, which is the EV's affair. */
function peek(exi: Uint8Array): { readonly SessionID: Uint8Array; readonly ResponseCode?: string } | undefined {
  try {
    const { root, value } = iso2.decode(exi);
    if (root !== "V2G_Message") return undefined;
    const message = bodyOf(value)?.message;
    const { SessionID } = value.Header;
    return message && "ResponseCode" in message ? { SessionID, ResponseCode: message.ResponseCode } : { SessionID };
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    return undefined;
  }
}

/** Whether an answer was made for this very session. */
export function isAnswerTo({ sessionId }: Iso2Session, exi: Uint8Array): boolean {
  const found = peek(exi);
  return found !== undefined && equalBytes(found.SessionID, sessionId);
}

function failed(name: CertificateRequest, session: Iso2Session, reason: string, fix: string) {
  const event = {
    step: 2,
    title: `${name}: ${reason}`,
    outcome: "refused",
    rule: "Get15118EVCertificate",
    fix,
  } as const;
  return { ...refuse(name, "FAILED", session), effects: [decided(event)] };
}
