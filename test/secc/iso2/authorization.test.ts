import { describe, expect, it } from "vitest";
import type { Authorization } from "../../../src/secc/authorization.ts";
import type { SessionEvent } from "../../../src/secc/events.ts";
import { changeBy } from "../../../src/secc/iso2/events.ts";
import type { Iso2Session } from "../../../src/secc/iso2/protocol.ts";
import { CHALLENGE, contract, contractKey, otherKey, request, session } from "../fixtures.ts";
import { bodyOf, codeOf, published, step, traced, wait } from "./step.ts";

const none: Authorization = { status: "none" };
const fresh = session({ authorization: none });
const eim = session({
  authorization: none,
  contract: undefined,
  selected: { payment: "ExternalPayment", services: [{ ServiceID: 1 }] },
});
const signed = request("AuthorizationReq", { key: contractKey });
const response = (
  authorization_status: "Accepted" | "Invalid",
  certificate_status: "Accepted" | "CertificateRevoked" = "Accepted",
): SessionEvent => ({ type: "authorization_response", authorization_status, certificate_status });
function changed(of: Iso2Session, ...events: SessionEvent[]): Iso2Session {
  let session = of;
  for (const event of events) session = { ...session, ...changeBy(event, session) };
  return session;
}

describe("the first AuthorizationReq with a contract", () => {
  it("proves the contract, hands the token over and holds the answer back", async () => {
    const held = await wait("Authorization", fresh, signed);
    expect(published(held)).toEqual(["require_auth_pnc"]);
    expect(held.effects).toContainEqual({ to: "charger", name: "require_auth_pnc", value: contract.token });
    expect(held.session).toMatchObject({ authorization: { status: "pending" }, contract: { challenge: undefined } });
    expect(held.ms).toBeLessThan(1500);
    expect(traced(held)).toEqual([expect.objectContaining({ outcome: "ok", step: 2 })]);
  });

  it.each([
    ["another challenge", { body: { GenChallenge: new Uint8Array(16) }, key: contractKey }, "FAILED_ChallengeInvalid"],
    [
      "a short challenge",
      { body: { GenChallenge: CHALLENGE.subarray(1) }, key: contractKey },
      "FAILED_ChallengeInvalid",
    ],
    ["no signature", {}, "FAILED_SignatureError"],
    ["the signature of another key", { key: otherKey }, "FAILED_SignatureError"],
    ["a signature over something else", { body: { "@Id": "id2" }, key: contractKey }, "FAILED_SignatureError"],
  ])("bad case: %s", async (_what, variation, code) => {
    const found = await step("Authorization", fresh, request("AuthorizationReq", variation));
    expect(bodyOf(found)).toEqual({ ResponseCode: code, EVSEProcessing: "Finished" });
    expect(published(found)).toEqual([]);
    expect(found.next).toBe("Terminated");
    expect(found.session?.contract?.challenge).toBeUndefined();
    expect(traced(found)).toEqual([expect.objectContaining({ outcome: "refused", rule: code })]);
  });

  it("bad case: no challenge at all", async () => {
    const bare = request("AuthorizationReq");
    const message = { ...bare.message, body: {} } as never;
    expect(codeOf(await step("Authorization", fresh, { name: "AuthorizationReq", message }))).toBe(
      "FAILED_ChallengeInvalid",
    );
  });

  it("bad case: a challenge that was used before", async () => {
    const used = { ...fresh, contract: { ...contract, challenge: undefined } };
    expect(codeOf(await step("Authorization", used, signed))).toBe("FAILED_ChallengeInvalid");
  });

  it("bad case: no contract was shown", async () => {
    expect(codeOf(await step("Authorization", { ...fresh, contract: undefined }, signed))).toBe("FAILED");
  });
});

describe("the answer", () => {
  const pending = session({ authorization: { status: "pending" } });
  const repeated = request("AuthorizationReq", { body: {} });

  it("says Ongoing while nobody has decided, and asks nobody twice", async () => {
    const held = await wait("Authorization", pending, repeated);
    expect(held.effects).toEqual([]);
    expect(held.until(pending)).toBe(false);
    expect(bodyOf(held.decide(pending))).toEqual({ ResponseCode: "OK", EVSEProcessing: "Ongoing" });
  });

  it("says Finished at once when somebody has", async () => {
    const held = await wait("Authorization", pending, repeated);
    const accepted = changed(pending, response("Accepted"));
    expect(held.until(accepted)).toBe(true);
    expect(held.decide(accepted)).toMatchObject({
      reply: { message: { ResponseCode: "OK", EVSEProcessing: "Finished" } },
      next: "ChargeParameterDiscovery",
    });
  });

  it.each([
    [[response("Invalid", "CertificateRevoked")], "FAILED_CertificateRevoked"],
    [[response("Invalid")], "FAILED"],
    [[response("Accepted"), response("Invalid")], "FAILED"],
    [[{ type: "authorization_timeout" }, response("Accepted")], "FAILED"],
  ] as const)("bad case: after %j it is %s", async (events, code) => {
    const held = await wait("Authorization", pending, repeated);
    const then = changed(pending, ...events);
    expect(held.until(then)).toBe(true);
    expect(bodyOf(held.decide(then))).toEqual({ ResponseCode: code, EVSEProcessing: "Finished" });
  });

  it("takes no decision that nobody asked for", () => {
    expect(changed(fresh, response("Accepted")).authorization).toEqual(none);
    expect(changed(session(), { type: "authorization_timeout" }).authorization).toEqual({ status: "accepted" });
  });
});

describe("AuthorizationReq with ExternalPayment", () => {
  it("asks for a token and waits for the customer", async () => {
    const held = await wait("Authorization", eim, request("AuthorizationReq", { body: {} }));
    expect(published(held)).toEqual(["require_auth_eim"]);
    const pending = { ...eim, authorization: { status: "pending" } } as const;
    expect(bodyOf(held.decide(pending))).toMatchObject({ EVSEProcessing: "Ongoing_WaitingForCustomerInteraction" });
    expect(codeOf(held.decide(changed(pending, response("Invalid", "CertificateRevoked"))))).toBe("FAILED");
  });
});
