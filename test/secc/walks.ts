/** The way of a good EV into every state of the SECC, in whole messages over a connection. */

import { encodeDelivery } from "../../src/iso15118/contractMessages.ts";
import type { Messages, RequestName } from "../../src/iso15118/iso2/index.ts";
import type { iso2Machine } from "../../src/secc/iso2/machine.ts";
import { contractKey, dcEvse, dcParameters, EMAID, evse } from "./fixtures.ts";
import { code, type Manager, obliging, type Station, TestEv } from "./world.ts";

export type StateName = typeof iso2Machine extends { readonly initial: infer N } ? N : never;

/** A request with what is special of it, that must be answered with OK. */
export interface Mile {
  readonly name: RequestName;
  readonly body?: object;
}

const mile = <N extends RequestName>(name: N, body: Partial<Messages[N]> = {}): Mile => ({ name, body });

const toSelection = [mile("SessionSetupReq"), mile("ServiceDiscoveryReq")];
const toContract = [...toSelection, mile("PaymentServiceSelectionReq")];
const toAuthorization = [...toContract, mile("PaymentDetailsReq")];
const toParameters = [...toAuthorization, mile("AuthorizationReq")];
const toPower = [...toParameters, mile("ChargeParameterDiscoveryReq")];
const toLoop = [...toPower, mile("PowerDeliveryReq")];
const toCharging = [...toLoop, mile("ChargingStatusReq")];
const toCableCheck = [
  ...toParameters,
  mile("ChargeParameterDiscoveryReq", { AC_EVChargeParameter: undefined as never, ...dcParameters }),
];
const toPreCharge = [...toCableCheck, mile("CableCheckReq")];
const toPreCharging = [...toPreCharge, mile("PreChargeReq")];
const toDcLoop = [...toPreCharging, mile("PowerDeliveryReq")];
const toDemand = [...toDcLoop, mile("CurrentDemandReq")];
const off = mile("PowerDeliveryReq", { ChargeProgress: "Stop" });

export const walks: Readonly<Record<StateName, readonly Mile[]>> = {
  SessionSetup: [],
  ServiceDiscovery: toSelection.slice(0, 1),
  ServiceSelection: toSelection,
  ContractSelected: toContract,
  PaymentDetails: [...toContract, mile("CertificateInstallationReq")],
  Authorization: toAuthorization,
  ChargeParameterDiscovery: toParameters,
  PowerDelivery: toPower,
  ChargingStarted: toLoop,
  Charging: toCharging,
  MeteringReceipt: toCharging,
  CableCheck: toCableCheck,
  PreCharge: toPreCharge,
  PreCharging: toPreCharging,
  CurrentDemandStarted: toDcLoop,
  CurrentDemand: toDemand,
  WeldingDetection: [...toDemand, off],
  SessionStop: [...toCharging, off],
  Terminated: [...toSelection.slice(0, 1), mile("SessionStopReq")],
};
export const stateNames = Object.keys(walks) as StateName[];

const dcStates: readonly StateName[] = [
  ...(["CableCheck", "PreCharge", "PreCharging"] as const),
  ...(["CurrentDemandStarted", "CurrentDemand", "WeldingDetection"] as const),
];

/** What the EVSE must be for an EV to come into the state. */
export function evseFor(state: StateName): Partial<typeof evse> {
  if (dcStates.includes(state)) return { ...dcEvse, paymentOptions: evse.paymentOptions };
  return { ...evse, receiptRequired: state === "MeteringReceipt" };
}

/** An EVSE that authorises, closes its contactor and passes the cable check. */
export const willing: Manager = (effect, secc) => {
  obliging(effect, secc);
  if (effect.to !== "charger") return;
  if (effect.name === "start_cable_check") secc.apply({ type: "cable_check_finished", passed: true });
  if (effect.name === "dc_open_contactor") secc.update({ contactorClosed: false });
};

/** A new connection that has agreed on the protocol, and come into the state. */
export async function walkTo(state: StateName, of: Station): Promise<TestEv> {
  of.secc.update(evseFor(state));
  const ev = await TestEv.connect(of);
  await ev.agree();
  for (const { name, body } of walks[state]) await go(of, ev, name, body);
  return ev;
}

/** One good request, signed where it must be. @throws TypeError when it is not answered with OK. */
async function go(of: Station, ev: TestEv, name: RequestName, body: object = {}): Promise<void> {
  if (name === "CertificateInstallationReq") return install(of, ev);
  const signed = name === "AuthorizationReq";
  const change = { ...body, ...(signed && { GenChallenge: ev.challenge }) };
  const answer = await ev.ask(name, change, signed ? contractKey : undefined);
  if (answer?.name === "PaymentDetailsRes") ev.challenge = answer.message.GenChallenge;
  const found = code(answer);
  if (!found?.startsWith("OK")) throw new TypeError(`${name} was answered with ${answer?.name} ${found}`);
}

/** The CSMS answers with a contract. */
async function install(of: Station, ev: TestEv): Promise<void> {
  await ev.send(ev.encode("CertificateInstallationReq"));
  await of.clock.advance(0);
  of.secc.apply({ type: "certificate_response", exi: delivery(ev.sessionId) });
  await ev.next();
}

function delivery(SessionID: Uint8Array): Uint8Array {
  const contract = {
    provisioningChain: [Uint8Array.of(1)],
    contractChain: [Uint8Array.of(2)],
    DHpublickey: new Uint8Array(65),
    encryptedPrivateKey: new Uint8Array(48),
    eMAID: EMAID,
  };
  return encodeDelivery(contract, { request: "CertificateInstallationReq", SessionID }, contractKey);
}
