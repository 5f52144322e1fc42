import { describe, expect, it } from "vitest";
import { type DecisionTable, decide } from "../../src/chargePoint/decisionTable.ts";

interface Facts {
  colour: "red" | "green";
  large: boolean;
}

const table: DecisionTable<Facts, string> = {
  title: "apples",
  facts: { colour: ["red", "green"], large: [true, false] },
  rows: [
    { id: "eat", when: { colour: ["red"], large: [true] }, verdict: "eat", because: "large and red" },
    { id: "wait", when: { colour: ["green"] }, verdict: "wait", because: "green" },
  ],
};

describe("decision table", () => {
  it("takes the first row that fits and tells the facts that were looked at", async () => {
    const decision = await decide(table, { colour: () => "red", large: async () => true });
    expect(decision.row.verdict).toBe("eat");
    expect(decision.facts).toEqual({ colour: "red", large: true });
  });

  it("fetches no fact that no row asks for, and each once", async () => {
    let asked = 0;
    const colour = () => {
      asked++;
      return "green" as const;
    };
    const { row, facts } = await decide(table, { colour, large: () => expect.unreachable() });
    expect([row.id, facts, asked]).toEqual(["wait", { colour: "green" }, 1]);
  });

  it("bad case: a table with a gap says so", async () => {
    await expect(decide(table, { colour: () => "red", large: () => false })).rejects.toThrow(/no row of "apples"/);
  });
});
