/** The tool itself: a charger that is wrong is called wrong, and what could not be tried is not called right. */
import { describe, expect, it } from "vitest";
import { driveFaultyCar } from "../../src/cli/peer/faultyCar.ts";
import { catalogue, findFault } from "../../src/faults/index.ts";
import { closes, describeReaction, refuses, says } from "../../src/faults/reaction.ts";
import { memoryNetwork } from "../../src/transport/memory.ts";
import { cryptoRandom as random } from "../../src/util/random.ts";
import { decodeSdpResponse, encodeSdpRequest } from "../../src/v2gtp/sdp.ts";
import { scriptedCharger } from "../evcc/scriptedCharger.ts";
import { SDP_PORT, TestEv } from "../secc/world.ts";
import { faulty, inTime, pki, withOurCarOverTls, world } from "./support.ts";

const fault = (name: string) => findFault("ev", name) ?? expect.unreachable(name);

/** A charger that answers everything with OK. */
async function atContentCharger(name: string) {
  const certificates = { chain: [pki.certificate("secc"), ...pki.chain("secc")].map(({ der }) => der) };
  const network = memoryNetwork({ certificates });
  const charger = await scriptedCharger({ network });
  const { car, close } = await world();
  const verdict = await inTime(driveFaultyCar({ ...car({ network }), fault: fault(name), random }));
  await Promise.all([charger.close(), close()]);
  return verdict;
}

describe("the verdict on a charger", () => {
  it.each([
    ["session:zero", "says ServiceDiscoveryRes OK"],
    ["signature:missing", "says AuthorizationRes OK"],
    ["certificate:garbage", "says PaymentDetailsRes OK"],
    ["sequence:after-failed", "says ServiceDiscoveryRes OK"],
    ["value:profile", "says PowerDeliveryRes OK"],
    ["timing:no-ServiceDiscoveryReq", "does nothing for 64.0 s"],
  ])("calls one wrong that is content with %s", async (name, got) => {
    expect(await atContentCharger(name)).toMatchObject({ verdict: "wrong", got, meaning: fault(name).danger });
  });

  it("bad case: a session that ends before the fault has its place tests nothing", async () => {
    const { car, close } = await world({
      evse: { energyTransferModes: ["AC_three_phase_core"], paymentOptions: ["ExternalPayment"] },
    });
    const verdict = await inTime(driveFaultyCar({ ...car(), fault: fault("signature:missing"), random }));
    expect(verdict).toMatchObject({ verdict: "not reached", got: expect.stringContaining("does not offer Contract") });
    await close();
  });
});

describe("the verdict on a car", () => {
  const of = (name: string) => findFault("secc", name) ?? expect.unreachable(name);

  it.each([
    ["session:foreign", "says PaymentServiceSelectionReq"],
    ["failed:ServiceDiscovery", "says PaymentServiceSelectionReq"],
    ["wrong:ServiceDiscovery", "says PaymentServiceSelectionReq"],
    ["silence:ServiceDiscovery", "does nothing for 5.0 s"],
  ])("calls one wrong that goes on after %s", async (name, got) => {
    const { charger, network } = await faulty(of(name));
    const socket = await network.openDatagrams({ host: "::1", port: 0 });
    const port = new Promise<number>((resolve) => {
      socket.onMessage((bytes) => resolve(decodeSdpResponse(bytes).port));
    });
    await socket.send(encodeSdpRequest({ security: "tls" }), { address: "::1", port: SDP_PORT });
    const ev = await TestEv.connectTo(network, await port);
    await ev.agree();
    await ev.ask("SessionSetupReq");
    await ev.send(ev.encode("ServiceDiscoveryReq"));
    if (name !== "silence:ServiceDiscovery") {
      await ev.next();
      await ev.send(ev.encode("PaymentServiceSelectionReq"));
    }
    expect(await inTime(charger.verdict)).toMatchObject({ verdict: "wrong", got, meaning: of(name).danger });
    await inTime(charger.close());
  });

  it("calls one wrong that begins a session whatever the charger's certificate is", async () => {
    const verdict = await withOurCarOverTls(of("secc:expired"), true);
    expect(verdict).toMatchObject({ verdict: "wrong", got: "says supportedAppProtocolReq" });
  });
});

describe("expectations", () => {
  it("take the codes that are named, and only those", () => {
    const reaction = { does: "says", message: "A", code: "FAILED_X" } as const;
    expect(says("A", "FAILED_X", "FAILED_Y").matches(reaction)).toBe(true);
    expect(says("A", "FAILED_Y").matches(reaction)).toBe(false);
    expect(says("B", "FAILED_X").matches(reaction)).toBe(false);
    expect(refuses("A").matches(reaction)).toBe(true);
    expect(refuses("A").matches({ ...reaction, code: "OK" })).toBe(false);
  });

  it("know when a connection must be closed", () => {
    const closed = (ms: number) => ({ does: "closes", ms }) as const;
    expect(closes(62_000, 58_000).words).toBe("closes the connection after 58 to 62 s");
    expect([57_999, 58_000, 62_000, 62_001].map((ms) => closes(62_000, 58_000).matches(closed(ms)))).toEqual([
      ...[false, true, true, false],
    ]);
    expect(describeReaction(closed(60_000))).toBe("closes the connection after 60.0 s");
  });
});

describe("the catalogue", () => {
  const all = [...catalogue.ev, ...catalogue.secc];

  it("names no fault twice", () => {
    for (const side of [catalogue.ev, catalogue.secc]) {
      const names = side.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it.each(all.map((row) => [row.name, row] as const))("%s has words for everything", (_, row) => {
    expect(row.expect.length).toBeGreaterThan(0);
    for (const text of [row.about, row.danger, row.rule, ...row.expect.map(({ words }) => words)]) {
      expect(text).toMatch(/^[^\n]{4,200}$/);
      expect(text).not.toMatch(/undefined|NaN|\[object/);
    }
  });
});
