import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RpcError } from "../../src/rpc/errors.ts";
import { readFrame, writeCall, writeError, writeResult } from "../../src/rpc/frames.ts";

const id36 = "x".repeat(36);
/** Texts that are no message, with the id that an answer about them carries. */
const faults = [
  ["no JSON", "hello", "-1", "RpcFrameworkError"],
  ["nothing", "", "-1", "RpcFrameworkError"],
  ["an object", '{"2":"1"}', "-1", "RpcFrameworkError"],
  ["an empty array", "[]", "-1", "RpcFrameworkError"],
  ["an id of 37 characters", `[2,"${id36}x","A",{}]`, "-1", "RpcFrameworkError"],
  ["an empty id", '[2,"","A",{}]', "-1", "RpcFrameworkError"],
  ["a number as id", '[2,1,"A",{}]', "-1", "RpcFrameworkError"],
  ["an unknown message type", '[9,"1","A",{}]', "1", "MessageTypeNotSupported"],
  ["a CALL without payload", '[2,"1","A"]', "1", "RpcFrameworkError"],
  ["a CALL without an action", '[2,"1",7,{}]', "1", "RpcFrameworkError"],
  ["an action of 100 kB", `[2,"1","${"A".repeat(100_000)}",{}]`, "1", "RpcFrameworkError"],
  ["200,000 open brackets", "[".repeat(200_000), "-1", "RpcFrameworkError"],
] as const;

describe("frames", () => {
  it.each(faults)("bad case: %s", (_name, text, id, code) => {
    expect(readFrame(text)).toMatchObject({ kind: "fault", id, code });
  });

  it("reads what it writes", () => {
    const id = fc.string({ minLength: 1, maxLength: 36 });
    const action = fc.string({ minLength: 1, maxLength: 64 });
    const payload = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.parse(JSON.stringify(value)));
    fc.assert(
      fc.property(id, action, payload, (id, action, payload) => {
        expect(readFrame(writeCall(id, action, payload))).toEqual({ kind: "call", id, action, payload });
        expect(readFrame(writeResult(id, payload))).toEqual({ kind: "result", id, payload });
      }),
    );
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => readFrame(text).kind.length > 0));
  });

  it("cuts a description at 255 characters, both ways", () => {
    const text = writeError("1", new RpcError("GenericError", "d".repeat(1_000)));
    expect(JSON.parse(text)).toEqual([4, "1", "GenericError", "d".repeat(255), {}]);
    expect(readFrame(`[4,"1","C","${"d".repeat(1_000)}",{}]`)).toMatchObject({ description: "d".repeat(255) });
  });

  it("takes a CALLERROR that lacks its last parts", () => {
    expect(readFrame('[4,"1","C"]')).toEqual({
      kind: "error",
      id: "1",
      code: "C",
      description: "",
      details: undefined,
    });
  });
});
