/** Whose name a certificate of the station bears, and by which variables it is set (OCPP 2.0.1 part 2, A02). */
import type { CertificateSigningUseEnumType } from "../../ocpp/v201/messages.generated.ts";
import type { DeviceModel } from "../deviceModel/deviceModel.ts";
import type { TextVariable } from "../deviceModel/variables.ts";

export interface Subject {
  readonly common: string;
  readonly organization: string;
  readonly country: string;
}

export const subjectVariables: Readonly<
  Record<CertificateSigningUseEnumType, Readonly<Record<keyof Subject, TextVariable>>>
> = {
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

/** Undefined when a part of it has no value. */
export function subjectOf(model: DeviceModel, use: CertificateSigningUseEnumType): Subject | undefined {
  const names = subjectVariables[use];
  const common = model.value(names.common);
  const organization = model.value(names.organization);
  const country = model.value(names.country);
  return common && organization && country ? { common, organization, country } : undefined;
}

/** As written in certificates: `CN=…, O=…, C=…`. */
export function distinguishedName({ common, organization, country }: Subject): string {
  return `CN=${common}, O=${organization}, C=${country}`;
}
