import { describe, expect, it } from "vitest";
import { explainFault } from "../../src/secc/handshakeFaults.ts";
import { failureReason } from "../../src/secc/sessionEnd.ts";

const fault = (code: string) =>
  ({ kind: "handshake", remoteAddress: "::1", code, message: "OpenSSL's own words" }) as const;

describe("a handshake that failed", () => {
  it.each([
    ["ERR_SSL_NO_SHARED_CIPHER", "ECDHE-ECDSA-AES128-SHA256"],
    ["ERR_SSL_UNSUPPORTED_PROTOCOL", "TLS 1.2"],
    ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "V2G root"],
    ["ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED", "expired"],
    ["ECONNRESET", "without saying why"],
    ["ERR_TLS_HANDSHAKE_TIMEOUT", "in time"],
    ["ERR_SSL_SOMETHING_NEW", "ERR_SSL_SOMETHING_NEW"],
  ])("%s is explained and says what to do", (code, words) => {
    const { title, fix } = explainFault(fault(code));
    expect(title).toContain(words);
    expect(fix).toMatch(/^[A-Z].*\.$/);
  });

  it("too many connections are no handshake", () => {
    const { title } = explainFault({
      ...fault("EMFILE"),
      kind: "too many connections",
      message: "more than 8 connections",
    });
    expect(title).toBe("more than 8 connections");
  });
});

describe("a session that broke off", () => {
  const end = { how: "broken", effects: [] } as const;

  it.each([
    ["SessionSetupReq", "ProtocolNegotiationFailed"],
    ["AuthorizationReq", "AuthorizationFailed"],
    ["PowerDeliveryReq", "EnergyTransferSetupFailed"],
    ["ChargingStatusReq", "ChargingInterrupted"],
    ["SessionStopReq", undefined],
  ] as const)("after %s is %s", (lastRequest, reason) => {
    expect(failureReason({ ...end, lastRequest }, false)).toBe(reason);
  });

  it("is no failure when the EVSE wanted it to end, or when it ended as it should", () => {
    expect(failureReason({ ...end, lastRequest: "ChargingStatusReq" }, true)).toBeUndefined();
    expect(failureReason({ ...end, how: "paused", lastRequest: "PowerDeliveryReq" }, false)).toBeUndefined();
  });
});
