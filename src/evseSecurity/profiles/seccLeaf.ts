/** The station's TLS certificate towards the car (ISO 15118-2, annex F.4; ISO 15118-20, annex B). */
import { leafMust, type Profile } from "./check.ts";
import { anchorIsNot, domainIs, isoBasics, isoKeys, leafSigns, purpose } from "./common.ts";

export const seccLeaf: Profile = [
  ...isoBasics,
  domainIs("CPO", "ISO 15118-2, annex F; ISO 15118-20, annex B: domain component CPO"),
  anchorIsNot(["MO", "OEM"], "a V2G root"),
  ...isoKeys,
  leafSigns,
  purpose("serverAuth"),
  leafMust(
    "common_name",
    "ISO 15118-2, annex F: CN is the SECC's id",
    ({ subject }) => (subject.CN ?? "") !== "",
    (name) => `Get ${name} anew with the station's id as CN.`,
  ),
];
