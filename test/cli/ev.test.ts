import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { freeUdpPort } from "../../src/cli/demo/freePort.ts";
import { scenarios } from "../../src/cli/peer/scenarios.ts";
import { catalogue } from "../../src/faults/index.ts";
import { charger, pkiFolder, plugcharge, verdicts } from "./peer/support.ts";

describe("plugcharge ev", () => {
  it("shows every message of the session, and says how it went", async () => {
    const pki = await pkiFolder();
    const secc = await charger("--pki", pki, "--sessions", "1");
    const ev = plugcharge("ev", ...secc.at, "--pki", pki, "--cycles", "3", "--json");
    expect(await ev.exitCode).toBe(0);
    const entries = ev.lines.map((line) => JSON.parse(line));
    const requests = entries.filter(({ kind, from }) => kind === "message" && from === "EV");
    expect(requests.map(({ title }) => title)).toEqual([
      "supportedAppProtocolReq",
      "SessionSetupReq",
      "ServiceDiscoveryReq",
      "PaymentServiceSelectionReq",
      "PaymentDetailsReq",
      "AuthorizationReq",
      "ChargeParameterDiscoveryReq",
      "PowerDeliveryReq",
      ...Array(3).fill("ChargingStatusReq"),
      "PowerDeliveryReq",
      "SessionStopReq",
    ]);
    expect(entries.at(-1)).toMatchObject({
      verdict: "charged",
      tls: true,
      payment: "Contract",
      cycles: 3,
      messages: 26,
    });
    await secc.exitCode;
  });

  it("puts its chain together from the sub-CAs where there is no chain file", async () => {
    const pki = await pkiFolder();
    rmSync(join(pki, "iso15118_2/certs/moCertChain.pem"));
    const secc = await charger("--pki", pki, "--sessions", "1", "--auth", "pnc");
    expect(await plugcharge("ev", ...secc.at, "--pki", pki, "--cycles", "1").exitCode).toBe(0);
    await secc.exitCode;
  });

  it("bad case: a charger that does not offer what the scenario pays with gets no session", async () => {
    const pki = await pkiFolder();
    const secc = await charger("--pki", pki, "--sessions", "1", "--auth", "eim");
    const ev = plugcharge("ev", ...secc.at, "--pki", pki, "--json");
    expect([await ev.exitCode, await secc.exitCode]).toEqual([1, 1]);
    expect(verdicts(ev)[0]?.reason).toMatch(
      /nothing suitable offered: Contract is enforced, but the EVSE does not offer/,
    );
    expect(verdicts(secc)[0]?.reason).toMatch(
      /broke the connection off without SessionStop, the last message is ServiceDiscoveryRes/,
    );
  });

  it("bad case: with --tls prohibit at the charger there is no Plug & Charge", async () => {
    const pki = await pkiFolder();
    const secc = await charger("--pki", pki, "--tls", "prohibit");
    const ev = plugcharge("ev", ...secc.at, "--pki", pki);
    expect(await ev.exitCode).toBe(1);
    expect(ev.lines.at(-1)).toBe("Failed: no security: the charger answers without TLS, which the car demands.");
    secc.interrupt();
    await secc.exitCode;
  });

  it.each([
    [["--no-tls"], /is Plug & Charge, which is for TLS only/],
    [[], /a car with TLS needs V2G roots/],
    [["--scenario", "ac-pnc", "--cycles", "0"], /Expected a whole number from 1/],
    [["--scenario", "tram"], /Allowed choices are ac-pnc, ac-eim/],
  ])("bad case: %j is refused before anything is sent", async (args, sentence) => {
    const ev = plugcharge("ev", "--iface", "lo", ...args);
    expect(await ev.exitCode).toBe(2);
    expect(ev.errors.join("")).toMatch(sentence);
  });

  it("charges as often as it is told", async () => {
    const pki = await pkiFolder();
    const secc = await charger("--pki", pki, "--sessions", "3");
    const ev = plugcharge("ev", ...secc.at, "--pki", pki, "--cycles", "1", "--repeat", "3", "--json");
    expect([await ev.exitCode, await secc.exitCode]).toEqual([0, 0]);
    expect(verdicts(ev).map(({ verdict }) => verdict)).toEqual(["charged", "charged", "charged"]);
    expect(JSON.parse(ev.lines.at(-1) ?? "")).toEqual({ charged: 3 });
  });

  it("bad case: gives a charger up that takes too long", async () => {
    const at = ["--iface", "lo", "--sdp-port", String(await freeUdpPort())];
    const ev = plugcharge("ev", ...at, "--no-tls", "--scenario", "ac-eim", "--timeout", "1");
    expect(await ev.exitCode).toBe(1);
    expect(ev.lines.at(-1)).toBe("Failed: aborted: it took longer than 1 s.");
  });

  it("pauses, comes back and joins its session again", async () => {
    const pki = await pkiFolder();
    const secc = await charger("--pki", pki, "--sessions", "2");
    const ev = plugcharge("ev", ...secc.at, "--pki", pki, "--scenario", "pause", "--cycles", "2", "--json");
    expect([await ev.exitCode, await secc.exitCode]).toEqual([0, 0]);
    expect(verdicts(ev)).toMatchObject([{ verdict: "charged", payment: "Contract", cycles: 4 }]);
    expect(ev.lines.filter((line) => line.includes("OK_OldSessionJoined"))).toHaveLength(1);
  });

  it.each([
    ["dc-pnc", { tls: true, payment: "Contract" }],
    ["dc-eim", { tls: true, payment: "ExternalPayment" }],
  ])("charges with direct current: %s", async (scenario, expected) => {
    const pki = await pkiFolder();
    const secc = await charger("--pki", pki, "--sessions", "1", "--scenario", scenario, "--json");
    const ev = plugcharge("ev", ...secc.at, "--pki", pki, "--scenario", scenario, "--cycles", "3", "--json");
    expect([await ev.exitCode, await secc.exitCode]).toEqual([0, 0]);
    const charged = { verdict: "charged", protocol: "ISO 15118-2", cycles: 3, ...expected };
    expect([...verdicts(ev), ...verdicts(secc)]).toMatchObject([charged, charged]);
    const asked = ev.lines
      .map((line) => JSON.parse(line))
      .flatMap(({ kind, from, title }) => (kind === "message" && from === "EV" ? [title] : []));
    const parameters = asked.indexOf("ChargeParameterDiscoveryReq");
    expect([...new Set(asked.slice(parameters))]).toEqual([
      ...["ChargeParameterDiscoveryReq", "CableCheckReq", "PreChargeReq", "PowerDeliveryReq", "CurrentDemandReq"],
      ...["WeldingDetectionReq", "SessionStopReq"],
    ]);
  });

  it("charges with direct current without TLS, which needs no certificates", async () => {
    const secc = await charger("--tls", "prohibit", "--sessions", "1", "--scenario", "dc-eim");
    const ev = plugcharge("ev", ...secc.at, "--no-tls", "--scenario", "dc-eim", "--cycles", "2", "--json");
    expect([await ev.exitCode, await secc.exitCode]).toEqual([0, 0]);
    expect(verdicts(ev)).toMatchObject([{ verdict: "charged", tls: false, cycles: 2 }]);
  });

  it.each([
    ["stops at once without it", [], { verdict: "right", got: "says PowerDeliveryReq" }],
    ["goes on with it", ["--peer-quirks"], { verdict: "wrong", got: "says CurrentDemandReq" }],
  ])("--peer-quirks, with a charger that tells of 2000 V: %s", async (_, quirks, found) => {
    const pki = await pkiFolder();
    const secc = await charger("--pki", pki, "--sessions", "1", "--fault", "dc:over-voltage", "--json");
    const args = ["--pki", pki, "--scenario", "dc-pnc", "--cycles", "3"];
    const ev = plugcharge("ev", ...secc.at, ...args, ...quirks);
    // The charger that tests the car has seen enough by then, and leaves.
    expect(await ev.exitCode).toBe(1);
    await secc.exitCode;
    expect(verdicts(secc)).toMatchObject([{ fault: "dc:over-voltage", ...found }]);
  });

  it("charges by DIN SPEC 70121, for which neither side needs certificates", async () => {
    const secc = await charger("--scenario", "din", "--sessions", "1", "--json");
    const ev = plugcharge("ev", ...secc.at, "--scenario", "din", "--cycles", "3", "--json");
    expect([await ev.exitCode, await secc.exitCode]).toEqual([0, 0]);
    const din = { verdict: "charged", protocol: "DIN SPEC 70121", tls: false, payment: "ExternalPayment", cycles: 3 };
    expect([...verdicts(ev), ...verdicts(secc)]).toMatchObject([din, din]);
  });

  it("bad case: a charger for DIN SPEC 70121 alone has nothing to say to a car of ISO 15118-2", async () => {
    const secc = await charger("--scenario", "din", "--sessions", "1");
    const ev = plugcharge("ev", ...secc.at, "--scenario", "dc-eim", "--no-tls");
    expect(await ev.exitCode).toBe(1);
    expect(ev.lines.at(-1)).toContain("no common protocol: the SECC speaks none of ISO 15118-2");
    secc.interrupt();
    await secc.exitCode;
  });

  it.each([
    ["renegotiate", { cycles: expect.any(Number) }],
    ["receipt", { cycles: 3 }],
  ])("scenario %s", async (scenario, expected) => {
    const pki = await pkiFolder();
    const secc = await charger("--pki", pki, "--sessions", "1", "--scenario", scenario);
    const ev = plugcharge("ev", ...secc.at, "--pki", pki, "--scenario", scenario, "--cycles", "3", "--json");
    expect([await ev.exitCode, await secc.exitCode]).toEqual([0, 0]);
    expect(verdicts(ev)).toMatchObject([{ verdict: "charged", payment: "Contract", ...expected }]);
    const titles = ev.lines.map((line) => JSON.parse(line).title);
    const count = (title: string) => titles.filter((each) => each === title).length;
    // The car wants one other schedule, and so does the charger; both get what they want by one.
    if (scenario === "renegotiate") expect(count("ChargeParameterDiscoveryRes")).toBeGreaterThanOrEqual(2);
    else expect(count("MeteringReceiptRes")).toBe(3);
  });

  it("lists its scenarios, also without an interface", async () => {
    const list = plugcharge("ev", "--scenario", "list");
    expect(await list.exitCode).toBe(0);
    expect(list.lines.map((line) => line.split(" ")[0])).toEqual(scenarios.map(({ name }) => name));
  });

  it("bad case: an interface that cannot be used is named, with what to do", async () => {
    const ev = plugcharge("ev", "--iface", "eth77", "--no-tls", "--scenario", "ac-eim");
    expect(await ev.exitCode).toBe(2);
    expect(ev.errors.join("")).toMatch(
      /Interface eth77 does not exist or is down.*--iface.*one of .*Bring the interface up/,
    );
  });

  it("bad case: without an interface it asks for one", async () => {
    const ev = plugcharge("ev");
    expect(await ev.exitCode).toBe(2);
    expect(ev.errors.join("")).toMatch(/a network interface is needed .*--iface/);
  });

  it("bad case: without a contract it says which files it wants", async () => {
    const pki = await pkiFolder();
    rmSync(join(pki, "iso15118_2/private_keys/contractLeaf.key"));
    const ev = plugcharge("ev", "--iface", "lo", "--pki", pki);
    expect(await ev.exitCode).toBe(2);
    expect(ev.errors.join("")).toMatch(/no contract that can be used.*contractLeafCert\.pem.*contractLeaf\.key/);
  });

  it("bad case: a wrong password in the password file is told as such", async () => {
    const pki = await pkiFolder();
    rmSync(join(pki, "iso15118_2/private_keys/contractLeafPassword.txt"));
    const ev = plugcharge("ev", "--iface", "lo", "--pki", pki);
    expect(await ev.exitCode).toBe(2);
    expect(ev.errors.join("")).toMatch(/password/i);
  });
});

describe("plugcharge ev --fault", () => {
  it("lists every fault with the answer that is right", async () => {
    const list = plugcharge("ev", "--fault", "list", "--json");
    expect(await list.exitCode).toBe(0);
    expect(list.lines.map((line) => JSON.parse(line).name)).toEqual(catalogue.ev.map(({ name }) => name));
    const people = plugcharge("ev", "--fault", "list");
    expect(await people.exitCode).toBe(0);
    expect(people.lines.indexOf("Known from the field:")).toBe(2 * catalogue.ev.length + 1);
  });

  it.each([
    ["certificate:garbage", "says PaymentDetailsRes FAILED_CertChainError"],
    ["contract:expired", "says PaymentDetailsRes FAILED_CertificateExpired"],
    ["mo:bad-signature", "says PaymentDetailsRes FAILED_CertChainError"],
    ["value:no-tls", "says PaymentServiceSelectionRes FAILED_PaymentSelectionInvalid"],
  ])("%s: our charger is right, and charges an honest car after it", async (fault, got) => {
    const pki = await pkiFolder("everest");
    const secc = await charger("--pki", pki);
    const ev = plugcharge("ev", ...secc.at, "--pki", pki, "--fault", fault, "--then-charge", "--json");
    expect(await ev.exitCode).toBe(0);
    expect(verdicts(ev)).toMatchObject([{ verdict: "right", fault, got }, { verdict: "charged" }]);
    secc.interrupt();
    await secc.exitCode;
  });

  it("does a whole group of them, a line each, and counts", async () => {
    const pki = await pkiFolder();
    const secc = await charger("--pki", pki);
    const ev = plugcharge("ev", ...secc.at, "--pki", pki, "--fault", "session");
    expect(await ev.exitCode).toBe(0);
    const names = catalogue.ev.filter(({ group }) => group === "session").map(({ name }) => name);
    const right = ev.lines.filter((line) => line.startsWith("right "));
    expect(right.map((line) => /^right\s+(\S+):/.exec(line)?.[1])).toEqual(names);
    expect(ev.lines.at(-1)).toBe(`${names.length} right.`);
    secc.interrupt();
    await secc.exitCode;
  });

  it("bad case: among many, those for which the folder lacks a key are named and not counted as right", async () => {
    const pki = await pkiFolder();
    rmSync(join(pki, "iso15118_2/private_keys/moRootCA.key"));
    const secc = await charger("--pki", pki);
    const ev = plugcharge("ev", ...secc.at, "--pki", pki, "--fault", "mo");
    expect(await ev.exitCode).toBe(1);
    expect(ev.lines.at(-3)).toMatch(/^not reached {2}mo:[a-z-]+: the key of moRoot is not there/);
    expect(ev.lines.at(-1)).toMatch(/^\d+ not reached\.$/);
    secc.interrupt();
    await secc.exitCode;
  });

  it("says in words what was right", async () => {
    const pki = await pkiFolder();
    const secc = await charger("--pki", pki);
    const ev = plugcharge("ev", ...secc.at, "--pki", pki, "--fault", "session:zero");
    expect(await ev.exitCode).toBe(0);
    expect(ev.lines.at(-1)).toMatch(
      /^Right: after session:zero the other side says ServiceDiscoveryRes FAILED_UnknownSession/,
    );
    secc.interrupt();
    await secc.exitCode;
  });

  it("bad case: what had no place in the session is no success", async () => {
    const pki = await pkiFolder();
    const secc = await charger("--pki", pki, "--auth", "eim");
    const ev = plugcharge("ev", ...secc.at, "--pki", pki, "--fault", "signature:der");
    expect(await ev.exitCode).toBe(1);
    expect(ev.lines.at(-1)).toMatch(
      /^Not tested: signature:der had no place in this session: .*does not offer Contract/,
    );
    secc.interrupt();
    await secc.exitCode;
  });

  it.each([
    [["--fault", "session:zeros"], /There is no such fault. Did you mean session:zero\?/],
    [["--fault", "signature:der", "--scenario", "ac-eim"], /has no place in ac-eim.*expected ac-pnc/],
    [["--fault", "signature:der", "--no-tls"], /has no place in|TLS/],
  ])("bad case: %j is refused before anything is sent", async (args, sentence) => {
    const ev = plugcharge("ev", "--iface", "lo", ...args);
    expect(await ev.exitCode).toBe(2);
    expect(ev.errors.join("")).toMatch(sentence);
  });

  it("bad case: without the key of the CA that has to sign, it says which", async () => {
    const pki = await pkiFolder("everest");
    rmSync(join(pki, "client/mo/MO_SUB_CA2.key"));
    const ev = plugcharge("ev", "--iface", "lo", "--pki", pki, "--fault", "contract:expired");
    expect(await ev.exitCode).toBe(2);
    expect(ev.errors.join("")).toMatch(/the key of moSub2 is not there.*pki init/);
  });
});
