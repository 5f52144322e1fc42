import { describe, expect, it } from "vitest";
import type { AppProtocol } from "../../src/iso15118/appProtocol.ts";
import { ISO2_NAMESPACE } from "../../src/iso15118/iso2/index.ts";
import { dinProtocol, iso2Protocol, negotiate } from "../../src/secc/handshake.ts";

const offer = (namespace: string, SchemaID: number, Priority: number, major = 2, minor = 0): AppProtocol => ({
  ProtocolNamespace: namespace,
  VersionNumberMajor: major,
  VersionNumberMinor: minor,
  SchemaID,
  Priority,
});

describe("SupportedAppProtocol", () => {
  it("takes what the EV wants most of what both speak", () => {
    const wanted = [
      offer(dinProtocol.namespace, 1, 3),
      offer(ISO2_NAMESPACE, 2, 2),
      offer("urn:iso:std:iso:15118:-20:AC", 3, 1, 1),
    ];
    expect(negotiate({ AppProtocol: wanted }, [dinProtocol, iso2Protocol])).toEqual({
      chosen: iso2Protocol,
      response: { ResponseCode: "OK_SuccessfulNegotiation", SchemaID: 2 },
    });
  });

  it("lets the minor version differ", () => {
    expect(negotiate({ AppProtocol: [offer(ISO2_NAMESPACE, 5, 1, 2, 1)] }, [iso2Protocol]).response).toEqual({
      ResponseCode: "OK_SuccessfulNegotiationWithMinorDeviation",
      SchemaID: 5,
    });
  });

  it.each([
    ["another major version", offer(ISO2_NAMESPACE, 1, 1, 1)],
    ["another protocol", offer("urn:din:70121:2012:MsgDef", 1, 1)],
    ["a namespace that only begins alike", offer(`${ISO2_NAMESPACE}X`, 1, 1)],
  ])("bad case: %s", (_what, protocol) => {
    expect(negotiate({ AppProtocol: [protocol] }, [iso2Protocol])).toEqual({
      chosen: undefined,
      response: { ResponseCode: "Failed_NoNegotiation" },
    });
  });
});
