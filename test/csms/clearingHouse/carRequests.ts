/** A car's requests for contracts, as they come through a station. */
import type { KeyObject } from "node:crypto";
import { type ContractRequest, certificateChain, rootCertificateIds } from "../../../src/iso15118/contractMessages.ts";
import { iso2, type Messages, messageOf } from "../../../src/iso15118/iso2/index.ts";
import { signFragments } from "../../../src/iso15118/signature.ts";
import type { Pki } from "../../../src/pki/index.ts";
import { concatBytes } from "../../../src/util/bytes.ts";

export const SessionID = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

export interface Change {
  /** Signs instead of the car's own key; null leaves the signature out. */
  readonly key?: KeyObject | null;
  /** What is changed after the message was signed. */
  readonly tamper?: object;
}

export function installation(pki: Pki, change: Change & { message?: object } = {}): Uint8Array {
  const { certificate, key } = pki.members.oem;
  const message = {
    "@Id": "id1",
    OEMProvisioningCert: certificate.der,
    ListOfRootCertificateIDs: rootCertificateIds(pki.trust.v2g),
    ...change.message,
  };
  return request({ name: "CertificateInstallationReq", message }, key, change);
}

export function renewal(pki: Pki, change: Change & { message?: object } = {}): Uint8Array {
  const { certificate, key } = pki.members.contract;
  const message: Messages["CertificateUpdateReq"] = {
    "@Id": "id1",
    ContractSignatureCertChain: certificateChain([certificate, ...pki.chain("contract")].map(({ der }) => der)),
    eMAID: certificate.subject.CN ?? "",
    ListOfRootCertificateIDs: rootCertificateIds(pki.trust.v2g),
    ...change.message,
  };
  return request({ name: "CertificateUpdateReq", message }, key, change);
}

function request({ name, message }: ContractRequest, own: KeyObject, { key = own, tamper = {} }: Change): Uint8Array {
  const elements = [{ set: iso2, name, id: "id1", value: message }];
  const header = key ? { SessionID, Signature: signFragments({ elements, key }) } : { SessionID };
  const sent = { name, message: { ...message, ...tamper } } as ContractRequest;
  return iso2.encode("V2G_Message", messageOf(header, sent));
}

/** Octets that no message begins with. */
export const garbage = concatBytes(Uint8Array.of(0x80, 0xff), new Uint8Array(40).fill(0xff));
