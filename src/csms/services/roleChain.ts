/** A leaf judged for its role with the sub-CAs that came along and those that are known here. Pure. */
import type { Edition } from "../../evseSecurity/profiles/index.ts";
import { judge } from "../../evseSecurity/verdict.ts";
import { type Certificate, describeCertificate, validatePath } from "../../x509/index.ts";

export interface RoleQuestion {
  readonly role: "contract" | "oem";
  /** By the leaf's key when absent. */
  readonly edition?: Edition;
  readonly leaf: Certificate;
  /** In any order, with whatever else. */
  readonly intermediates: readonly Certificate[];
  readonly anchors: readonly Certificate[];
  /** Milliseconds since 1970. */
  readonly time: number;
}

export type RoleVerdict =
  /** From the leaf to the root. */
  | { readonly ok: true; readonly path: readonly Certificate[] }
  | {
      readonly ok: false;
      /** As `judge` says it. */
      readonly reason: string;
      /** The certificate to blame, for people. */
      readonly certificate: string;
      readonly fix: string;
    };

export function judgeRole({ intermediates, ...question }: RoleQuestion): RoleVerdict {
  const { leaf, anchors, time } = question;
  const found = validatePath({ leaf, intermediates, anchors, time });
  if (!found.ok) {
    const { reason, certificate, fix } = found;
    return { ok: false, reason, certificate: describeCertificate(certificate), fix };
  }
  return judge({ ...question, chain: found.path.slice(1, -1) });
}
