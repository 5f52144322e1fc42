/** ISO 15118-2, 8.4.3.7: the EV proves that the contract is its own, then all wait for those who decide. */
import type { Outcome, Step } from "../../fsm/state.ts";
import type { CertificateStatus } from "../../interfaces/types/authorization.ts";
import { iso2, type Named } from "../../iso15118/iso2/index.ts";
import { verifySignature } from "../../iso15118/signature.ts";
import { equalBytes } from "../../util/bytes.ts";
import { HOLD_MS, late, pending } from "../authorization.ts";
import { decided, publish } from "../effects.ts";
import { type Contract, type Iso2, type Iso2Session, type Request, state } from "./protocol.ts";
import { type Failure, refuse } from "./refusals.ts";
import { stop } from "./stop.ts";

type AuthorizationReq = Request<"AuthorizationReq">;
type Next = "ChargeParameterDiscovery" | "Terminated";

/** Why the one who decides said no, where AuthorizationRes has a code for it. */
const rejections: Readonly<Partial<Record<CertificateStatus, Failure>>> = {
  CertificateRevoked: "FAILED_CertificateRevoked",
  ContractCancelled: "FAILED_ContractCanceled",
};

/** Holds the answer until there is a decision, then answers as far as it goes. */
function held(session: Partial<Iso2Session>, effects: NonNullable<Step<Iso2>["effects"]>): Outcome<Iso2, Next> {
  return {
    session,
    effects,
    ms: HOLD_MS,
    until: ({ authorization }) => authorization.status !== "pending",
    decide: answer,
  };
}

function answer(session: Iso2Session): Step<Iso2, Next> {
  const { authorization, selected } = session;
  const contract = selected?.payment === "Contract";
  switch (authorization.status) {
    case "accepted":
      return { reply: response("Finished"), next: "ChargeParameterDiscovery" };
    case "rejected": {
      const code = contract ? (rejections[authorization.certificateStatus] ?? "FAILED") : "FAILED";
      return refuse("AuthorizationReq", code, session);
    }
    case "timed out":
      return {
        ...refuse("AuthorizationReq", "FAILED", session),
        effects: [late(contract ? "auth_timeout_pnc" : "auth_timeout_eim")],
      };
    default:
      return { reply: response(contract ? "Ongoing" : "Ongoing_WaitingForCustomerInteraction") };
  }
}

function response(
  EVSEProcessing: "Finished" | "Ongoing" | "Ongoing_WaitingForCustomerInteraction",
): Named<"AuthorizationRes"> {
  return { name: "AuthorizationRes", message: { ResponseCode: "OK", EVSEProcessing } };
}

/** The first request with a contract: challenge and signature must be right, and the challenge is used up either way. */
function prove(request: AuthorizationReq, session: Iso2Session, contract: Contract): Outcome<Iso2, Next> {
  const fault = proofFault(request, contract);
  const used = { contract: { ...contract, challenge: undefined } };
  if (fault) {
    const { code, reason } = fault;
    const fix = "Sign the AuthorizationReq with the private key of the contract certificate that was shown.";
    const title = `AuthorizationReq: ${reason}`;
    const effects = [decided({ step: 2, title, outcome: "refused", rule: code, fix })];
    return { ...refuse("AuthorizationReq", code, session), session: used, effects };
  }
  const detail = { eMAID: contract.token.id_token.value };
  const title = "AuthorizationReq: challenge and signature are those of the contract";
  const verified = decided({ step: 2, title, outcome: "ok", rule: "[V2G2-475], 7.9.2.4", detail });
  return held({ ...used, authorization: pending }, [verified, publish("require_auth_pnc", contract.token)]);
}

function proofFault(
  { header, body }: AuthorizationReq,
  { challenge, publicKey }: Contract,
): { code: Failure; reason: string } | undefined {
  if (!challenge || !body.GenChallenge || !equalBytes(body.GenChallenge, challenge)) {
    return { code: "FAILED_ChallengeInvalid", reason: "it does not repeat the challenge" };
  }
  const id = body["@Id"];
  if (!header.Signature || !id) return { code: "FAILED_SignatureError", reason: "it is not signed" };
  const elements = [{ set: iso2, name: "AuthorizationReq", id, value: body }];
  const verdict = verifySignature({ signature: header.Signature, elements, publicKey });
  return verdict.ok ? undefined : { code: "FAILED_SignatureError", reason: verdict.reason };
}

export const authorization = state({
  name: "Authorization",
  next: ["Authorization", "ChargeParameterDiscovery", "Terminated"],
  on: {
    AuthorizationReq(request, session) {
      if (session.authorization.status !== "none") return held({}, []);
      if (session.selected?.payment !== "Contract")
        return held({ authorization: pending }, [publish("require_auth_eim")]);
      // A contract was shown, or this state would not have been reached.
      return session.contract
        ? prove(request, session, session.contract)
        : refuse("AuthorizationReq", "FAILED", session);
    },
    SessionStopReq: stop,
  },
});
