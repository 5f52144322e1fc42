/** What the tables of DIN SPEC 70121 are made of. */
import { din, type MessageName, type Messages, type RequestName } from "../iso15118/din70121/index.ts";
import type { After, Context, MessageFault } from "./fault.ts";
import { frame, messageOf } from "./make.ts";

export const needs = { protocol: "DIN SPEC 70121" } as const;

/** The body of a message is another one. */
export function body<N extends MessageName>(
  name: N,
  change: (body: Messages[N]) => Messages[N],
  after: After = "watch",
): MessageFault {
  return {
    seam: "message",
    after,
    turns: ({ document }, { set }) => {
      const { Header, Body } = messageOf(document);
      return [[frame(set.encode("V2G_Message", { Header, Body: { [name]: change(Body[name] as Messages[N]) } }))]];
    },
  };
}

const DC_EVStatus = { EVReady: true, EVErrorCode: "NO_ERROR", EVRESSSOC: 50 } as const;
const quantity = (Value: number, Unit: "A" | "V") => ({ Multiplier: 0, Unit, Value }) as const;
const target = { EVTargetVoltage: quantity(400, "V"), EVTargetCurrent: quantity(1, "A") };

/** Well-formed, and about nothing real; those that a DC session without contract has. */
const requests = {
  SessionSetupReq: { EVCCID: Uint8Array.of(2, 0, 0, 0, 0, 1) },
  ServiceDiscoveryReq: {},
  ServicePaymentSelectionReq: {
    SelectedPaymentOption: "ExternalPayment",
    SelectedServiceList: { SelectedService: [{ ServiceID: 1 }] },
  },
  ContractAuthenticationReq: {},
  ChargeParameterDiscoveryReq: {
    EVRequestedEnergyTransferType: "DC_extended",
    DC_EVChargeParameter: {
      DC_EVStatus,
      EVMaximumCurrentLimit: quantity(100, "A"),
      EVMaximumVoltageLimit: quantity(500, "V"),
    },
  },
  CableCheckReq: { DC_EVStatus },
  PreChargeReq: { DC_EVStatus, ...target },
  PowerDeliveryReq: { ReadyToChargeState: true },
  CurrentDemandReq: { DC_EVStatus, ...target, ChargingComplete: false },
  WeldingDetectionReq: { DC_EVStatus },
  SessionStopReq: {},
} satisfies { [N in RequestName]?: Messages[N] };

export type DinRequest = keyof typeof requests;

/** The request in this session, as EXI, with changes. Where there is no session yet its id is zero. */
export function request<N extends DinRequest>(
  name: N,
  change: Partial<Messages[N]> = {},
): (context: Pick<Context, "SessionID">) => Uint8Array {
  return ({ SessionID }) => {
    const Header = { SessionID: SessionID.length > 0 ? SessionID : new Uint8Array(8) };
    // The name says which body it is, which the compiler cannot follow.
    return din.encode("V2G_Message", { Header, Body: { [name]: { ...requests[name], ...change } } as never });
  };
}
