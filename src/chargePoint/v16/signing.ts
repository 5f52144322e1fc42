/** The station's own certificates in OCPP 1.6: the client certificate by the security whitepaper, the SECC leaf by the Plug & Charge extension. */
import { CertificateSigning, type CertificateUse, type Subject } from "../certificateSigning.ts";
import type { SecurityEvents } from "../securityEvents.ts";
import type { Configuration } from "./configuration/configuration.ts";
import type { Key } from "./configuration/schema.ts";
import type { Core } from "./core.ts";
import { callPnc } from "./pnc.ts";

const COUNTRY = "DE";

/** As in EVerest, in seconds: the first look soon after the CSMS is there, then twice a day. */
const CHECK_TIMES = { first: 60, every: 43_200 } as const;

/** The settings that make up a subject, for people. */
const subjectKeys: Readonly<Record<CertificateUse, string>> = {
  V2GCertificate:
    "Internal.SeccLeafSubjectCommonName (else ChargeBoxSerialNumber), Internal.SeccLeafSubjectOrganization (else Security.CpoName), Internal.SeccLeafSubjectCountry",
  ChargingStationCertificate: "Security.CpoName, Internal.ChargeBoxSerialNumber, Internal.SeccLeafSubjectCountry",
};

/** Of the SECC leaf: with another one the CSMS may sign what it has refused. */
const subjectSettings: readonly string[] = [
  "SeccLeafSubjectCommonName",
  "SeccLeafSubjectOrganization",
  "SeccLeafSubjectCountry",
  "CpoName",
] satisfies Key[];

/** @param leafRenewed told when the SECC leaf has been replaced. */
export function certificateSigning(core: Core, events: SecurityEvents, leafRenewed: () => void): CertificateSigning {
  const { config, csms, station } = core;
  const signing = new CertificateSigning({
    ...core,
    events,
    security: station.security,
    disabledBecause: (use) =>
      use === "V2GCertificate" && !config.certificatesManaged
        ? "neither ISO15118CertificateManagementEnabled nor, in its absence, ISO15118PnCEnabled is true"
        : undefined,
    lookedAfter: (use) =>
      use === "V2GCertificate" ? config.certificatesManaged : config.value("SecurityProfile") === 3,
    subject: (use) => subjectOf(config, use),
    subjectKeys: (use) => subjectKeys[use],
    usesTpm: (use) => config.value(use === "V2GCertificate" ? "UseTPMSeccLeafCertificate" : "UseTPM"),
    checkTimes: () => CHECK_TIMES,
    waitMinimum: () => config.value("CertSigningWaitMinimum"),
    repeatTimes: () => config.value("CertSigningRepeatTimes"),
    submit: (use, csr) =>
      use === "V2GCertificate"
        ? callPnc(csms, "SignCertificate", { csr, certificateType: "V2GCertificate" })
        : csms.call("SignCertificate", { csr }),
    renewed: (use) => {
      if (use === "V2GCertificate") leafRenewed();
    },
    rule: "OCPP 1.6 Plug & Charge extension, security whitepaper A02",
  });
  config.onChange(({ key }) => {
    const manages = key === "ISO15118CertificateManagementEnabled" || key === "ISO15118PnCEnabled";
    if ((manages || subjectSettings.includes(key)) && config.certificatesManaged && csms.online)
      signing.restart("V2GCertificate");
  });
  return signing;
}

function subjectOf(config: Configuration, use: CertificateUse): Subject | undefined {
  const cpo = config.value("CpoName");
  const serial = config.value("ChargeBoxSerialNumber");
  const country = config.value("SeccLeafSubjectCountry") ?? COUNTRY;
  const [common, organization] =
    use === "V2GCertificate"
      ? [config.value("SeccLeafSubjectCommonName") ?? serial, config.value("SeccLeafSubjectOrganization") ?? cpo]
      : [serial, cpo];
  return organization ? { common, organization, country } : undefined;
}
