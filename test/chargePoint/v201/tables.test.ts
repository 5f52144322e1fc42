/** The decision tables against what the text of the behaviour says, for every combination of facts. */
import { describe, expect, it } from "vitest";
import { type DecisionTable, decide } from "../../../src/chargePoint/decisionTable.ts";
import { type ContractFacts201, contractTable } from "../../../src/chargePoint/v201/contractTable.ts";
import { type LocalFacts, localTable } from "../../../src/chargePoint/v201/localTable.ts";
import { combinations, fitting, sourcesOf } from "../tables.ts";

/** OCPP 2.0.1 C07 and EVerest's behaviour, written as a programme. */
function contractOracle(facts: ContractFacts201): string {
  if (facts.authorization === "off") return "Accepted";
  if (facts.connection === "online" && facts.hashData === "given") return "ask with hashData";
  if (facts.certificate === "absent") return "Invalid";
  if (facts.connection === "online") {
    const central = facts.CentralContractValidationAllowed ? "ask with certificate" : "Invalid";
    if (facts.verified === "IssuerNotFound") return central;
    return facts.hashesFromChain === "made" ? "ask with hashData" : central;
  }
  if (!facts.ContractValidationOffline) return "NotAtThisTime";
  if (facts.verified === "Valid") return facts.LocalAuthorizeOffline ? "look up" : "Unknown + Accepted";
  return facts.verified === "Expired" ? "Expired + CertificateExpired" : "Unknown";
}

/** The generic path of C10 to C14. */
function localOracle(facts: LocalFacts): string {
  if (facts.localList === "accepted") return "useListEntry";
  if (facts.localList === "refused") {
    return facts.connection === "online" && !facts.DisableRemoteAuthorization ? "askCsms" : "Unknown";
  }
  if (facts.cache === "accepted" || (facts.cache === "refused" && facts.DisablePostAuthorize)) return "useCacheEntry";
  if (facts.connection === "offline" && facts.OfflineTxForUnknownIdEnabled) return "Accepted";
  return facts.connection === "online" && !facts.DisableRemoteAuthorization ? "askCsms" : "Unknown";
}

describe("the table of contracts (C07)", () => {
  const all = combinations<ContractFacts201>(contractTable.facts);

  it("has exactly one row for any facts", () => {
    expect(all).toHaveLength(2 * 896);
    expect(all.filter((facts) => fitting(contractTable, facts).length !== 1)).toEqual([]);
  });

  it("decides every combination as the use case says", async () => {
    for (const facts of all) {
      const { verdict } = (await decide(contractTable, sourcesOf(facts))).row;
      const said =
        verdict.do === "askCsms"
          ? `ask with ${verdict.send}`
          : verdict.do === "lookUp"
            ? "look up"
            : [verdict.status, verdict.certificateStatus].filter(Boolean).join(" + ");
      expect(said, JSON.stringify(facts)).toBe(contractOracle(facts));
    }
  });

  it("never looks at the chain when the hashes came with the token, nor offline when that is not allowed", async () => {
    const closed = { verified: () => expect.unreachable(), hashesFromChain: () => expect.unreachable() };
    const sources = { ...(sourcesOf(all[0] as ContractFacts201) as object), ...closed } as never;
    await decide(contractTable, { ...(sources as object), hashData: () => "given" } as never);
    await decide(contractTable, {
      ...(sources as object),
      connection: () => "offline",
      ContractValidationOffline: () => false,
    } as never);
  });
});

describe("the table of local list and cache (C10 to C14)", () => {
  const all = combinations<LocalFacts>(localTable.facts);

  it("decides every combination as the use cases say", async () => {
    expect(all).toHaveLength(144);
    for (const facts of all) {
      const { verdict } = (await decide(localTable, sourcesOf(facts))).row;
      expect(verdict.do === "answer" ? verdict.status : verdict.do, JSON.stringify(facts)).toBe(localOracle(facts));
    }
  });
});

describe.each([contractTable, localTable] as DecisionTable<never, { do: string; status?: string }>[])(
  "$title",
  (table) => {
    it("has no row that is never reached", () => {
      const reached = combinations(table.facts).map((facts) => fitting(table, facts)[0]);
      expect(table.rows.map(({ id }) => id).filter((id) => !reached.includes(id))).toEqual([]);
    });

    it("says of every refusal how to mend it", () => {
      const silent = table.rows.filter(({ verdict, fix }) => verdict.status && verdict.status !== "Accepted" && !fix);
      expect(silent.map(({ id }) => id)).toEqual([]);
    });
  },
);
