/** The car's requests about its contract: to get one, to renew it, to pay with it (ISO 15118-2, 8.4.3.10, 8.4.3.11, 8.4.3.6). */
import { certificateChain, rootCertificateIds } from "../../iso15118/contractMessages.ts";
import type { Contract, ContractWish } from "../car.ts";
import { decided } from "../effects.ts";
import type { Iso2Session, Request } from "./protocol.ts";

/** What the car pays with. */
export function paymentDetailsReq({ eMAID, chain }: Contract): Request {
  return { name: "PaymentDetailsReq", message: { eMAID, ContractSignatureCertChain: certificateChain(chain) } };
}

/** What the car asks for first; undefined when it can pay as it is. */
export function contractReq({ car }: Iso2Session): Extract<Request, { name: `Certificate${string}` }> | undefined {
  const { contractWish: wish, contract } = car;
  const ListOfRootCertificateIDs = wish && rootCertificateIds(wish.roots);
  if (wish?.action === "install" && ListOfRootCertificateIDs) {
    const OEMProvisioningCert = wish.provisioning.certificate;
    const message = { "@Id": "id1", OEMProvisioningCert, ListOfRootCertificateIDs };
    return { name: "CertificateInstallationReq", message, signed: true };
  }
  if (!contract || !ListOfRootCertificateIDs) return undefined;
  const ContractSignatureCertChain = certificateChain(contract.chain);
  const message = { "@Id": "id1", ContractSignatureCertChain, eMAID: contract.eMAID, ListOfRootCertificateIDs };
  return { name: "CertificateUpdateReq", message, signed: true };
}

/** Why the car asks, for the timeline. */
export function asksForContract({ action, why }: ContractWish) {
  const what = action === "install" ? "asks for a contract" : "asks for its contract to be renewed";
  return decided({ step: 2, title: `${what}: ${why}` });
}
