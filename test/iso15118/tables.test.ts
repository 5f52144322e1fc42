import { describe, expect, expectTypeOf, test } from "vitest";
import { appProtocol } from "../../src/iso15118/appProtocol.ts";
import * as din70121 from "../../src/iso15118/din70121/index.ts";
import {
  bodyOf,
  iso2,
  type MessageName,
  type Messages,
  messageOf,
  type V2G_Message,
} from "../../src/iso15118/iso2/index.ts";
import { xmldsig } from "../../src/iso15118/xmldsig.ts";

const header = { SessionID: new Uint8Array(8) };

describe("the schema tables", () => {
  test("hold as many global elements as the schemas declare", () => {
    expect(Object.keys(appProtocol.elements)).toHaveLength(2);
    expect(Object.keys(xmldsig.elements)).toHaveLength(24);
    expect(Object.keys(iso2.elements)).toHaveLength(80);
    expect(Object.keys(din70121.din.elements)).toHaveLength(81);
  });

  test("give every message its type", () => {
    expectTypeOf<MessageName>().extract<"SessionSetupReq">().toEqualTypeOf<"SessionSetupReq">();
    expectTypeOf<Messages["SessionSetupReq"]>().toEqualTypeOf<{ readonly EVCCID: Uint8Array }>();
    expectTypeOf<Messages["AuthorizationReq"]["GenChallenge"]>().toEqualTypeOf<Uint8Array | undefined>();
    expectTypeOf<Messages["ChargeParameterDiscoveryRes"]["EVSEProcessing"]>().toEqualTypeOf<
      "Finished" | "Ongoing" | "Ongoing_WaitingForCustomerInteraction"
    >();
    expectTypeOf<V2G_Message["Header"]["SessionID"]>().toEqualTypeOf<Uint8Array>();
    expectTypeOf<din70121.Messages["SessionSetupRes"]["EVSEID"]>().toEqualTypeOf<Uint8Array>();
    expectTypeOf<din70121.PhysicalValue["Unit"]>().extract<"VA">().toEqualTypeOf<"VA">();
  });

  test("name what a body holds", () => {
    const named = { name: "SessionStopReq", message: { ChargingSession: "Terminate" } } as const;
    expect(messageOf(header, named)).toEqual({ Header: header, Body: { SessionStopReq: named.message } });
    expect(bodyOf(messageOf(header, named))).toEqual(named);
    expect(bodyOf({ Header: header, Body: {} })).toBeUndefined();
    const stop = { name: "SessionStopReq", message: {} } as const;
    expect(din70121.bodyOf(din70121.messageOf(header, stop))).toEqual(stop);
  });
});
