import { describe, expect, it } from "vitest";
import { InvalidAnswer } from "../../src/ocpp/endpoint.ts";
import { createCall, createHandler } from "../../src/ocpp/v201/endpoint.ts";
import type { AuthorizeResponse } from "../../src/ocpp/v201/messages.generated.ts";
import { RpcError } from "../../src/rpc/errors.ts";
import { InternalError } from "../../src/util/errors.ts";

const idToken = { idToken: "CAFE", type: "ISO14443" } as const;
const answering = (answer: unknown) => createCall({ call: async () => answer });
const afterwards = () => {};

describe("typed calls", () => {
  it("Given a good answer, then it comes with its type", async () => {
    const answer: AuthorizeResponse = await answering({ idTokenInfo: { status: "Accepted" } })("Authorize", {
      idToken,
    });
    expect(answer.idTokenInfo.status).toBe("Accepted");
  });

  it("bad case: an answer against the schema is the peer's fault", async () => {
    const failure = answering({ idTokenInfo: { status: "Sure" } })("Authorize", { idToken });
    await expect(failure).rejects.toBeInstanceOf(InvalidAnswer);
    await expect(failure).rejects.toThrow("the answer to Authorize is wrong: idTokenInfo.status must be one of");
  });

  it("bad case: a request against the schema is ours, and is not sent", async () => {
    let sent = 0;
    const call = createCall({ call: async () => ++sent });
    const tooLong = { idToken: "x".repeat(37), type: "ISO14443" } as const;
    await expect(call("Authorize", { idToken: tooLong })).rejects.toBeInstanceOf(InternalError);
    expect(sent).toBe(0);
  });
});

describe("typed handlers", () => {
  const handler = createHandler<{ name: string }>(
    {
      Authorize: ({ idToken }, { name }) => ({
        idTokenInfo: { status: "Accepted", language1: idToken.idToken.slice(0, 0) + name },
      }),
      Heartbeat: () => ({ currentTime: "not a time" }),
    },
    { name: "en" },
  );

  it("get checked requests and the context", async () => {
    const answer = await handler("Authorize", { idToken }, afterwards);
    expect(answer).toEqual({ idTokenInfo: { status: "Accepted", language1: "en" } });
  });

  it.each([
    ["an action that the version does not have", "Levitate", {}, "NotImplemented"],
    ["an action that this end does not answer", "ClearCache", {}, "NotSupported"],
    ["a name that every object has", "constructor", {}, "NotImplemented"],
    ["a request against the schema", "Authorize", {}, "OccurenceConstraintViolation"],
  ])("bad case: %s is a CALLERROR", async (_name, action, request, code) => {
    const failure = handler(action, request, afterwards);
    await expect(failure).rejects.toBeInstanceOf(RpcError);
    await expect(failure).rejects.toMatchObject({ code });
  });

  it("bad case: an answer against the schema is ours, and is not sent", async () => {
    await expect(handler("Heartbeat", {}, afterwards)).rejects.toBeInstanceOf(InternalError);
  });
});
