import { describe, expect, test } from "vitest";
import { agreedOn, iso15118_2, offer } from "../../src/evcc/handshake.ts";
import { appProtocol } from "../../src/iso15118/appProtocol.ts";

const other = { name: "another", ProtocolNamespace: "urn:x", VersionNumberMajor: 1, VersionNumberMinor: 0 };
const both = [other, iso15118_2];

describe("the handshake", () => {
  test("offers the most wanted protocol first", () => {
    expect(offer(both).AppProtocol).toEqual([
      { ProtocolNamespace: "urn:x", VersionNumberMajor: 1, VersionNumberMinor: 0, SchemaID: 1, Priority: 1 },
      {
        ProtocolNamespace: "urn:iso:15118:2:2013:MsgDef",
        VersionNumberMajor: 2,
        VersionNumberMinor: 0,
        SchemaID: 2,
        Priority: 2,
      },
    ]);
    expect(appProtocol.decode(appProtocol.encode("supportedAppProtocolReq", offer(both)))).toMatchObject({
      root: "supportedAppProtocolReq",
    });
  });

  test.each(["OK_SuccessfulNegotiation", "OK_SuccessfulNegotiationWithMinorDeviation"] as const)(
    "%s: the SECC's choice is taken",
    (ResponseCode) => {
      expect(agreedOn({ ResponseCode, SchemaID: 2 }, both)).toEqual({ ok: true, protocol: iso15118_2 });
    },
  );

  test("bad case: nothing in common", () => {
    const agreement = agreedOn({ ResponseCode: "Failed_NoNegotiation", SchemaID: 1 }, both);
    expect(agreement).toEqual({ ok: false, reason: "the SECC speaks none of another, ISO 15118-2" });
  });

  test.each([undefined, 0, 3])("bad case: SchemaID %s was not offered", (SchemaID) => {
    const chosen = { ResponseCode: "OK_SuccessfulNegotiation", ...(SchemaID !== undefined && { SchemaID }) } as const;
    expect(agreedOn(chosen, both)).toMatchObject({ ok: false, reason: expect.stringContaining("not offered") });
  });
});
