import { describe, expect, it } from "vitest";
import { listen } from "../../../src/modules/ocppCommon/listeners.ts";

const CAR = "02:00:00:00:00:01";

/** Two EVSEs whose cars a test tells of, and what the CSMS would hear. */
function twoEvses() {
  const tellInfo: ((info: object) => void)[] = [];
  const tellSession: ((event: object) => void)[] = [];
  let tellToken: (status: object) => void = () => {};
  const evse = () => ({
    subscribe: (variable: string, act: (info: object) => void) => {
      if (variable === "ev_info") tellInfo.push(act);
      if (variable === "session_event") tellSession.push(act);
    },
  });
  const auth = {
    subscribe: (_: string, act: typeof tellToken) => {
      tellToken = act;
    },
  };
  const events: { type: string; info?: string; critical?: boolean }[] = [];
  const titles: string[] = [];
  const socs: unknown[] = [];
  const point = {
    securityEvent: (event: (typeof events)[number]) => events.push(event),
    onSoc: (...soc: unknown[]) => socs.push(soc),
    onSessionEvent: () => {},
  };
  const ctx = {
    requires: { evse_manager: [evse(), evse()], auth: [auth], system: [], reservation: [], extensions_15118: [] },
    trace: { add: ({ title }: { title: string }) => titles.push(title) },
    config: { EnableExternalWebsocketControl: false },
  };
  const service = { tell: (act: (of: typeof point) => void) => act(point), chargePoint: point };
  listen(ctx as never, service as never);
  const info = (evseId: number, of: object) => tellInfo[evseId - 1]?.(of);
  const finished = (evseId: number) => tellSession[evseId - 1]?.({ event: "SessionFinished" });
  const token = (status: string, evseId: number, value: string, authorization_type = "PlugAndCharge") =>
    tellToken({ status, token: { id_token: { value, type: "eMAID" }, authorization_type, connectors: [evseId] } });
  return { info, finished, token, events, titles, socs };
}

describe("a car that is at two EVSEs at once (C02, EVExchange)", () => {
  it("is told to the CSMS once, as a security event", () => {
    const { info, events, titles, socs } = twoEvses();
    info(1, { evcc_id: CAR });
    info(2, { evcc_id: CAR });
    info(2, { evcc_id: CAR, soc: 50 });
    const words = `EVCCID ${CAR} is at EVSE 1 and at EVSE 2 at once`;
    expect(events).toEqual([{ type: "DuplicateEVCCID", info: words, critical: true }]);
    expect(titles).toEqual([words]);
    expect(socs).toEqual([[2, 50]]);
  });

  it("is known by its address, however that is written", () => {
    const { info, events } = twoEvses();
    info(1, { evcc_id: "02:00:00:00:00:0a" });
    info(2, { evcc_id: "02:00:00:00:00:0A" });
    expect(events).toHaveLength(1);
  });

  it.each<[string, (info: (evseId: number, of: object) => void) => void]>([
    ["two cars", (info) => info(2, { evcc_id: "02:00:00:00:00:02" })],
    ["a car that tells nothing", (info) => info(2, { soc: 20 })],
    [
      "a car that has moved",
      (info) => {
        info(1, {});
        info(2, { evcc_id: CAR });
      },
    ],
  ])("is not %s", (_, then) => {
    const { info, events } = twoEvses();
    info(1, { evcc_id: CAR });
    then(info);
    expect(events).toEqual([]);
  });
});

describe("a contract that is shown at two EVSEs at once (C02)", () => {
  it("is told to the CSMS when Auth refuses it at the second", () => {
    const { token, events, titles } = twoEvses();
    token("Processing", 1, "DE1");
    token("UsedToStart", 1, "DE1");
    token("Processing", 2, "DE1");
    token("Rejected", 2, "DE1");
    const words = "contract DE1, which pays at EVSE 1, was shown at EVSE 2";
    expect(events).toEqual([{ type: "DuplicateContract", info: words, critical: true }]);
    expect(titles).toEqual([words]);
  });

  it.each<[string, (of: ReturnType<typeof twoEvses>) => void]>([
    ["another one is refused", ({ token }) => token("Rejected", 2, "DE2")],
    ["it is refused where it pays", ({ token }) => token("Rejected", 1, "DE1")],
    ["it is a card", ({ token }) => token("Rejected", 2, "DE1", "RFID")],
    [
      "the first session is over",
      ({ token, finished }) => {
        finished(1);
        token("Rejected", 2, "DE1");
      },
    ],
  ])("is no news when %s", (_, then) => {
    const of = twoEvses();
    of.token("UsedToStart", 1, "DE1");
    then(of);
    expect(of.events).toEqual([]);
  });
});
