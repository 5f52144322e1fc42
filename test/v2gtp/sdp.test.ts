import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/util/bytes.ts";
import { UserError } from "../../src/util/errors.ts";
import { ipv6Octets, ipv6Text } from "../../src/v2gtp/address.ts";
import { V2gtpError } from "../../src/v2gtp/header.ts";
import { decodeSdpRequest, decodeSdpResponse, encodeSdpRequest, encodeSdpResponse } from "../../src/v2gtp/sdp.ts";

const response = { address: ipv6Octets("fe80::1:2"), port: 64109, security: "tls" } as const;

describe("SDP", () => {
  it("has the octets of the standard", () => {
    expect(toHex(encodeSdpRequest({ security: "tls" }))).toBe("01fe9000000000020000");
    expect(toHex(encodeSdpRequest({ security: "none" }))).toBe("01fe9000000000021000");
    expect(toHex(encodeSdpResponse(response))).toBe("01fe900100000014fe800000000000000000000000010002fa6d0000");
  });

  it("reads what it writes", () => {
    expect(decodeSdpRequest(encodeSdpRequest({ security: "none" }))).toEqual({ security: "none" });
    expect(decodeSdpResponse(encodeSdpResponse(response))).toEqual(response);
  });

  it.each([
    ["a transport that is not TCP", "01fe9000000000020010"],
    ["a security that does not exist", "01fe9000000000020100"],
    ["a longer datagram", "01fe900000000002000000"],
    ["a shorter datagram", "01fe90000000000200"],
    ["an announced length of one", "01fe90000000000100"],
    ["an empty datagram", ""],
    ["another version", "02fd9000000000020000"],
    ["a length that overflows", "01fe9000fffffff80000"],
    ["a response", "01fe900100000014fe800000000000000000000000010002fa6d0000"],
  ])("bad case: %s is no request", (_name, hex) => {
    expect(() => decodeSdpRequest(fromHex(hex))).toThrow(V2gtpError);
  });

  it("bad case: garbage is a V2gtpError and nothing else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (garbage) => {
        expect(() => decodeSdpResponse(garbage)).toThrow(V2gtpError);
      }),
    );
  });
});

describe("IPv6 addresses", () => {
  it.each([
    ["::1", "00000000000000000000000000000001"],
    ["::", "00000000000000000000000000000000"],
    ["fe80::fc:ff:fe00:1", "fe8000000000000000fc00fffe000001"],
    ["ff02::1", "ff020000000000000000000000000001"],
    ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
    ["1::", "00010000000000000000000000000000"],
  ])("%s", (text, hex) => {
    expect(toHex(ipv6Octets(text))).toBe(hex);
    expect(ipv6Text(fromHex(hex))).toBe(text);
  });

  it("leaves the scope out", () => {
    expect(ipv6Octets("fe80::1%eth0")).toEqual(ipv6Octets("fe80::1"));
  });

  it("reads back every address it writes", () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const octets = Uint8Array.from(groups.flatMap((value) => [value >> 8, value & 0xff]));
        expect(ipv6Octets(ipv6Text(octets))).toEqual(octets);
      }),
    );
  });

  it.each(["", "1.2.3.4", "::ffff:1.2.3.4", "fe80", "g::1"])("bad case: %s", (text) => {
    expect(() => ipv6Octets(text)).toThrow(UserError);
  });
});
