import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ClientHello, ClientHelloError, parseClientHello } from "../../src/transport/clientHello.ts";
import { HelloReader } from "../../src/transport/helloReader.ts";
import { concatBytes, fromHex } from "../../src/util/bytes.ts";
import {
  certificateHash,
  extension,
  helloBody,
  helloRecords,
  keyHash,
  nameOf,
  octets,
  preAgreed,
  statusRequest,
  trustedCaKeys,
  vector,
} from "./rawHello.ts";

const sha1 = (seed: number) => new Uint8Array(20).fill(seed);
const name = fromHex("300d310b3009060355040613024445");
const plain: ClientHello = { versions: [0x0303], statusRequest: false };

/** As EVerest's source records them from cars (lib/everest/tls/extensions/trusted_ca_keys.cpp). */
const fieldTraces = {
  PEV1:
    "006903d8367e861f5807f8141fea572d676dbf58bb5f7c03b491ddd08fafe72d9f6f9bafc68eb04da84cc09a" +
    "0330aaaab25b1cc8a09a7b32652c33cc5a973c13f303700bf78ad58e0819dac6fcaead5ed20f7bb0554f" +
    "038c821f41604ed4c3431cf6d19f2ae107cf1f50e1",
  PEV2: "002a03d8367e861f5807f8141fea572d676dbf58bb5f7c038c821f41604ed4c3431cf6d19f2ae107cf1f50e1",
  /** Without the length of the list. */
  PEV3: "014cd7290bf592d2c1ba90f56e08946d4c8e99dc380100fae3900795c888a4d4d7bd9fdffa60418ac19f",
};

describe("a client hello says which certificate it wants to see", () => {
  it.each<[string, Uint8Array, Partial<ClientHello>]>([
    ["nothing of it", helloBody(), {}],
    ["an OCSP response", helloBody(statusRequest), { statusRequest: true }],
    ["a status of another kind", helloBody(extension(5, octets(2, 0, 0))), { statusRequest: false }],
    [
      "authorities of all four kinds, in order",
      helloBody(trustedCaKeys(preAgreed, keyHash(sha1(1)), nameOf(name), certificateHash(sha1(3)))),
      {
        trustedAuthorities: [
          { kind: "pre_agreed" },
          { kind: "key_sha1_hash", value: sha1(1) },
          { kind: "x509_name", value: name },
          { kind: "cert_sha1_hash", value: sha1(3) },
        ],
      },
    ],
    ["an empty list of authorities", helloBody(trustedCaKeys()), { trustedAuthorities: [] }],
    ["an empty extension", helloBody(extension(3, octets())), { trustedAuthorities: [] }],
    ["TLS 1.3 first", helloBody(extension(43, vector(1, fromHex("03040303")))), { versions: [0x0304, 0x0303] }],
    [
      "authorities of TLS 1.3",
      helloBody(extension(47, vector(2, vector(2, name), vector(2, octets(1))))),
      { certificateAuthorities: [name, octets(1)] },
    ],
  ])("%s", (_, body, expected) => {
    expect(parseClientHello(body)).toEqual({ ...plain, ...expected });
  });

  it.each([
    ["PEV1", "cert_sha1_hash", 5],
    ["PEV2", "cert_sha1_hash", 2],
    ["PEV3", "key_sha1_hash", 2],
  ] as const)("as the car %s in the field does", (car, kind, count) => {
    const { trustedAuthorities = [] } = parseClientHello(helloBody(extension(3, fromHex(fieldTraces[car]))));
    expect(trustedAuthorities.map((authority) => authority.kind)).toEqual(Array(count).fill(kind));
  });

  it("may have no extensions at all", () => {
    const whole = helloBody();
    expect(parseClientHello(whole.subarray(0, 2 + 32 + 1 + 4 + 2))).toEqual(plain);
  });

  it.each([
    ["an unknown kind", extension(3, vector(2, octets(4)))],
    ["half a hash", extension(3, vector(2, octets(3), sha1(1).subarray(1)))],
    ["a name over the end", extension(3, vector(2, octets(2, 0xff, 0xff, 0x30)))],
    ["octets behind the list", extension(3, concatBytes(vector(2, certificateHash(sha1(1))), octets(0xee)))],
    ["authorities of TLS 1.3 over the end", extension(47, vector(2, octets(0, 9, 1)))],
  ])("bad case: %s is as good as nothing, and the rest holds", (_, broken) => {
    expect(parseClientHello(helloBody(broken, statusRequest))).toEqual({ ...plain, statusRequest: true });
  });

  it.each([
    ["an extension twice", helloBody(statusRequest, statusRequest)],
    ["octets behind the extensions", concatBytes(helloBody(), octets(0))],
    ["a version list of half a number", helloBody(extension(43, vector(1, octets(3))))],
    ["no suite", concatBytes(fromHex("0303"), new Uint8Array(33), fromHex("0000"), fromHex("0100"))],
    ["no compression method", concatBytes(fromHex("0303"), new Uint8Array(33), fromHex("0002c023"), fromHex("00"))],
    ["a long session id", concatBytes(fromHex("0303"), new Uint8Array(32), vector(1, new Uint8Array(33)))],
  ])("bad case: %s is no client hello", (_, body) => {
    expect(() => parseClientHello(body)).toThrow(ClientHelloError);
  });

  it("bad case: cut off at any octet it is none, and nothing else is thrown", () => {
    const body = helloBody(trustedCaKeys(certificateHash(sha1(1))), statusRequest);
    const withoutExtensions = 2 + 32 + 1 + 4 + 2;
    for (let length = 0; length < body.length; length++) {
      if (length === withoutExtensions) continue;
      expect(() => parseClientHello(body.subarray(0, length))).toThrow(ClientHelloError);
    }
  });

  it("bad case: of any octets, none makes it throw anything else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (body) => {
        try {
          parseClientHello(body);
        } catch (error) {
          expect(error).toBeInstanceOf(ClientHelloError);
        }
      }),
    );
  });

  it("with any octet changed, none makes it throw anything else", () => {
    const body = helloBody(trustedCaKeys(certificateHash(sha1(1)), nameOf(name)), statusRequest);
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = body.slice();
        changed[at] = (changed[at] ?? 0) ^ flip;
        try {
          parseClientHello(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(ClientHelloError);
        }
      }),
    );
  });
});

describe("a client hello comes in pieces", () => {
  const hello = parseClientHello(helloBody(trustedCaKeys(certificateHash(sha1(7)), nameOf(name)), statusRequest));
  const body = helloBody(trustedCaKeys(certificateHash(sha1(7)), nameOf(name)), statusRequest);

  function read(bytes: Uint8Array, sizes: readonly number[]) {
    const reader = new HelloReader();
    let outcome: ReturnType<HelloReader["push"]> = { state: "more" };
    let at = 0;
    for (let i = 0; at < bytes.length && outcome.state === "more"; i++) {
      const size = sizes[i % sizes.length] ?? 1;
      outcome = reader.push(bytes.subarray(at, at + size));
      at += size;
    }
    return { outcome, received: reader.received };
  }

  it("cut in two at each octet", () => {
    const bytes = helloRecords(body);
    for (let cut = 1; cut < bytes.length; cut++) {
      const { outcome, received } = read(bytes, [cut, bytes.length]);
      expect(outcome).toEqual({ state: "hello", hello });
      expect(received).toEqual(bytes);
    }
  });

  it("octet by octet, in records of any size, cut anywhere: it is the same, and no octet is lost", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), sizes, (recordSize, pieces) => {
        const bytes = helloRecords(body, recordSize);
        const { outcome, received } = read(bytes, pieces);
        expect(outcome).toEqual({ state: "hello", hello });
        expect(received).toEqual(bytes);
      }),
    );
  });

  it("keeps what comes behind it", () => {
    const bytes = concatBytes(helloRecords(body), fromHex("1503010002"));
    expect(read(bytes, [bytes.length])).toEqual({ outcome: { state: "hello", hello }, received: bytes });
  });

  it("can name many authorities", () => {
    const many = helloBody(trustedCaKeys(...Array.from({ length: 700 }, (_, i) => certificateHash(sha1(i)))));
    const { outcome } = read(helloRecords(many), [1400]);
    expect(outcome.state === "hello" && outcome.hello.trustedAuthorities?.length).toBe(700);
  });

  it.each([
    ["HTTP", new TextEncoder().encode("GET / HTTP/1.1\r\n")],
    ["an alert", fromHex("15030100020228")],
    ["another handshake message", fromHex("160301000402000000")],
    ["an empty record", fromHex("1603010000")],
    ["a record of another protocol", fromHex("1602000004")],
    ["a record that is too long", fromHex("1603014001")],
    ["a hello that is too long", fromHex("160301000401004001")],
    ["a hello that is broken", helloRecords(octets(3, 3))],
  ])("bad case: %s is something else, and all of it is kept", (_, bytes) => {
    const { outcome, received } = read(bytes, [1]);
    expect(outcome.state).toBe("other");
    expect(received).toEqual(bytes.subarray(0, received.length));
  });

  it("bad case: an endless hello in the smallest of records is given up, with bounded memory and work", () => {
    const reader = new HelloReader();
    const announced = concatBytes(octets(1), fromHex("004000"));
    let outcome: ReturnType<HelloReader["push"]> = { state: "more" };
    let sent = 0;
    for (let i = 0; outcome.state === "more"; i++) {
      outcome = reader.push(concatBytes(fromHex("1603010001"), octets(announced[i] ?? 0)));
      sent += 6;
    }
    expect(outcome.state).toBe("other");
    expect(sent).toBeLessThan(33_000);
  });
});
