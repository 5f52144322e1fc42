/** A DC station, and an EV that says by DIN SPEC 70121 whatever a test wants. */
import { expect } from "vitest";
import {
  bodyOf,
  DIN_NAMESPACE,
  din,
  type Messages,
  messageOf,
  type Named,
  type RequestName,
} from "../../../src/iso15118/din70121/index.ts";
import { dinProtocol, iso2Protocol } from "../../../src/secc/handshake.ts";
import type { SeccOptions } from "../../../src/secc/secc.ts";
import { type Manager, obliging, type Station, station, TestEv } from "../world.ts";
import { dinEvse, requests } from "./fixtures.ts";

const open: Station[] = [];
/** After each test. */
export async function closeAll(): Promise<void> {
  for (const each of open.splice(0)) await each.close();
}

/** Whose cable checks pass at once. */
export const obligingDc: Manager = (effect, secc) => {
  obliging(effect, secc);
  if (effect.to === "charger" && effect.name === "start_cable_check") {
    secc.apply({ type: "cable_check_finished", passed: true });
  }
};

/** A station that speaks both protocols, with a DC output. */
export async function begin(change: Partial<SeccOptions> = {}, manager = obligingDc): Promise<Station> {
  const started = await station({ protocols: [dinProtocol, iso2Protocol], ...change }, manager);
  started.secc.update(dinEvse);
  open.push(started);
  return started;
}

/** Sends the good request with changes; gives the answer, or undefined when the connection was closed. */
export async function ask<N extends RequestName>(
  ev: TestEv,
  name: N,
  change: Partial<Messages[N]> = {},
): Promise<Named | undefined> {
  const named = { name, message: { ...requests[name], ...change } } as Named;
  await ev.send(din.encode("V2G_Message", messageOf({ SessionID: ev.sessionId }, named)));
  const exi = await ev.next();
  if (!exi) return undefined;
  const { root, value } = din.decode(exi);
  if (root !== "V2G_Message") return undefined;
  ev.sessionId = value.Header.SessionID;
  return bodyOf(value);
}

const untilCharging = [
  "SessionSetupReq",
  "ServiceDiscoveryReq",
  "ServicePaymentSelectionReq",
  "ContractAuthenticationReq",
  "ChargeParameterDiscoveryReq",
  "CableCheckReq",
  "PreChargeReq",
  "PowerDeliveryReq",
  "CurrentDemandReq",
] as const;

/** An EV whose last answered request is `until`. */
export async function inSession(of: Station, until: (typeof untilCharging)[number]): Promise<TestEv> {
  const ev = await TestEv.connect(of, "none");
  expect(await ev.agree(DIN_NAMESPACE)).toMatchObject({ ResponseCode: "OK_SuccessfulNegotiation" });
  for (const name of untilCharging.slice(0, untilCharging.indexOf(until) + 1)) {
    expect(await ask(ev, name)).toMatchObject({ message: { ResponseCode: expect.stringMatching(/^OK/) } });
  }
  return ev;
}
