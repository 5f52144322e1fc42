/** A driver's contract (ISO 15118-2, annex F.5; ISO 15118-20, annex B). */
import { upperAscii } from "../../util/ascii.ts";
import { type Check, leafMust, type Profile } from "./check.ts";
import { anchorIsNot, domainIsNot, isoBasics, isoKeys, leafSigns, purpose } from "./common.ts";

/** DIN SPEC 91286 / ISO 15118-2, annex H: country, provider, 9 characters, and perhaps a check digit. */
const eMaid = /^[A-Z]{2}[A-Z0-9]{3}[A-Z0-9]{9}[A-Z0-9]?$/;

/** Hyphens are only for people, and case does not count (annex H.1). */
export function normalizeEmaid(text: string): string {
  return upperAscii(text.replaceAll("-", ""));
}

const identity: readonly Check[] = [
  leafMust(
    "emaid_ambiguous",
    "ISO 15118-2, annex F: CN is the eMAID",
    ({ subject }) => subject.all("CN").length <= 1,
    (name) => `Get ${name} anew with one CN; of two, nobody knows which pays.`,
  ),
  leafMust(
    "emaid_format",
    "ISO 15118-2, annex H",
    ({ subject }) => eMaid.test(normalizeEmaid(subject.CN ?? "")),
    (name) => `Get ${name} anew with an eMAID of 14 or 15 letters and digits as CN.`,
  ),
  leafMust(
    "emaid_mismatch",
    "ISO 15118-2, 8.4.3.4: eMAID of PaymentDetailsReq",
    ({ subject }, { context }) =>
      context.request_emaid === undefined || normalizeEmaid(context.request_emaid) === normalizeEmaid(subject.CN ?? ""),
    (_, { subject }, { context }) =>
      `Send the eMAID of the certificate, ${subject.CN}, instead of ${context.request_emaid}.`,
  ),
];

export const contractLeaf: Profile = [
  ...isoBasics,
  domainIsNot(["OEM", "CPO", "CPS"], "MO"),
  anchorIsNot(["OEM", "CPS", "CPO"], "an MO or V2G root"),
  ...isoKeys,
  leafSigns,
  purpose("clientAuth"),
  ...identity,
];
