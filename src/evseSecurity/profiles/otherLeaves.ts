/** Leaves that a station meets less often. */
import { leafMust, type Profile } from "./check.ts";
import { anchorIsNot, domainIs, domainIsNot, isoBasics, isoKeys, leafMaySign, leafSigns, purpose } from "./common.ts";

/** Signs CertificateInstallationRes (ISO 15118-2, 7.9.2.4). */
export const cpsLeaf: Profile = [
  ...isoBasics,
  domainIs("CPS", "ISO 15118-2, annex F: domain component CPS"),
  anchorIsNot(["MO", "OEM"], "a V2G root"),
  ...isoKeys,
  leafSigns,
];

/** The car's provisioning certificate. */
export const oemLeaf: Profile = [
  ...isoBasics,
  domainIs("OEM", "ISO 15118-2, annex F.3"),
  anchorIsNot(["MO", "CPS"], "an OEM or V2G root"),
  ...isoKeys,
  leafSigns,
];

/** The car's TLS client certificate of ISO 15118-20. */
export const vehicleLeaf: Profile = [
  ...isoBasics,
  domainIsNot(["CPO", "CPS", "MO"], "OEM"),
  anchorIsNot(["MO", "CPS"], "an OEM or V2G root"),
  ...isoKeys,
  leafSigns,
  purpose("clientAuth"),
];

/** Signs firmware (OCPP 2.0.1, L01). */
export const firmwareLeaf: Profile = [leafMaySign, purpose("codeSigning")];

/** Path validation alone; in the place of a leaf a CA is borne only when it can issue nothing but leaves. */
export const anyLeaf: Profile = [
  leafMust(
    "leaf_is_ca",
    "RFC 5280, 4.2.1.9",
    ({ isCa, pathLength }) => !isCa || pathLength === 0,
    (name) => `Use an end entity certificate; ${name} is a CA.`,
  ),
];
