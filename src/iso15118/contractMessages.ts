/**
 * CertificateInstallation and CertificateUpdate of ISO 15118-2 (8.4.3.10, 8.4.3.11): what a car asks for, and the contract
 * that comes back, with the four elements that the provisioning service signs.
 */
import type { KeyObject } from "node:crypto";
import type { Certificate } from "../x509/certificate.ts";
import { rfc4514Name } from "../x509/name.ts";
import type { SealedKey } from "./contractKey.ts";
import { iso2, type Messages, messageOf, type Named } from "./iso2/index.ts";
import { type SignedElement, signFragments, verifySignature } from "./signature.ts";
import type { Signature } from "./xmldsig.ts";

export type ContractRequestName = "CertificateInstallationReq" | "CertificateUpdateReq";
export type ContractResponseName = "CertificateInstallationRes" | "CertificateUpdateRes";
/** What both responses carry. */
export type ContractResponse = Messages["CertificateInstallationRes"];

export type ContractFailure = Extract<ContractResponse["ResponseCode"], `FAILED${string}`>;
type CertificateChain = ContractResponse["ContractSignatureCertChain"];

/** Every response of ours numbers its signed elements so. */
const ids = { chain: "id1", encryptedKey: "id2", publicKey: "id3", eMAID: "id4" } as const;

/** A list may hold 20 (MsgDataTypes). */
const MAX_ROOTS = 20;

/** `RetryCounter` for "at the next charging", and for "never" [V2G2-696]. */
const RETRY_NEXT_TIME = 0;
export const RETRY_NEVER = -1;

export function responseNameOf(request: ContractRequestName): ContractResponseName {
  return request === "CertificateInstallationReq" ? "CertificateInstallationRes" : "CertificateUpdateRes";
}

/** Octets in DER, leaf first, as a message carries them. */
export function certificateChain([Certificate = new Uint8Array(0), ...subs]: readonly Uint8Array[]): CertificateChain {
  return subs.length === 0 ? { Certificate } : { Certificate, SubCertificates: { Certificate: subs } };
}

/** As {@link certificateChain} the other way round. */
export function chainOf({ Certificate, SubCertificates }: CertificateChain): readonly [Uint8Array, ...Uint8Array[]] {
  return [Certificate, ...(SubCertificates?.Certificate ?? [])];
}

/** How a car names the roots that it has (8.5.2.27); at least one, of more than 20 the first. */
export function rootCertificateIds(roots: readonly Certificate[]) {
  return {
    RootCertificateID: roots.slice(0, MAX_ROOTS).map(({ issuer, serialNumber }) => ({
      X509IssuerName: rfc4514Name(issuer),
      X509SerialNumber: serialNumber.startsWith("-")
        ? -BigInt(`0x${serialNumber.slice(1)}`)
        : BigInt(`0x${serialNumber}`),
    })),
  };
}

/** A contract ready to be sent to a car. */
export interface ContractDelivery extends SealedKey {
  /** The provisioning service's, leaf first, without the root. */
  readonly provisioningChain: readonly Uint8Array[];
  /** The contract's, leaf first, without the root. */
  readonly contractChain: readonly Uint8Array[];
  /** 14 or 15 characters. */
  readonly eMAID: string;
}

export interface DeliverySlip {
  readonly request: ContractRequestName;
  /** Of the session in which the car has asked. */
  readonly SessionID: Uint8Array;
}

/** The whole response in EXI, signed. @param key of the provisioning service's leaf. @throws ExiError when a certificate is too large. */
export function encodeDelivery(
  delivery: ContractDelivery,
  { request, SessionID }: DeliverySlip,
  key: KeyObject,
): Uint8Array {
  const message: ContractResponse = {
    ResponseCode: "OK",
    SAProvisioningCertificateChain: certificateChain(delivery.provisioningChain),
    ContractSignatureCertChain: { "@Id": ids.chain, ...certificateChain(delivery.contractChain) },
    ContractSignatureEncryptedPrivateKey: { "@Id": ids.encryptedKey, "#text": delivery.encryptedPrivateKey },
    DHpublickey: { "@Id": ids.publicKey, "#text": delivery.DHpublickey },
    eMAID: { "@Id": ids.eMAID, "#text": delivery.eMAID },
  };
  const Signature = signFragments({ elements: signedElements(message), key });
  return iso2.encode("V2G_Message", messageOf({ SessionID, Signature }, { name: responseNameOf(request), message }));
}

/** The four elements that must be signed; without an Id, to which a signature could refer, the id is empty. */
function signedElements(response: ContractResponse): SignedElement[] {
  return signedNames.map((name) => {
    const value = response[name];
    return { set: iso2, name, id: value["@Id"] ?? "", value };
  });
}

const signedNames = [
  "ContractSignatureCertChain",
  "ContractSignatureEncryptedPrivateKey",
  "DHpublickey",
  "eMAID",
] as const;

/** Whether the provisioning service has signed all four elements. @param publicKey of its leaf. */
export function verifyDelivery(
  response: ContractResponse,
  signature: Signature | undefined,
  publicKey: KeyObject,
): Verified {
  const elements = signedElements(response);
  const nameless = elements.find(({ id }) => id === "");
  if (nameless) return { ok: false, reason: `${nameless.name} has no Id and so cannot be signed` };
  return signature ? verifySignature({ signature, elements, publicKey }) : unsigned;
}

/** `reason` is a clause that begins in lower case. */
export type Verified = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const unsigned: Verified = { ok: false, reason: "the message is not signed" };

export type ContractRequest = Named<ContractRequestName>;

/** Whether a car has signed its request. @param publicKey of its provisioning certificate, or of the contract to renew. */
export function verifyContractRequest(
  { name, message }: ContractRequest,
  signature: Signature | undefined,
  publicKey: KeyObject,
): Verified {
  const elements = [{ set: iso2, name, id: message["@Id"], value: message }];
  return signature ? verifySignature({ signature, elements, publicKey }) : unsigned;
}

/** In the place of what is not there: the schemas want an eMAID of 14 characters, and cars have stumbled over empty octets. */
const nothing = Uint8Array.of(0);
const NOBODY = "ZZ000000000000";

/** A refusal, complete as the schemas want it. @param retryDays of a renewal: see `RetryCounter`. */
export function contractRefusal(
  request: ContractRequestName,
  ResponseCode: ContractFailure,
  retryDays = RETRY_NEXT_TIME,
): Named<ContractResponseName> {
  const message = {
    ResponseCode,
    SAProvisioningCertificateChain: { Certificate: nothing },
    ContractSignatureCertChain: { "@Id": ids.chain, Certificate: nothing },
    ContractSignatureEncryptedPrivateKey: { "@Id": ids.encryptedKey, "#text": nothing },
    DHpublickey: { "@Id": ids.publicKey, "#text": nothing },
    eMAID: { "@Id": ids.eMAID, "#text": NOBODY },
  };
  return request === "CertificateInstallationReq"
    ? { name: "CertificateInstallationRes", message }
    : { name: "CertificateUpdateRes", message: { ...message, RetryCounter: retryDays } };
}
