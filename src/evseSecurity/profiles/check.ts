/** What a role asks beyond a valid path: flat lists of checks, each with the clause it stands on. */
import type { Certificate, PathReason } from "../../x509/index.ts";

export type Role = "contract" | "secc" | "cps" | "oem" | "vehicle" | "csms_server" | "csms_client" | "mf" | "any";

export type Edition = "iso15118-2" | "iso15118-20" | "ocpp";

/** Why a chain is refused; the words are stable and may be matched. */
export type Reason =
  | PathReason
  | "malformed"
  | "too_large"
  | "leaf_is_ca"
  | "wrong_dc"
  | "wrong_role"
  | "wrong_anchor"
  | "wrong_key_type"
  | "wrong_curve"
  | "wrong_sigalg"
  | "eku"
  | "common_name"
  | "emaid_format"
  | "emaid_ambiguous"
  | "emaid_mismatch"
  | "name_mismatch"
  | "identity_mismatch";

/** What is known beside the certificates; each member is compared where a role has something to compare it with. */
export interface Context {
  /** PaymentDetailsReq.eMAID. */
  readonly request_emaid?: string;
  /** The charging station's identity in the OCPP URL. */
  readonly identity?: string;
  /** The host of the CSMS's URL, a name or an address. */
  readonly dns?: string;
}

/** A valid path and what surrounds it. */
export interface Scene {
  readonly leaf: Certificate;
  readonly intermediates: readonly Certificate[];
  readonly root: Certificate;
  readonly edition: Edition;
  readonly context: Context;
}

export interface Check {
  readonly reason: Reason;
  /** Where it is written. */
  readonly clause: string;
  /** The certificate that breaks the rule, or undefined. */
  readonly broken: (scene: Scene) => Certificate | undefined;
  /** One imperative sentence. @param name the certificate for people. */
  readonly fix: (name: string, certificate: Certificate, scene: Scene) => string;
}

/** Checked in this order; the first that is broken is the verdict. */
export type Profile = readonly Check[];

type Holds = (certificate: Certificate, scene: Scene) => boolean;

/** A rule for the leaf. */
export function leafMust(reason: Reason, clause: string, holds: Holds, fix: Check["fix"]): Check {
  return { reason, clause, fix, broken: (scene) => (holds(scene.leaf, scene) ? undefined : scene.leaf) };
}

/** A rule for the leaf and the sub-CAs. */
export function sentMust(reason: Reason, clause: string, holds: Holds, fix: Check["fix"]): Check {
  const broken = (scene: Scene) => [scene.leaf, ...scene.intermediates].find((c) => !holds(c, scene));
  return { reason, clause, fix, broken };
}

/** A rule for all of the path. */
export function everyMust(reason: Reason, clause: string, holds: Holds, fix: Check["fix"]): Check {
  const broken = (scene: Scene) => [scene.leaf, ...scene.intermediates, scene.root].find((c) => !holds(c, scene));
  return { reason, clause, fix, broken };
}

/** A rule for the root. */
export function rootMust(reason: Reason, clause: string, holds: Holds, fix: Check["fix"]): Check {
  return { reason, clause, fix, broken: (scene) => (holds(scene.root, scene) ? undefined : scene.root) };
}

/** The domain components in capitals: they name roles and are compared without case (RFC 4519, 2.4). */
export function domains({ subject }: Certificate): string[] {
  return subject.all("DC").map((value) => value.toUpperCase());
}
