import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { chooseSchedule } from "../../../src/evcc/iso2/schedules.ts";
import { judgeTariffs } from "../../../src/evcc/iso2/tariffs.ts";
import { iso2, type SAScheduleTuple, type V2G_Message } from "../../../src/iso15118/iso2/index.ts";
import { physicalValue } from "../../../src/iso15118/physicalValue.ts";
import { signFragments } from "../../../src/iso15118/signature.ts";
import { createPki } from "../../../src/pki/index.ts";
import { fromHex } from "../../../src/util/bytes.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { car } from "../fixtures.ts";

const pki = await createPki({ clock: systemClock, random: cryptoRandom });
const { certificate, key } = pki.members.contract;
const chain = [certificate, ...pki.chain("contract")].map(({ der }) => der);
const contract = { eMAID: certificate.subject.CN ?? "", chain, key };
const session = { joined: undefined, payment: "Contract", car: { ...car, contract } } as const;
const operatorKey = pki.members.moSub2.key;

type Step = readonly [start: number, value: number];
const hour = 3600;

function tuple(SAScheduleTupleID: number, power: readonly Step[], prices: readonly Step[] = []): SAScheduleTuple {
  const PMaxScheduleEntry = power.map(([start, watt], at) => ({
    RelativeTimeInterval: { start, duration: (power[at + 1]?.[0] ?? 2 * hour) - start },
    PMax: physicalValue(watt, "W"),
  }));
  if (prices.length === 0) return { SAScheduleTupleID, PMaxSchedule: { PMaxScheduleEntry } };
  const SalesTariff = {
    "@Id": `tariff${SAScheduleTupleID}`,
    SalesTariffID: SAScheduleTupleID,
    NumEPriceLevels: 3,
    SalesTariffEntry: prices.map(([start, EPriceLevel]) => ({ RelativeTimeInterval: { start }, EPriceLevel })),
  };
  return { SAScheduleTupleID, PMaxSchedule: { PMaxScheduleEntry }, SalesTariff };
}

function signed(offered: readonly SAScheduleTuple[], by = operatorKey) {
  const elements = offered.flatMap(({ SalesTariff: value }) =>
    value ? [{ set: iso2, name: "SalesTariff", id: value["@Id"] ?? "", value }] : [],
  );
  return elements.length > 0 ? { Signature: signFragments({ elements, key: by }) } : {};
}

const choose = (offered: readonly SAScheduleTuple[], energy = 0, header: object = signed(offered)) =>
  chooseSchedule(offered, header, session, { maxPower: 11_000, energy });
const idOf = ({ schedule }: ReturnType<typeof choose>) => schedule?.SAScheduleTupleID;
const titles = ({ effects }: ReturnType<typeof choose>) =>
  effects.flatMap((effect) => (effect.to === "trace" ? [effect.event.title] : []));

describe("which schedule the car takes", () => {
  const slow = tuple(1, [[0, 3000]]);
  const fast = tuple(2, [[0, 11_000]]);

  test.each<[string, SAScheduleTuple[], number, number]>([
    ["the only one", [slow], 0, 1],
    ["the one with the most energy", [slow, fast], 0, 2],
    ["the first, when both give more than the car can take", [tuple(3, [[0, 22_000]]), tuple(4, [[0, 30_000]])], 0, 3],
    ["the first, when both give all that the car needs", [slow, fast], 5000, 1],
    [
      "the one that gives enough in time",
      [
        tuple(1, [
          [0, 0],
          [hour, 3000],
        ]),
        fast,
      ],
      5000,
      2,
    ],
    [
      "the cheaper one, when both give enough",
      [tuple(1, [[0, 11_000]], [[0, 3]]), tuple(2, [[0, 11_000]], [[0, 1]])],
      5000,
      2,
    ],
    [
      "the one that is cheaper while the car charges, not later",
      [
        tuple(
          1,
          [[0, 11_000]],
          [
            [0, 3],
            [hour, 1],
          ],
        ),
        tuple(
          2,
          [[0, 11_000]],
          [
            [0, 2],
            [hour, 3],
          ],
        ),
      ],
      5000,
      2,
    ],
    [
      "the one with more energy, whatever it costs",
      [tuple(1, [[0, 3000]], [[0, 1]]), tuple(2, [[0, 11_000]], [[0, 3]])],
      20_000,
      2,
    ],
    [
      "the one with a tariff rather than one without",
      [tuple(1, [[0, 11_000]]), tuple(2, [[0, 11_000]], [[0, 3]])],
      0,
      2,
    ],
  ])("%s", (_what, offered, energy, id) => {
    expect(idOf(choose(offered, energy))).toBe(id);
  });

  test("a choice and the judgement of tariffs are told, and nothing where there is no choice", () => {
    expect(titles(choose([slow], 0, {}))).toEqual([]);
    expect(titles(choose([slow, fast], 0, {}))).toEqual(["takes schedule 2 of 2"]);
    expect(titles(choose([tuple(1, [[0, 3000]], [[0, 1]])]))).toEqual(["believes the tariffs"]);
  });

  test("a session that goes on keeps its own", () => {
    const joined = { SessionID: new Uint8Array(8), payment: "Contract", SAScheduleTupleID: 1 } as const;
    const { schedule } = chooseSchedule([slow, fast], {}, { ...session, joined }, { maxPower: 11_000, energy: 0 });
    expect(schedule).toBe(slow);
  });

  test.each<[string, SAScheduleTuple, string]>([
    ["begins late", tuple(1, [[60, 11_000]]), "does not begin at once"],
    [
      "goes back in time",
      tuple(1, [
        [0, 11_000],
        [60, 9000],
        [30, 11_000],
      ]),
      "not in the order of time",
    ],
    ["has a negative power", tuple(1, [[0, -1]]), "negative PMax"],
    ["has a tariff that begins late", tuple(1, [[0, 11_000]], [[1, 1]]), "SalesTariff does not begin at once"],
    [
      "has a tariff out of order",
      tuple(
        1,
        [[0, 11_000]],
        [
          [0, 1],
          [60, 1],
          [60, 2],
        ],
      ),
      "not in the order of time",
    ],
    ["has a price level that does not exist", tuple(1, [[0, 11_000]], [[0, 4]]), "beyond NumEPriceLevels"],
    ["has an id for the second time", tuple(2, [[0, 11_000]]), "another of this id"],
  ])("bad case: one that %s is passed over", (_what, faulty, reason) => {
    const found = choose([tuple(2, [[0, 3000]]), faulty], 0, {});
    expect(idOf(found)).toBe(2);
    expect(found.schedule?.PMaxSchedule.PMaxScheduleEntry[0]?.PMax.Value).toBe(3000);
    expect(titles(found)[0]).toContain(reason);
  });

  test("bad case: none that can be used", () => {
    const found = choose([tuple(1, [[60, 11_000]])], 0, {});
    expect(found.schedule).toBeUndefined();
    expect(titles(found)).toEqual([expect.stringContaining("passes over schedule 1")]);
  });

  test("a price that is no level but a cost is one", () => {
    const { SalesTariff } = tuple(1, [[0, 11_000]], [[0, 1]]);
    const cost = {
      startValue: physicalValue(0, "Wh"),
      Cost: [{ costKind: "CarbonDioxideEmission", amount: 3 }],
    } as const;
    const entry = { RelativeTimeInterval: { start: 0 }, ConsumptionCost: [cost] };
    const { NumEPriceLevels: _, ...bare } = SalesTariff ?? { SalesTariffID: 1 };
    const of = (SalesTariffEntry: object[]) =>
      ({ ...tuple(1, [[0, 11_000]]), SalesTariff: { ...bare, SalesTariffEntry } }) as unknown as SAScheduleTuple;
    expect(idOf(choose([of([entry])], 0, {}))).toBe(1);
    expect(idOf(choose([of([{ RelativeTimeInterval: { start: 0 } }])], 0, {}))).toBeUndefined();
  });
});

describe("tariffs that nobody answers for have no say", () => {
  const dear = tuple(1, [[0, 11_000]], [[0, 3]]);
  const cheap = tuple(2, [[0, 11_000]], [[0, 1]]);
  const offered = [dear, cheap];

  test("signed by the operator's Sub-CA 2: the cheap one", () => {
    expect(judgeTariffs(offered, signed(offered), session)).toMatchObject({ ok: true });
    expect(idOf(choose(offered))).toBe(2);
  });

  test.each<[string, object, object, string]>([
    ["not signed", {}, {}, "nobody has signed them"],
    ["signed by the contract's own key", signed(offered, key), {}, "not made with the signer's key"],
    ["signed before they were changed", signed([dear, tuple(2, [[0, 11_000]], [[0, 2]])]), {}, "digest"],
    ["only one of them signed", signed([dear]), {}, "no reference to SalesTariff"],
    [
      "signed, but the car has no certificate of the signer",
      signed(offered),
      { car: { ...car, contract: { ...contract, chain: chain.slice(0, 1) } } },
      "no certificate",
    ],
    ["signed, but the car's certificate of the signer is none", signed(offered), { car }, "no certificate"],
  ])("bad case: %s: the first one", (_what, header, given, reason) => {
    const found = chooseSchedule(offered, header, { ...session, ...given }, { maxPower: 11_000, energy: 0 });
    expect(idOf(found)).toBe(1);
    expect(titles(found)[0]).toMatch(/^heeds no tariff: /);
    expect(titles(found)[0]).toContain(reason);
  });

  test("with external payment nobody signs", () => {
    const eim = { ...session, payment: "ExternalPayment" } as const;
    expect(idOf(chooseSchedule(offered, {}, eim, { maxPower: 11_000, energy: 0 }))).toBe(2);
  });

  test("what EXIficient made and signed is believed", () => {
    const lines = readFileSync(new URL("../../vectors/pnc_session.jsonl", import.meta.url), "utf8")
      .trim()
      .split("\n");
    const messages = lines.flatMap((line) => {
      const { schema, exi } = JSON.parse(line);
      return schema === "iso-2" ? [iso2.decode(fromHex(exi)).value as V2G_Message] : [];
    });
    const details = messages.flatMap(({ Body }) => Body.PaymentDetailsReq ?? [])[0]?.ContractSignatureCertChain;
    const answer = messages.find(({ Body }) => Body.ChargeParameterDiscoveryRes?.SAScheduleList);
    const list = answer?.Body.ChargeParameterDiscoveryRes?.SAScheduleList?.SAScheduleTuple ?? [];
    const theirs = [details?.Certificate, ...(details?.SubCertificates?.Certificate ?? [])] as Uint8Array[];
    const of = { ...session, car: { ...car, contract: { ...contract, chain: theirs } } };
    expect(list).toHaveLength(1);
    expect(judgeTariffs(list, answer?.Header ?? {}, of)).toMatchObject({ ok: true });
    const [first] = list;
    const changed = first?.SalesTariff ? [{ ...first, SalesTariff: { ...first.SalesTariff, SalesTariffID: 9 } }] : [];
    expect(judgeTariffs(changed, answer?.Header ?? {}, of)).toMatchObject({ ok: false });
  });
});
