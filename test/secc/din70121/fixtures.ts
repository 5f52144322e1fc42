/** Good requests for the states of DIN SPEC 70121, and a session that has come as far as charging. */
import { type Incoming, react } from "../../../src/fsm/machine.ts";
import type { Outcome, Step, Wait } from "../../../src/fsm/state.ts";
import type { Messages, RequestName } from "../../../src/iso15118/din70121/index.ts";
import { physicalValue } from "../../../src/iso15118/physicalValue.ts";
import { noDc } from "../../../src/secc/dc/progress.ts";
import { dinMachine } from "../../../src/secc/din70121/machine.ts";
import { type Din, type DinSession, newSession } from "../../../src/secc/din70121/protocol.ts";
import { fromHex } from "../../../src/util/bytes.ts";
import { dcEvse, NOW, SESSION_ID } from "../fixtures.ts";

export const EVSE_ID: Uint8Array = fromHex("49a89a6360");
export const dinEvse = { ...dcEvse, evseIdDin: EVSE_ID };

const status = { EVReady: true, EVErrorCode: "NO_ERROR", EVRESSSOC: 50 } as const;
const volts = physicalValue(400, "V");
const amperes = physicalValue(16, "A");
const chain = { Certificate: Uint8Array.of(1) };
const power = { DC_EVStatus: status, ChargingComplete: false };

/** A good request of every kind, also of those that DIN SPEC 70121 does not use. */
export const requests = {
  SessionSetupReq: { EVCCID: fromHex("0200000000ab") },
  ServiceDiscoveryReq: {},
  ServiceDetailReq: { ServiceID: 1 },
  ServicePaymentSelectionReq: {
    SelectedPaymentOption: "ExternalPayment",
    SelectedServiceList: { SelectedService: [{ ServiceID: 1 }] },
  },
  PaymentDetailsReq: { ContractID: "DE8AA1A2B3C4D5", ContractSignatureCertChain: chain },
  ContractAuthenticationReq: {},
  ChargeParameterDiscoveryReq: {
    EVRequestedEnergyTransferType: "DC_extended",
    DC_EVChargeParameter: {
      DC_EVStatus: status,
      EVMaximumCurrentLimit: physicalValue(250, "A"),
      EVMaximumPowerLimit: physicalValue(100_000, "W"),
      EVMaximumVoltageLimit: physicalValue(450, "V"),
      EVEnergyCapacity: physicalValue(60_000, "Wh"),
      EVEnergyRequest: physicalValue(30_000, "Wh"),
      FullSOC: 100,
      BulkSOC: 80,
    },
  },
  PowerDeliveryReq: { ReadyToChargeState: true, DC_EVPowerDeliveryParameter: power },
  ChargingStatusReq: {},
  MeteringReceiptReq: { SessionID: SESSION_ID, MeterInfo: { MeterID: "meter" } },
  CertificateUpdateReq: {
    ContractSignatureCertChain: chain,
    ContractID: "DE8AA1A2B3C4D5",
    ListOfRootCertificateIDs: { RootCertificateID: ["root"] },
    DHParams: Uint8Array.of(1),
  },
  CertificateInstallationReq: {
    OEMProvisioningCert: Uint8Array.of(1),
    ListOfRootCertificateIDs: { RootCertificateID: ["root"] },
    DHParams: Uint8Array.of(1),
  },
  CableCheckReq: { DC_EVStatus: status },
  PreChargeReq: { DC_EVStatus: status, EVTargetVoltage: volts, EVTargetCurrent: physicalValue(1, "A") },
  CurrentDemandReq: {
    DC_EVStatus: status,
    EVTargetCurrent: amperes,
    ChargingComplete: false,
    EVTargetVoltage: volts,
  },
  WeldingDetectionReq: { DC_EVStatus: status },
  SessionStopReq: {},
} as const satisfies { readonly [N in RequestName]: Messages[N] };

export const requestNames = Object.keys(requests) as RequestName[];

/** A session that has come as far as charging, with the power on. */
export function session(change: Partial<DinSession> = {}): DinSession {
  return {
    ...newSession({ settings: { authTimeoutEim: 300 }, evse: dinEvse, now: NOW }),
    sessionId: SESSION_ID,
    authorization: { status: "accepted" },
    powered: true,
    dc: { ...noDc, cableCheck: "passed" },
    ...change,
  };
}

/** The good request with changes. */
export function request<N extends RequestName>(
  name: N,
  change: Partial<Messages[N]> = {},
  id: Uint8Array = SESSION_ID,
): Incoming<Din> {
  return { name, message: { header: { SessionID: id }, body: { ...requests[name], ...change } } } as Incoming<Din>;
}

/** What a state makes of a message, with questions asked. */
export async function outcome(state: string, of: DinSession, incoming: Incoming<Din>): Promise<Outcome<Din>> {
  const found = react<Din>(dinMachine, state, of, incoming);
  if (!("gather" in found)) return found;
  const ports = { random: (count: number) => new Uint8Array(count).fill(0xc4) };
  return (await found.gather(incoming.message as never, of, ports))(of);
}

/** What a state answers at once. */
export async function step(state: string, of: DinSession, incoming: Incoming<Din>): Promise<Step<Din>> {
  const found = await outcome(state, of, incoming);
  if ("until" in found) throw new TypeError("the state waits");
  return found;
}

/** What a state waits for. */
export async function wait(state: string, of: DinSession, incoming: Incoming<Din>): Promise<Wait<Din>> {
  const found = await outcome(state, of, incoming);
  if (!("until" in found)) throw new TypeError("the state answers at once");
  return found;
}

export function codeOf({ reply }: Step<Din>): string | undefined {
  return reply?.message.ResponseCode;
}

/** What is published, by name and value. */
export function published(of: { readonly effects?: Step<Din>["effects"] }): Record<string, unknown> {
  const outward = (of.effects ?? []).flatMap((effect) =>
    effect.to === "charger" || effect.to === "extensions" ? [[effect.name, effect.value]] : [],
  );
  return Object.fromEntries(outward);
}
