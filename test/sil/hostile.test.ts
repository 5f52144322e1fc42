/** Nothing that a car does keeps the next one from charging, and nobody charges on another's contract. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attacks, forgery, type Hostile, hostileAt } from "./hostileCar.ts";
import { identity, openSite, plugAndCharge, plugIn, type Site, type Visit } from "./site.ts";

let site: Site;
let hostile: Hostile;
const escaped: unknown[] = [];
const note = (reason: unknown) => void escaped.push(reason);

beforeAll(async () => {
  process.on("unhandledRejection", note).on("uncaughtExceptionMonitor", note);
  site = await openSite();
  await site.visit(plugAndCharge);
  hostile = hostileAt(site);
}, 30_000);
afterAll(async () => {
  process.off("unhandledRejection", note).off("uncaughtExceptionMonitor", note);
  await site.close();
});

const asked = ({ entries }: Visit) => entries.filter(({ from }) => from === "OCPP").map(({ title }) => title);

describe.each(attacks)("a station whose car sends $name", ({ run, answer }) => {
  it("refuses it, gives it nothing, and charges the next car", async () => {
    const before = site.csms.transactions.length;
    let said: string | undefined;
    const attack = await site.visit(plugIn, async () => {
      said = await run(hostile);
    });
    expect(said).toBe(answer);
    expect(asked(attack)).not.toContain("Authorize.req");
    expect(asked(attack)).not.toContain("TransactionEvent.req");
    expect(attack.events).not.toContain("Authorized");
    expect(attack.events).not.toContain("ChargingStarted");
    expect(attack.entries.map(({ title }) => title)).not.toContain("contactor closed");
    expect(attack.entries.filter(({ rule }) => rule === "InternalError")).toEqual([]);
    expect(site.csms.transactions).toHaveLength(before);

    const honest = await site.visit(plugAndCharge);
    expect(honest.entries.filter(({ outcome }) => outcome === "refused")).toEqual([]);
    expect(honest.events).toContain("ChargingStarted");
    expect(site.csms.transactions).toHaveLength(before + 1);
    expect(site.csms.transactions.at(-1)).toMatchObject({
      idToken: { idToken: site.pki.eMAID, type: "eMAID" },
      endedAt: expect.any(String),
      problems: [],
    });
    expect(escaped).toEqual([]);
  });
});

describe.each([false, true])("a station that leaves contracts to the CSMS, central validation %s", (central) => {
  let trusting: Site;
  beforeAll(async () => {
    const here = "verify_contract_cert_chain";
    trusting = await openSite((yaml) => yaml.replace(`${here}: true`, `${here}: false`));
    const [component, variable] = [{ name: "ISO15118Ctrlr" }, { name: "CentralContractValidationAllowed" }];
    const setVariableData = [{ component, variable, attributeValue: String(central) }];
    await trusting.csms.call(identity, "SetVariables", { setVariableData });
  });
  afterAll(() => trusting.close());

  it(`charges the honest car, and is not deceived by ${forgery.name}`, async () => {
    const honest = await trusting.visit(plugAndCharge);
    expect(honest.entries.map(({ title }) => title)).toContain("contract chain not checked here; the CSMS decides");
    let said: string | undefined;
    const attack = await trusting.visit(plugIn, async () => {
      said = await forgery.run(hostileAt(trusting));
    });
    expect(said).toBe(forgery.answer);
    expect(attack.events).not.toContain("Authorized");
    expect(trusting.csms.transactions).toMatchObject([{ problems: [], endedAt: expect.any(String) }]);
  });
});
