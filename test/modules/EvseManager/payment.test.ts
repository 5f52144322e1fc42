import { describe, expect, test } from "vitest";
import { accepted, cardToken, contractToken, fakeEvse } from "./fakeNeighbours.ts";

async function plugged(options: Parameters<typeof fakeEvse>[0] = {}) {
  const station = fakeEvse(options);
  await station.boot();
  station.board("A", "B");
  station.news();
  return station;
}

describe("nobody listens to the tokens of this EVSE", () => {
  test("bad case: the car gets its answer at once, and the log names the missing connection", async () => {
    const station = await plugged({ tokensAreHeard: false });
    station.evse.requireContract(contractToken);
    expect(station.news()).toEqual([
      'hlc.authorization_response {"authorization_status":"Unknown","certificate_status":"Accepted"}',
    ]);
    expect(station.trace.entries.at(-1)).toMatchObject({
      step: 3,
      outcome: "refused",
      title: "token DEABCC12345678 reaches nobody: no module is connected to evse.token_provider",
      fix: "Add {module_id: evse, implementation_id: token_provider} to the token_provider connections of Auth.",
    });
  });
});

describe("one payer for a session", () => {
  test("a card that was faster than the contract pays; the car is let through", async () => {
    const station = await plugged();
    station.evse.authorizeResponse(cardToken, accepted);
    await station.settle();
    station.news();
    station.evse.requireContract(contractToken);
    expect(station.news()).toEqual([
      'hlc.authorization_response {"authorization_status":"Accepted","certificate_status":"Accepted"}',
    ]);
    expect(station.tokens).toEqual([]);
  });

  test("a session that goes on after a pause: its own contract is accepted at once, another is refused", async () => {
    const station = await plugged();
    station.evse.requireContract(contractToken);
    station.evse.authorizeResponse(contractToken, accepted);
    await station.settle();
    station.news();
    station.evse.requireContract(contractToken);
    const accept = '{"authorization_status":"Accepted","certificate_status":"Accepted"}';
    expect(station.news()).toEqual([`hlc.authorization_response ${accept}`]);
    const other = { ...contractToken, id_token: { value: "FRXYZC87654321", type: "eMAID" } } as const;
    station.evse.requireContract(other);
    const refusal = '{"authorization_status":"ConcurrentTx","certificate_status":"Accepted"}';
    expect(station.news()).toEqual([`hlc.authorization_response ${refusal}`]);
    expect(station.trace.entries.at(-1)).toMatchObject({ outcome: "refused", fix: expect.any(String) });
    expect(station.tokens).toHaveLength(1);
  });

  test("a card answers the car that waits for external payment", async () => {
    const station = await plugged();
    station.evse.requireEim();
    station.evse.authorizeResponse(cardToken, accepted);
    expect(station.news()).toContain(
      'hlc.authorization_response {"authorization_status":"Accepted","certificate_status":"NoCertificateAvailable"}',
    );
  });

  test("dbg_hlc_auth_after_tstep: an external payment is told only when the EVSE charges", async () => {
    const station = await plugged({ config: { dbg_hlc_auth_after_tstep: true } });
    station.evse.authorizeResponse(cardToken, accepted);
    await station.settle();
    station.news();
    station.evse.requireEim();
    expect(station.news()).toEqual([]);
  });

  test("bad case: the contract is accepted after the session was stopped: the car is told, not left waiting", async () => {
    const station = await plugged();
    station.evse.requireContract(contractToken);
    station.evse.availability.enableDisable(0, { enable_source: "CSMS", enable_state: "Disable", enable_priority: 0 });
    station.news();
    station.evse.authorizeResponse(contractToken, accepted);
    expect(station.news()).toEqual([
      'hlc.authorization_response {"authorization_status":"NotAtThisTime","certificate_status":"Accepted"}',
    ]);
  });

  test("the answer for a car that left does not reach the next one", async () => {
    const station = await plugged();
    station.evse.requireContract(contractToken);
    station.board("A", "B");
    station.news();
    station.evse.authorizeResponse(contractToken, accepted);
    expect(station.news()).toEqual([]);
    expect(station.evse.state.authorization).toBeUndefined();
  });
});

test("Autocharge from SLAC: the address is the token as soon as it is known", async () => {
  const station = await plugged({ config: { enable_autocharge: true, autocharge_use_slac_instead_of_hlc: true } });
  station.evse.payment.macAddressKnown("00:7D:FA:01:02:03", "slac");
  expect(station.tokens).toEqual([
    {
      authorization_type: "Autocharge",
      id_token: { value: "VID:007DFA010203", type: "MacAddress" },
      connectors: [1],
    },
  ]);
});
