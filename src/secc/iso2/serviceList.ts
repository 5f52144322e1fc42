/** What is offered beside each other: ways to pay, charging, contract certificates, value added services. */

import type { EnergyTransferMode, PaymentOption } from "../../interfaces/types/iso15118.ts";
import type { Messages, ParameterSet, Service, ServiceDiscoveryReq } from "../../iso15118/iso2/index.ts";
import type { Evse } from "../evse.ts";
import type { Iso2Session } from "./protocol.ts";

/** Fixed by ISO 15118-2, Table 105. */
export const CHARGE_SERVICE = 1;
export const CERTIFICATE_SERVICE = 2;

/** ParameterSetIDs of the certificate service, Table 106. */
export const INSTALLATION = 1;
export const UPDATE = 2;

/** Modes that exist in ISO 15118-2. */
const iso2Modes = [
  "AC_single_phase_core",
  "AC_three_phase_core",
  "DC_core",
  "DC_extended",
  "DC_combo_core",
  "DC_unique",
] as const satisfies readonly EnergyTransferMode[];
type Iso2Mode = (typeof iso2Modes)[number];

/** The EVSE's modes as far as ISO 15118-2 knows them. */
export function energyTransferModes({ energyTransferModes: modes }: Evse): readonly Iso2Mode[] {
  return iso2Modes.filter((mode) => modes.includes(mode));
}

export function chargeService(evse: Evse): Messages["ServiceDiscoveryRes"]["ChargeService"] {
  return {
    ServiceID: CHARGE_SERVICE,
    ServiceName: "AC_DC_Charging",
    ServiceCategory: "EVCharging",
    FreeService: evse.freeService,
    SupportedEnergyTransferMode: { EnergyTransferMode: [...energyTransferModes(evse)] },
  };
}

/** A contract is taken over TLS only, and a joined session goes on as it was paid for before. */
export function paymentOptions({ secured, joined, paused, evse }: Iso2Session): readonly PaymentOption[] {
  const wanted = joined && paused ? [paused.payment] : new Set(evse.paymentOptions);
  const possible = [...wanted].filter((option) => secured || option !== "Contract");
  return possible.length > 0 ? possible : ["ExternalPayment"];
}

const certificateService: Service = {
  ServiceID: CERTIFICATE_SERVICE,
  ServiceName: "Certificate",
  ServiceCategory: "ContractCertificate",
  FreeService: true,
};

/** Services beside charging. */
export function services(session: Iso2Session): readonly Service[] {
  const { secured, evse } = session;
  const certificates = secured && evse.certificateService && paymentOptions(session).includes("Contract");
  return [...(certificates ? [certificateService] : []), ...evse.services];
}

/** Those that the EV asks for; a service without a scope belongs to every scope. */
export function matchingServices(
  session: Iso2Session,
  { ServiceScope, ServiceCategory }: ServiceDiscoveryReq,
): Service[] {
  return services(session).filter(
    (service) =>
      (ServiceScope === undefined || service.ServiceScope === undefined || ServiceScope === service.ServiceScope) &&
      (ServiceCategory === undefined || ServiceCategory === service.ServiceCategory),
  );
}

/** Table 106. */
export const certificateParameters: readonly ParameterSet[] = [
  { ParameterSetID: INSTALLATION, Parameter: [{ "@Name": "Service", stringValue: "Installation" }] },
  { ParameterSetID: UPDATE, Parameter: [{ "@Name": "Service", stringValue: "Update" }] },
];
