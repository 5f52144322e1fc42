/** ISO 15118-2, 8.4.3.10 and 8.4.3.11: the car has a contract installed, or its own renewed, and pays with what came. */
import { ask, type Step } from "../../fsm/state.ts";
import { decided } from "../effects.ts";
import { checkNewContract, type NewContractVerdict } from "../newContract.ts";
import { paymentDetailsReq } from "./contractRequests.ts";
import { end, type Iso2, type Iso2Ports, type Iso2Session, type Response, state, stopSession } from "./protocol.ts";

type ContractRes = Response<"CertificateInstallationRes"> | Response<"CertificateUpdateRes">;

interface Facts {
  readonly verdict: NewContractVerdict;
  /** Why it could not be kept for the next session. */
  readonly notKept: string | undefined;
}

/** The contract is judged, and kept before it is used. */
async function gather({ header, body }: ContractRes, { car }: Iso2Session, ports: Iso2Ports): Promise<Facts> {
  const { contractWish: wish, contract } = car;
  const ownKey = wish?.action === "install" ? wish.provisioning.key : contract?.key;
  if (!wish || !ownKey) return { verdict: unasked, notKept: undefined };
  const eMAID = wish.action === "update" && contract ? { eMAID: contract.eMAID } : {};
  const verdict = checkNewContract({ header, body, roots: wish.roots, time: ports.now(), ownKey, ...eMAID });
  return { verdict, notKept: verdict.ok ? await ports.storeContract(verdict.contract) : undefined };
}

const unasked: NewContractVerdict = {
  ok: false,
  reason: "the car did not ask for a contract",
  rule: "ISO 15118-2, 8.4.3.10 and 8.4.3.11",
  fix: "Send a contract only when it was asked for.",
};

function decide(
  _: ContractRes,
  session: Iso2Session,
  facts: Facts,
): Step<Iso2, "PaymentDetails" | "SessionStop" | "Terminated"> {
  const { verdict, notKept } = facts;
  if (!verdict.ok) {
    const { reason, rule, fix } = verdict;
    const title = `does not take the contract: ${reason}`;
    const effects = [decided({ step: 2, title, outcome: "refused", rule, fix })];
    return { ...end({ ended: "contract not trusted", reason }), effects };
  }
  const { contract, provisionedBy } = verdict;
  const { contractWish: _wish, ...car } = session.car;
  const what = session.car.contractWish?.action === "update" ? "has its contract renewed" : "has a contract installed";
  const detail = { eMAID: contract.eMAID, "signed by": provisionedBy };
  const effects = [
    decided({ step: 2, title: `${what}: ${contract.eMAID}`, outcome: "ok", detail }),
    ...(notKept === undefined ? [] : [decided({ step: 2, title: `could not keep the contract: ${notKept}` })]),
  ];
  const change = { car: { ...car, contract } };
  if (session.ending) return { ...stopSession(session), session: change, effects };
  return { next: "PaymentDetails", reply: paymentDetailsReq(contract), session: change, effects };
}

export const certificateInstallation = state({
  name: "CertificateInstallation",
  next: ["PaymentDetails", "SessionStop", "Terminated"],
  on: { CertificateInstallationRes: ask(gather, decide) },
});

export const certificateUpdate = state({
  name: "CertificateUpdate",
  next: ["PaymentDetails", "SessionStop", "Terminated"],
  on: { CertificateUpdateRes: ask(gather, decide) },
});
