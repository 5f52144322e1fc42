/** A request of every kind, for when it comes at the wrong time: well-formed, and about nothing real. */
import { iso2, type Messages, type RequestName } from "../iso15118/iso2/index.ts";
import { physicalValue } from "../iso15118/physicalValue.ts";
import type { Context } from "./fault.ts";

const volts = physicalValue(400, "V");
const amperes = physicalValue(16, "A");
const DC_EVStatus = { EVReady: true, EVErrorCode: "NO_ERROR", EVRESSSOC: 50 } as const;
const certificate = Uint8Array.of(0x30, 0x00);
const ListOfRootCertificateIDs = { RootCertificateID: [{ X509IssuerName: "CN=V2GRootCA", X509SerialNumber: 1 }] };
const eMAID = "DEABCC12345678";

const requests: { readonly [N in RequestName]: Messages[N] } = {
  SessionSetupReq: { EVCCID: Uint8Array.of(2, 0, 0, 0, 0, 1) },
  ServiceDiscoveryReq: {},
  ServiceDetailReq: { ServiceID: 1 },
  PaymentServiceSelectionReq: {
    SelectedPaymentOption: "ExternalPayment",
    SelectedServiceList: { SelectedService: [{ ServiceID: 1 }] },
  },
  CertificateInstallationReq: { "@Id": "id1", OEMProvisioningCert: certificate, ListOfRootCertificateIDs },
  CertificateUpdateReq: {
    ...{ "@Id": "id1", ContractSignatureCertChain: { Certificate: certificate }, eMAID, ListOfRootCertificateIDs },
  },
  PaymentDetailsReq: { eMAID, ContractSignatureCertChain: { Certificate: certificate } },
  AuthorizationReq: {},
  ChargeParameterDiscoveryReq: {
    RequestedEnergyTransferMode: "AC_three_phase_core",
    AC_EVChargeParameter: {
      EAmount: physicalValue(22_000, "Wh"),
      EVMaxVoltage: volts,
      EVMaxCurrent: amperes,
      EVMinCurrent: physicalValue(6, "A"),
    },
  },
  PowerDeliveryReq: { ChargeProgress: "Start", SAScheduleTupleID: 1 },
  ChargingStatusReq: {},
  MeteringReceiptReq: { "@Id": "id1", SessionID: new Uint8Array(8), MeterInfo: { MeterID: "meter", MeterReading: 1 } },
  CableCheckReq: { DC_EVStatus },
  PreChargeReq: { DC_EVStatus, EVTargetVoltage: volts, EVTargetCurrent: amperes },
  CurrentDemandReq: { DC_EVStatus, EVTargetCurrent: amperes, ChargingComplete: false, EVTargetVoltage: volts },
  WeldingDetectionReq: { DC_EVStatus },
  SessionStopReq: { ChargingSession: "Terminate" },
};

/** The request in this session, as EXI. Where there is no session yet its id is zero. */
export function request<N extends RequestName>(
  name: N,
  change: Partial<Messages[N]> = {},
): (context: Pick<Context, "SessionID">) => Uint8Array {
  return ({ SessionID }) => {
    const Header = { SessionID: SessionID.length > 0 ? SessionID : new Uint8Array(8) };
    // The name says which body it is, which the compiler cannot follow.
    const Body = { [name]: { ...requests[name], ...change } } as never;
    return iso2.encode("V2G_Message", { Header, Body });
  };
}
