/** How a session of the demo must end, by the contract that the car comes with and by the faults that were asked for. */
import { type Fault, findFault } from "../../pki/index.ts";
import type { ProtocolName } from "../peer/verdict.ts";
import { type ContractCase, contractCaseFacts } from "./contractCases.ts";

export type Ending =
  | { readonly how: "charged" }
  /** The EVSE says no. Without a code, by any that fails. */
  | { readonly how: "refused"; readonly message: string; readonly ResponseCode?: string }
  /** The car goes, with this as the ending that it tells. */
  | { readonly how: "left"; readonly ended: string };

export interface Circumstances {
  /** Null when it is paid externally. */
  readonly contract: ContractCase | null;
  readonly protocol: ProtocolName;
  /** As `plugcharge pki faults` names them. */
  readonly faults: readonly string[];
}

const charged: Ending = { how: "charged" };

/** Where the catalogue's words are about more than a session of the demo shows. */
const special: Readonly<Record<string, readonly Ending[]>> = {
  // The message cannot hold it, so the car does not come to send it.
  "contract:too-large": [{ how: "left", ended: "car fault" }],
  "oem:too-large": [{ how: "left", ended: "car fault" }],
  "cps:too-large": [{ how: "refused", message: "CertificateInstallationRes", ResponseCode: "FAILED" }],
  // Nobody can be asked whether it was revoked.
  "contract:no-ocsp-url": [{ how: "refused", message: "AuthorizationRes" }],
  // The car hears of it only when the station has the responder's answer already.
  "secc:revoked": [{ how: "left", ended: "charger not trusted" }, charged],
};

/** What becomes of a fault in such a certificate; where it is of no account, nothing. */
const byGroup: Readonly<Record<string, { matters(of: Circumstances): boolean; readonly ended?: string }>> = {
  contract: { matters: comesWithContract },
  mo: { matters: comesWithContract },
  oem: { matters: ({ contract }) => contract === "installed" },
  cps: { matters: ({ contract }) => contract === "installed", ended: "contract not trusted" },
  secc: { matters: hasTls, ended: "charger not trusted" },
  cpo: { matters: hasTls, ended: "charger not trusted" },
};

function comesWithContract({ contract }: Circumstances): boolean {
  return contract !== null && contract !== "installed";
}

/** DIN SPEC 70121 is spoken without TLS. */
function hasTls({ protocol }: Circumstances): boolean {
  return protocol === "ISO 15118-2";
}

/** Any of these is right: with several faults it is open which one is met first. */
export function deserved(of: Circumstances): readonly Ending[] {
  const refusal = of.contract === null ? undefined : contractCaseFacts[of.contract].refusal;
  const endings = [
    ...(refusal ? [{ how: "refused", ...refusal } as const] : []),
    ...of.faults.flatMap((name) => endingsOf(findFault(name), of)),
  ];
  return endings.length > 0 ? endings : [charged];
}

function endingsOf(fault: Fault | undefined, of: Circumstances): readonly Ending[] {
  const group = fault && byGroup[fault.name.slice(0, fault.name.indexOf(":"))];
  if (!fault || !group?.matters(of)) return [];
  const own = special[fault.name];
  if (own) return own;
  if (group.ended !== undefined) return [{ how: "left", ended: group.ended }];
  const [, message, ResponseCode] = /(\w+Res) (FAILED\w*)$/.exec(fault.answer) ?? [];
  return message !== undefined && ResponseCode !== undefined ? [{ how: "refused", message, ResponseCode }] : [];
}

/** Whether a session ended as it deserves. */
export function isDeserved(ending: Ending, endings: readonly Ending[]): boolean {
  return endings.some((right) => {
    if (right.how === "refused" && ending.how === "refused") {
      const sameCode = right.ResponseCode === undefined || right.ResponseCode === ending.ResponseCode;
      return right.message === ending.message && sameCode;
    }
    if (right.how === "left" && ending.how === "left") return right.ended === ending.ended;
    return right.how === ending.how;
  });
}
