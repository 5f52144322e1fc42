/** The decision tables of OCPP 1.6 against what the text of the behaviour says, for every combination of facts. */
import { describe, expect, it } from "vitest";
import { type DecisionTable, decide } from "../../../src/chargePoint/decisionTable.ts";
import { type ContractFacts16, contractTable } from "../../../src/chargePoint/v16/contractTable.ts";
import { type LocalFacts16, localTable } from "../../../src/chargePoint/v16/localTable.ts";
import { combinations, fitting, sourcesOf } from "../tables.ts";

/** The extension's Authorize as EVerest decides it, written as a programme. */
function contractOracle(facts: ContractFacts16): string {
  if (!facts.ISO15118PnCEnabled) return "Invalid";
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

/** OCPP 1.6, 3.5.1 to 3.5.3. */
function localOracle(facts: LocalFacts16): string {
  const { token, connection, localList, cache, AllowOfflineTxForUnknownId } = facts;
  if (facts.idTag === "tooLong") return "Unknown";
  if (localList === "accepted") return "useListEntry";
  if (localList === "refused") {
    if (token === "contract") return "Invalid";
    return connection === "online" ? "askCsms" : "useListEntry";
  }
  if (cache === "accepted") return "useCacheEntry";
  if (token === "contract") return "Invalid";
  if (connection === "online") return "askCsms";
  return AllowOfflineTxForUnknownId ? "Accepted" : "Invalid";
}

describe("the table of contracts", () => {
  const all = combinations<ContractFacts16>(contractTable.facts);

  it("has exactly one row for any facts", () => {
    expect(all).toHaveLength(2 * 896);
    expect(all.filter((facts) => fitting(contractTable, facts).length !== 1)).toEqual([]);
  });

  it("decides every combination as the behaviour says", async () => {
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
});

describe("the table of local list and cache (3.5)", () => {
  const all = combinations<LocalFacts16>(localTable.facts);

  it("has exactly one row for any facts", () => {
    expect(all).toHaveLength(96);
    expect(all.filter((facts) => fitting(localTable, facts).length !== 1)).toEqual([]);
  });

  it("decides every combination as the specification says", async () => {
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
