/** Whether the car takes a contract that came over the charger: it was made by somebody whom its V2G root vouches for, and it is the car's. */
import type { KeyObject } from "node:crypto";
import { judgeRaw } from "../evseSecurity/verdict.ts";
import { openContractKey } from "../iso15118/contractKey.ts";
import { type ContractResponse, chainOf, verifyDelivery } from "../iso15118/contractMessages.ts";
import { normaliseEmaid, sameEmaid } from "../iso15118/emaid.ts";
import type { MessageHeader } from "../iso15118/iso2/index.ts";
import { isoTime } from "../util/clock.ts";
import { type Certificate, describeCertificate, parseCertificate, samePublicKey, X509Error } from "../x509/index.ts";
import type { Contract } from "./car.ts";

export interface NewContractQuestion {
  readonly header: Pick<MessageHeader, "Signature">;
  readonly body: ContractResponse;
  /** The car's V2G roots. */
  readonly roots: readonly Certificate[];
  /** Milliseconds since 1970. */
  readonly time: number;
  /** What the contract's key was encrypted for: the provisioning key, or the key of the contract that is renewed. */
  readonly ownKey: KeyObject;
  /** Of the contract that is renewed. */
  readonly eMAID?: string;
}

export type NewContractVerdict =
  | { readonly ok: true; readonly contract: Contract /** Who signed it, for people. */; readonly provisionedBy: string }
  | NewContractRefusal;

export interface NewContractRefusal {
  readonly ok: false;
  /** A clause that begins in lower case. */
  readonly reason: string;
  readonly rule: string;
  readonly fix: string;
}

/** Provisioning chain, signature, key, eMAID and validity, in this order; never throws for what came. */
export function checkNewContract(question: NewContractQuestion): NewContractVerdict {
  const service = provisioningService(question);
  if (!service.ok) return service;
  const signed = verifyDelivery(question.body, question.header.Signature, service.leaf.publicKey);
  if (!signed.ok) {
    const fix = "Let the provisioning service sign all four elements of the response as they are sent.";
    return refuse(signed.reason, "ISO 15118-2, 7.9.2.4", fix);
  }
  const opened = open(question);
  if (!opened.ok) return opened;
  const { contract, leaf } = opened;
  return eMAIDFault(question, leaf) ?? validityFault(question.time, leaf) ?? taken(contract, service.leaf);
}

function taken(contract: Contract, service: Certificate): NewContractVerdict {
  return { ok: true, contract, provisionedBy: describeCertificate(service) };
}

function refuse(reason: string, rule: string, fix: string): NewContractRefusal {
  return { ok: false, reason, rule, fix };
}

function provisioningService({ body, roots, time }: NewContractQuestion) {
  const [leaf, ...chain] = chainOf(body.SAProvisioningCertificateChain);
  const anchors = roots.map(({ der }) => der);
  const verdict = judgeRaw({ role: "cps", edition: "iso15118-2", leaf, chain, anchors, time });
  const [found] = verdict.ok ? verdict.path : [];
  if (found) return { ok: true, leaf: found } as const;
  const { reason, certificate, clause, fix } = verdict as Exclude<typeof verdict, { ok: true }>;
  return refuse(`provisioning chain: ${reason.replaceAll("_", " ")} (${certificate})`, clause, fix);
}

interface Opened {
  readonly ok: true;
  readonly contract: Contract;
  readonly leaf: Certificate;
}

/** The key and the certificate that it belongs to. */
function open({ body, ownKey }: NewContractQuestion): Opened | NewContractRefusal {
  const sealed = {
    DHpublickey: body.DHpublickey["#text"],
    encryptedPrivateKey: body.ContractSignatureEncryptedPrivateKey["#text"],
  };
  const opened = openContractKey(sealed, ownKey);
  const clause = "ISO 15118-2, 7.9.2.5";
  const fix = "Encrypt the contract's key for the certificate with which this car has asked.";
  if (!opened.ok) return refuse(opened.reason, clause, fix);
  const chain = chainOf(body.ContractSignatureCertChain);
  const leaf = readLeaf(chain[0]);
  if (typeof leaf === "string") {
    return refuse(`the contract certificate cannot be read (${leaf})`, "RFC 5280, 4.1", "Send a certificate in DER.");
  }
  if (!samePublicKey(opened.key, leaf.publicKey)) {
    return refuse(`the key that came is not that of ${describeCertificate(leaf)}`, clause, fix);
  }
  return { ok: true, leaf, contract: { eMAID: normaliseEmaid(body.eMAID["#text"]), chain, key: opened.key } };
}

function readLeaf(der: Uint8Array): Certificate | string {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return error.message;
  }
}

function eMAIDFault(
  { body, eMAID: renewed }: NewContractQuestion,
  { subject }: Certificate,
): NewContractRefusal | undefined {
  const eMAID = body.eMAID["#text"];
  const fix = "Send the eMAID for which the contract certificate was issued.";
  if (subject.all("CN").length !== 1 || !sameEmaid(eMAID, subject.CN ?? "")) {
    const names = subject.all("CN").join(" and ") || "nobody";
    return refuse(`eMAID ${eMAID} came with a certificate for ${names}`, "ISO 15118-2, annex F: CN is the eMAID", fix);
  }
  if (renewed === undefined || sameEmaid(eMAID, renewed)) return undefined;
  return refuse(`contract ${renewed} was to be renewed, but ${eMAID} came`, "ISO 15118-2, 8.4.3.10", fix);
}

function validityFault(time: number, leaf: Certificate): NewContractRefusal | undefined {
  if (leaf.notBefore <= time && time <= leaf.notAfter) return undefined;
  const span = `from ${isoTime(leaf.notBefore)} to ${isoTime(leaf.notAfter)}`;
  const fix = "Issue a contract certificate that is valid, and check the car's clock.";
  return refuse(`the contract certificate is valid ${span} only`, "RFC 5280, 4.1.2.5", fix);
}
