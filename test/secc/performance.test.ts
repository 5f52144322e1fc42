/** However late the inner answers come, the EV gets its response in time (ISO 15118-2, 8.7.2, Table 109). */
import { afterEach, describe, expect, it } from "vitest";
import type { RequestName } from "../../src/iso15118/iso2/index.ts";
import { messageTimes } from "../../src/iso15118/timers.ts";
import type { SeccOptions } from "../../src/secc/secc.ts";
import { contractKey } from "./fixtures.ts";
import { code, type Manager, obliging, type Station, station, TestEv } from "./world.ts";

const never = () => new Promise<never>(() => {});
const vas = { ServiceID: 60_000, ServiceCategory: "OtherCustom", FreeService: true } as const;

/** Nobody answers, nothing moves. */
const inert: Manager = () => {};
/** Authorises, and no more. */
const authorising: Manager = (effect, secc) => {
  if (effect.to === "charger" && effect.name.startsWith("require_auth")) obliging(effect, secc);
};

interface Late {
  readonly request: RequestName;
  readonly because: string;
  readonly answer: object;
  readonly manager?: Manager;
  readonly options?: Partial<SeccOptions>;
  /** What the station does not know. */
  readonly evse?: Parameters<Station["secc"]["update"]>[0];
}

/** Every request whose answer depends on somebody else. */
const late: readonly Late[] = [
  {
    request: "ServiceDetailReq",
    because: "the provider of a service is silent",
    answer: { ResponseCode: "OK", ServiceID: vas.ServiceID },
    options: { serviceParameters: never },
    evse: { services: [vas] },
  },
  {
    request: "CertificateInstallationReq",
    because: "the CSMS is silent",
    answer: { ResponseCode: "FAILED" },
  },
  {
    request: "PaymentDetailsReq",
    because: "evse_security is silent",
    answer: { ResponseCode: "FAILED_NoCertificateAvailable" },
    options: { checkContract: never },
  },
  {
    request: "AuthorizationReq",
    because: "nobody decides",
    answer: { ResponseCode: "OK", EVSEProcessing: "Ongoing" },
    manager: inert,
  },
  {
    request: "ChargeParameterDiscoveryReq",
    because: "the limits are not known",
    answer: { ResponseCode: "OK", EVSEProcessing: "Ongoing" },
    manager: authorising,
    evse: { nominalCurrent: undefined, currentLimit: undefined },
  },
  {
    request: "PowerDeliveryReq",
    because: "the contactor does not close",
    answer: { ResponseCode: "FAILED_ContactorError" },
    manager: authorising,
  },
];

const way: readonly RequestName[] = [
  "ServiceDiscoveryReq",
  "PaymentServiceSelectionReq",
  "PaymentDetailsReq",
  "AuthorizationReq",
  "ChargeParameterDiscoveryReq",
  "PowerDeliveryReq",
];

/** Requests on the way to this one. */
function before(request: RequestName): readonly RequestName[] {
  if (request === "ServiceDetailReq") return way.slice(0, 1);
  if (request === "CertificateInstallationReq") return way.slice(0, 2);
  return way.slice(0, way.indexOf(request));
}

let open: Station | undefined;
afterEach(() => open?.close());

describe("in time, though late inside", () => {
  it.each(late)("$request, as $because", async ({ request, answer, manager, options, evse }) => {
    open = await station(options, manager);
    if (evse) open.secc.update(evse);
    const ev = await TestEv.inSession(open);
    let GenChallenge = new Uint8Array(0);
    const ask = async (name: RequestName) => {
      if (name === "AuthorizationReq") return ev.ask(name, { GenChallenge }, contractKey);
      if (name === "ServiceDetailReq") return ev.ask(name, { ServiceID: vas.ServiceID });
      return ev.ask(name);
    };
    for (const name of before(request)) {
      const found = await ask(name);
      expect(code(found), name).toBe("OK");
      if (found?.name === "PaymentDetailsRes") GenChallenge = new Uint8Array(found.message.GenChallenge);
    }
    const { performance } = messageTimes[request];
    const asked = ask(request);
    let answered = false;
    void asked.then(() => {
      answered = true;
    });
    await open.clock.advance(1);
    expect(answered, "it does wait").toBe(false);
    await open.clock.advance(performance);
    expect(answered, `within ${performance} ms`).toBe(true);
    expect((await asked)?.message).toMatchObject(answer);
  });
});
