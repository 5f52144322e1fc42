import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backOffMs } from "../../src/rpc/backOff.ts";
import { readBasicAuth, writeBasicAuth } from "../../src/rpc/basicAuth.ts";
import { connectFailure } from "../../src/rpc/connectFailure.ts";
import { readIdentity } from "../../src/rpc/stationUrl.ts";
import { chooseSubprotocol } from "../../src/rpc/subprotocol.ts";
import { Throttle } from "../../src/rpc/throttle.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { cryptoRandom } from "../../src/util/random.ts";

describe("station URL", () => {
  it.each(["CP001", "a*b-c_d=e+f|g@h.i", "x".repeat(48), "CP%20".replace("%20", "%2D")])("accepts %s", (identity) => {
    expect(readIdentity(`/ocpp/${identity}`, "/ocpp")).toEqual({ ok: true, identity: decodeURIComponent(identity) });
  });

  it.each([
    ["/ocpp/%zz", 400],
    ["/ocpp/%E0%A4%A", 400],
    ["/ocpp/%00", 400],
    [`/ocpp/${"x".repeat(49)}`, 400],
    ["/ocpp/a:b", 400],
    ["/ocpp/%2e%2e", 400],
    ["/ocpp/..", 400],
    ["/ocpp/a%2Fb", 400],
    ["/ocpp/%C3%A4", 400],
    ["/ocpp/", 404],
    ["/ocpp", 404],
    ["/ocpp/CP001/", 404],
    ["/ocpp/../x", 404],
    ["/%2e%2e/x", 404],
    ["/x", 404],
    ["", 404],
  ])("bad case: %s is answered %i", (target, status) => {
    expect(readIdentity(target, "/ocpp")).toEqual({ ok: false, status });
  });

  it("never throws and never lets a separator through", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const verdict = readIdentity(`/${text}`, "");
        return !verdict.ok || /^[^/\\:\0]{1,48}$/.test(verdict.identity);
      }),
    );
  });
});

describe("basic authentication", () => {
  it("carries any octets, colons and zeros too", () => {
    fc.assert(
      fc.property(
        fc.string().map((text) => text.replaceAll(":", "")),
        fc.uint8Array(),
        (user, password) => {
          const read = readBasicAuth(writeBasicAuth(user, password));
          expect(read?.user).toBe(user);
          expect(read && [...read.password]).toEqual([...password]);
        },
      ),
    );
  });

  it.each([undefined, "", "Bearer abc", "Basic", "Basic !!!!", "Basic YWJj", "Basic YQ", "Basic YTpi, Basic YTpi"])(
    "bad case: '%s' is none",
    (header) => expect(readBasicAuth(header)).toBeUndefined(),
  );
});

describe("subprotocol", () => {
  it("takes the client's first choice that is known here", () => {
    expect(chooseSubprotocol("ocpp2.1, ocpp1.6,ocpp2.0.1", ["ocpp2.0.1", "ocpp1.6"])).toBe("ocpp1.6");
  });
  it.each([undefined, "", "mqtt", "OCPP1.6"])("bad case: none in '%s'", (header) => {
    expect(chooseSubprotocol(header, ["ocpp2.0.1", "ocpp1.6"])).toBeUndefined();
  });
});

describe("back-off", () => {
  const backOff = { waitMinimumMs: 1_000, randomRangeMs: 500, repeatTimes: 3 };

  it("doubles the wait as often as configured", () => {
    const none = { ...cryptoRandom, bytes: (count: number) => new Uint8Array(count) };
    expect([0, 1, 2, 3, 4, 99].map((attempt) => backOffMs(attempt, backOff, none))).toEqual([
      1e3, 2e3, 4e3, 8e3, 8e3, 8e3,
    ]);
  });

  it("adds at most the random range", () => {
    const waits = Array.from({ length: 500 }, () => backOffMs(0, backOff, cryptoRandom));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1_500);
    expect(new Set(waits).size).toBeGreaterThan(50);
  });
});

describe("throttle", () => {
  it("holds a source back after too many failures, and forgets them after the window", async () => {
    const clock = new ManualClock();
    const throttle = new Throttle({ clock, limit: 3, windowMs: 10_000 });
    for (let i = 0; i < 3; i++) {
      expect(throttle.retryAfter("a")).toBe(0);
      throttle.failed("a");
    }
    expect(throttle.retryAfter("a")).toBe(10);
    expect(throttle.retryAfter("b")).toBe(0);
    await clock.advance(9_500);
    expect(throttle.retryAfter("a")).toBe(1);
    await clock.advance(500);
    expect(throttle.retryAfter("a")).toBe(0);
  });

  it("bad case: a million sources take bounded memory", () => {
    const throttle = new Throttle({ clock: new ManualClock(), limit: 1 });
    throttle.failed("first");
    for (let i = 0; i < 10_000; i++) throttle.failed(`s${i}`);
    expect(throttle.retryAfter("first")).toBe(0);
    expect(throttle.retryAfter("s9999")).toBe(60);
  });
});

describe("names of failures", () => {
  const fail = (code: string, message = "") => connectFailure(Object.assign(new Error(message), { code }));
  it.each([
    ["CERT_HAS_EXPIRED", "", "InvalidCsmsCertificate"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "", "InvalidCsmsCertificate"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "", "InvalidCsmsCertificate"],
    ["EPROTO", "ssl3_read_bytes:tlsv1 alert protocol version", "InvalidTLSVersion"],
    ["EPROTO", "ssl3_read_bytes:sslv3 alert handshake failure", "InvalidTLSCipherSuite"],
  ])("%s %s is %s", (code, message, securityEvent) => {
    expect(fail(code, message)).toMatchObject({ kind: "tls", securityEvent });
  });
  it("a refused TCP connection is unreachable, not TLS", () => {
    expect(fail("ECONNREFUSED")).toMatchObject({ kind: "unreachable", code: "ECONNREFUSED" });
  });
  it("a wanted client certificate is named", () => {
    expect(fail("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED").message).toBe("the CSMS does not take our certificate");
  });
});
