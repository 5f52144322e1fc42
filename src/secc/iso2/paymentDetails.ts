/** ISO 15118-2, 8.4.3.6: the EV shows its contract, and gets a challenge to sign. */
import { ask, type Step } from "../../fsm/state.ts";
import type { ProvidedIdToken } from "../../interfaces/types/authorization.ts";
import { normaliseEmaid, sameEmaid } from "../../iso15118/emaid.ts";
import { PeerError } from "../../util/errors.ts";
import { type Certificate, parseCertificate, toPem } from "../../x509/certificate.ts";
import { decided, type Effect } from "../effects.ts";
import { forward } from "./contractCertificate.ts";
import {
  type ContractFault,
  type ContractVerdict,
  type Iso2,
  type Iso2Ports,
  type Iso2Session,
  type Request,
  state,
} from "./protocol.ts";
import { type Failure, refuse } from "./refusals.ts";
import { stop } from "./stop.ts";

type PaymentDetailsReq = Request<"PaymentDetailsReq">;

const CHALLENGE_LENGTH = 16;
/** The longest chain, as PEM, that fits into a ProvidedIdToken and Authorize.req. */
const MAX_FORWARDED = 5500;
/** How long before its end a contract is said to end soon: a week, in which a car is charged at least once. */
const EXPIRES_SOON_MS = 7 * 86_400_000;
/** Certificates for which OCPP takes hash data. */
const MAX_HASH_DATA = 4;

/** What is wrong with the message itself. */
interface Fault {
  readonly reason: string;
  readonly fix: string;
}

interface Facts {
  readonly now: number;
  readonly challenge: Uint8Array;
  /** Leaf first; what cannot be read leaves a fault instead. */
  readonly chain: readonly [Certificate, ...Certificate[]] | Fault;
  readonly verdict: ContractVerdict;
}

async function gather({ body }: PaymentDetailsReq, _session: Iso2Session, ports: Iso2Ports): Promise<Facts> {
  const chain = readChain(body);
  const verdict: ContractVerdict = "reason" in chain ? { result: "unchecked" } : await ports.checkContract(chain);
  return { now: ports.now(), challenge: ports.random(CHALLENGE_LENGTH), chain, verdict };
}

/** The certificates with what must hold before their signatures are worth a look. */
function readChain({ eMAID, ContractSignatureCertChain }: PaymentDetailsReq["body"]): Facts["chain"] {
  const { Certificate: leafDer, SubCertificates } = ContractSignatureCertChain;
  const fix = "Give the EV an intact contract certificate chain.";
  if (leafDer.length === 0) return { reason: "there is no contract certificate", fix };
  try {
    const leaf = parseCertificate(leafDer);
    const name = leaf.subject.CN ?? "";
    if (!sameEmaid(eMAID, name)) {
      return {
        reason: `the eMAID ${eMAID} is not the certificate's common name`,
        fix: "Send the contract's own eMAID.",
      };
    }
    const chain = [leaf, ...(SubCertificates?.Certificate ?? []).map((der) => parseCertificate(der))] as const;
    return toPem(...chain).length > MAX_FORWARDED
      ? { reason: "the chain is too long to be forwarded", fix }
      : [...chain];
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    return { reason: `a certificate cannot be read (${error.message})`, fix };
  }
}

/** What follows when the chain did not pass: which code, and whether the CSMS may judge instead. */
const outcomes: Readonly<Record<ContractFault, { readonly code: Failure; readonly centralMayDecide: boolean }>> = {
  NoCertificateAvailable: { code: "FAILED_NoCertificateAvailable", centralMayDecide: true },
  CertificateNotAllowed: { code: "FAILED_CertificateNotAllowedAtThisEVSE", centralMayDecide: true },
  CertificateRevoked: { code: "FAILED_CertificateRevoked", centralMayDecide: true },
  CertificateExpired: { code: "FAILED_CertificateExpired", centralMayDecide: false },
  CertChainError: { code: "FAILED_CertChainError", centralMayDecide: false },
};

function decide(
  _request: PaymentDetailsReq,
  session: Iso2Session,
  facts: Facts,
): Step<Iso2, "Authorization" | "Terminated"> {
  const { chain, verdict } = facts;
  if ("reason" in chain) return refuseContract(session, facts, "FAILED_CertChainError", chain);
  const other = otherContract(chain[0], session);
  if (other) return refuseContract(session, facts, "FAILED_CertificateNotAllowedAtThisEVSE", other, chain[0]);
  const effect = judged(chain, verdict, session);
  if (verdict.result === "Valid" || verdict.result === "unchecked") return accept(session, facts, chain, effect);
  const { code, centralMayDecide } = outcomes[verdict.result];
  const left = centralMayDecide && session.evse.centralContractValidation;
  return left ? accept(session, facts, chain, effect) : refuseContract(session, facts, code, verdict, chain[0]);
}

/** A session that goes on is paid by the contract that it was begun with. */
function otherContract(leaf: Certificate, { joined, paused }: Iso2Session): Fault | undefined {
  const eMAID = joined ? paused?.eMAID : undefined;
  if (eMAID === undefined || sameEmaid(eMAID, leaf.subject.CN ?? "")) return undefined;
  const fix = "Go on with the contract of the paused session, or begin a new one.";
  return { reason: `the session that was paused is paid by ${eMAID}`, fix };
}

/** What was found, for the timeline, when it does not end the session. */
function judged([leaf]: readonly [Certificate, ...unknown[]], verdict: ContractVerdict, session: Iso2Session): Effect {
  const detail = { subject: leaf.subject.toString(), issuer: leaf.issuer.toString() };
  if (verdict.result === "Valid") {
    const title = `contract chain checked against ${verdict.root}: ok`;
    return decided({ step: 2, title, outcome: "ok", rule: "verify_contract_cert_chain", detail });
  }
  if (verdict.result === "unchecked") {
    const title = "contract chain not checked here; the CSMS decides";
    return decided({ step: 2, title, rule: "verify_contract_cert_chain=false", detail });
  }
  const allowed = String(session.evse.centralContractValidation);
  return decided({
    step: 2,
    title: `contract chain: ${verdict.reason}; left to the CSMS`,
    rule: `central_contract_validation_allowed=${allowed}`,
    detail,
  });
}

function accept(
  session: Iso2Session,
  { challenge, now, verdict }: Facts,
  chain: readonly [Certificate, ...Certificate[]],
  effect: Effect,
): Step<Iso2, "Authorization"> {
  const hashData = verdict.result === "Valid" ? verdict.hashData.slice(0, MAX_HASH_DATA) : [];
  const token: ProvidedIdToken = {
    id_token: { value: normaliseEmaid(chain[0].subject.CN ?? ""), type: "eMAID" },
    authorization_type: "PlugAndCharge",
    certificate: toPem(...chain),
    ...(hashData.length > 0 ? { iso15118CertificateHashData: hashData } : {}),
  };
  return {
    reply: {
      name: "PaymentDetailsRes",
      message: { ResponseCode: acceptedAs(chain[0], now), ...answered(challenge, now) },
    },
    session: { contract: { publicKey: chain[0].publicKey, challenge, token } },
    effects: [effect, { to: "timer", ms: session.settings.authTimeoutPnc * 1000 }],
    next: "Authorization",
  };
}

/** The EV is told in time to have its contract renewed. */
function acceptedAs({ notAfter }: Certificate, now: number): "OK" | "OK_CertificateExpiresSoon" {
  return notAfter - now < EXPIRES_SOON_MS && notAfter > now ? "OK_CertificateExpiresSoon" : "OK";
}

function refuseContract(
  session: Iso2Session,
  { now }: Facts,
  code: Failure,
  { reason, fix }: Fault,
  leaf?: Certificate,
): Step<Iso2, "Terminated"> {
  const step = refuse("PaymentDetailsReq", code, session);
  const message = { ResponseCode: code, ...answered(new Uint8Array(CHALLENGE_LENGTH), now) };
  const detail = leaf ? { detail: { subject: leaf.subject.toString(), issuer: leaf.issuer.toString() } } : {};
  const event = {
    step: 2,
    title: `contract refused: ${reason}`,
    outcome: "refused",
    rule: code,
    fix,
    ...detail,
  } as const;
  return { ...step, reply: { name: "PaymentDetailsRes", message }, effects: [decided(event)] };
}

function answered(GenChallenge: Uint8Array, now: number) {
  return { GenChallenge, EVSETimeStamp: Math.floor(now / 1000) };
}

/** After the choice of Contract the EV may first have its contract installed or renewed. */
export const contractSelected = state({
  name: "ContractSelected",
  next: ["PaymentDetails", "Authorization", "Terminated"],
  on: {
    PaymentDetailsReq: ask(gather, decide),
    CertificateInstallationReq: forward("CertificateInstallationReq"),
    CertificateUpdateReq: forward("CertificateUpdateReq"),
    SessionStopReq: stop,
  },
});

export const paymentDetails = state({
  name: "PaymentDetails",
  next: ["Authorization", "Terminated"],
  on: { PaymentDetailsReq: ask(gather, decide), SessionStopReq: stop },
});
