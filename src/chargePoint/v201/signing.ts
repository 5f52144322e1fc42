/** The station's own certificates in the words of OCPP 2.0.1 (A02, A03, M). */
import type { StatusInfoType } from "../../ocpp/v201/messages.generated.ts";
import { CertificateSigning, type CertificateUse, type SigningRefusal, type Subject } from "../certificateSigning.ts";
import type { DeviceModel } from "../deviceModel/deviceModel.ts";
import type { TextVariable } from "../deviceModel/variables.ts";
import type { SecurityEvents } from "../securityEvents.ts";
import type { Block, Core } from "./core.ts";

/** Which variables name the station in its certificates. */
const subjectVariables: Readonly<Record<CertificateUse, Readonly<Record<keyof Subject, TextVariable>>>> = {
  V2GCertificate: {
    common: "ISO15118Ctrlr.SeccId",
    organization: "ISO15118Ctrlr.OrganizationName",
    country: "ISO15118Ctrlr.CountryName",
  },
  ChargingStationCertificate: {
    common: "InternalCtrlr.ChargeBoxSerialNumber",
    organization: "SecurityCtrlr.OrganizationName",
    country: "ISO15118Ctrlr.CountryName",
  },
};

const reasonCodes: Readonly<Record<SigningRefusal["kind"], string>> = {
  disabled: "NotEnabled",
  underWay: "Unspecified",
  noSubject: "MissingDevModelInfo",
};

/** @param leafRenewed told when the SECC leaf has been replaced. */
export function certificateSigning(core: Core, events: SecurityEvents, leafRenewed: () => void): CertificateSigning {
  const { model, csms, station } = core;
  const leafManaged = () => model.value("ISO15118Ctrlr.V2GCertificateInstallationEnabled") === true;
  const signing = new CertificateSigning({
    ...core,
    events,
    security: station.security,
    disabledBecause: (use) =>
      use === "V2GCertificate" && !leafManaged() ? "V2GCertificateInstallationEnabled is not true" : undefined,
    lookedAfter: (use) =>
      use === "V2GCertificate" ? leafManaged() : model.value("SecurityCtrlr.SecurityProfile") === 3,
    subject: (use) => subjectOf(model, use),
    subjectKeys: (use) => Object.values(subjectVariables[use]).join(", "),
    usesTpm: (use) =>
      model.value(use === "V2GCertificate" ? "InternalCtrlr.UseTPMSeccLeafCertificate" : "InternalCtrlr.UseTPM") ===
      true,
    checkTimes: (use) => checkTimes(model, use),
    waitMinimum: () => model.value("SecurityCtrlr.CertSigningWaitMinimum"),
    repeatTimes: () => model.value("SecurityCtrlr.CertSigningRepeatTimes"),
    submit: (use, csr) => csms.call("SignCertificate", { csr, certificateType: use }),
    renewed: (use) => {
      if (use === "V2GCertificate") leafRenewed();
    },
    rule: "OCPP 2.0.1 A02, A03",
  });
  // With another subject the CSMS may sign what it has refused.
  const settings = [
    "ISO15118Ctrlr.V2GCertificateInstallationEnabled",
    ...Object.values(subjectVariables.V2GCertificate),
  ];
  model.onChange(({ address }) => {
    if (settings.includes(address) && leafManaged() && csms.online) signing.restart("V2GCertificate");
  });
  return signing;
}

/** Takes what the CSMS's CA has signed. */
export function signedBlock({ station }: Core, signing: CertificateSigning, events: SecurityEvents): Block {
  return {
    handlers: {
      CertificateSigned: async ({ certificateChain, certificateType = "ChargingStationCertificate" }, afterwards) => {
        const result = await signing.take(certificateType, certificateChain);
        if (result !== "Accepted") {
          events.raise("InvalidChargingStationCertificate", result);
          return { status: "Rejected", statusInfo: { reasonCode: "InvalidCertificate", additionalInfo: result } };
        }
        if (certificateType === "ChargingStationCertificate") afterwards(() => station.reconnect());
        return { status: "Accepted" };
      },
    },
  };
}

/** A refusal as OCPP 2.0.1 says it. */
export function toStatusInfo({ kind, because }: SigningRefusal): StatusInfoType {
  return { reasonCode: reasonCodes[kind], additionalInfo: because };
}

function subjectOf(model: DeviceModel, use: CertificateUse): Subject | undefined {
  const names = subjectVariables[use];
  const common = model.value(names.common);
  const organization = model.value(names.organization);
  const country = model.value(names.country);
  return common && organization && country ? { common, organization, country } : undefined;
}

function checkTimes(model: DeviceModel, use: CertificateUse) {
  const which = use === "V2GCertificate" ? "V2GCertificate" : "ClientCertificate";
  return {
    first: model.value(`InternalCtrlr.${which}ExpireCheckInitialDelaySeconds`) ?? 60,
    every: model.value(`InternalCtrlr.${which}ExpireCheckIntervalSeconds`) ?? 43_200,
  };
}
