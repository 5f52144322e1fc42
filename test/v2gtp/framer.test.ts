import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes, fromHex, toHex } from "../../src/util/bytes.ts";
import { Framer } from "../../src/v2gtp/framer.ts";
import { decodeHeader, encodeFrame, HEADER_LENGTH, payloadType, V2gtpError } from "../../src/v2gtp/header.ts";

const MAX = 300;
const frames = fc.array(
  fc.record({ payloadType: fc.integer({ min: 0, max: 0xffff }), payload: fc.uint8Array({ maxLength: MAX }) }),
  { maxLength: 6 },
);

describe("V2GTP header", () => {
  it("has the eight octets of the standard", () => {
    expect(toHex(encodeFrame(payloadType.exi, fromHex("8098")))).toBe("01fe8001000000028098");
    expect(decodeHeader(fromHex("01fe800100000002"), 2)).toEqual({ payloadType: 0x8001, length: 2 });
  });

  it.each([
    ["00fe800100000002", "version"],
    ["01ff800100000002", "version"],
    ["fe01800100000002", "version"],
    ["02fd800100000002", "version"],
    ["01fe800100000003", "length"],
    ["01fe8001fffffff8", "length"],
    ["01fe8001fffffffe", "length"],
    ["01fe8001ffffffff", "length"],
    ["01fe8001000000", "length"],
  ])("bad case: %s is refused for its %s", (hex, reason) => {
    expect(() => decodeHeader(fromHex(hex), 2)).toThrow(expect.objectContaining({ reason }));
  });
});

describe("framer", () => {
  it("gives the same frames however the stream is split", () => {
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sent, sizes) => {
        const stream = concatBytes(...sent.map((frame) => encodeFrame(frame.payloadType, frame.payload)));
        const framer = new Framer(MAX);
        const received = [];
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          received.push(...framer.push(stream.subarray(at, at + size)));
          at += size;
        }
        expect(received).toEqual(sent);
        expect(framer.pending).toBe(0);
      }),
    );
  });

  it("gives all frames of one piece, also empty ones", () => {
    const stream = concatBytes(
      encodeFrame(1, new Uint8Array(0)),
      encodeFrame(2, fromHex("ab")),
      encodeFrame(3, new Uint8Array(0)),
    );
    expect([...new Framer(MAX).push(stream)].map((frame) => frame.payloadType)).toEqual([1, 2, 3]);
  });

  it("yields the frames before a bad header, then throws", () => {
    const stream = concatBytes(encodeFrame(1, fromHex("ab")), fromHex("deadbeefdeadbeef"));
    const seen: number[] = [];
    expect(() => {
      for (const frame of new Framer(MAX).push(stream)) seen.push(frame.payloadType);
    }).toThrow(V2gtpError);
    expect(seen).toEqual([1]);
  });

  it("refuses a header whichever way it is split, before the payload comes", () => {
    const header = fromHex("01fe8001fffffff8");
    for (let cut = 1; cut < HEADER_LENGTH; cut++) {
      const framer = new Framer(MAX);
      expect([...framer.push(header.subarray(0, cut))]).toEqual([]);
      expect(() => [...framer.push(header.subarray(cut))]).toThrow(V2gtpError);
    }
  });

  it("keeps no more than what has arrived", () => {
    const framer = new Framer(64 * 1024);
    expect([...framer.push(encodeFrame(1, new Uint8Array(60_000)).subarray(0, 1000))]).toEqual([]);
    expect(framer.pending).toBe(1000);
  });

  it("bad case: garbage of any kind is a V2gtpError or waits for more, nothing else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (garbage) => {
        try {
          for (const frame of new Framer(MAX).push(garbage)) expect(frame.payload.length).toBeLessThanOrEqual(MAX);
        } catch (error) {
          expect(error).toBeInstanceOf(V2gtpError);
        }
      }),
    );
  });
});
