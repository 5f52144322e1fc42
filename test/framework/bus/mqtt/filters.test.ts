import { describe, expect, it } from "vitest";
import { covers, Filters } from "../../../../src/framework/bus/mqtt/filters.ts";

describe("filters at the broker", () => {
  it.each([
    ["a/b", "a/b", true],
    ["a/+", "a/b", true],
    ["a/b", "a/+", false],
    ["a/#", "a/b/c", true],
    ["a/#", "a/+/c", true],
    ["a/#", "a/b/#", true],
    ["a/#", "a/#", true],
    ["a/#", "a", true],
    ["a/+", "a/#", false],
    ["a/+/#", "a/#", false],
    ["a/+/c", "a/+/c", true],
    ["a/+/c", "a/b/+", false],
    ["#", "a/+", true],
    ["#", "#", true],
    ["b/#", "a/#", false],
  ])("%s covers %s: %s", (wide, filter, expected) => {
    expect(covers(wide, filter)).toBe(expected);
  });

  it("asks for no filter that another covers, and for it again when that one is no longer wanted", () => {
    const filters = new Filters();
    filters.add("a/b");
    filters.add("a/b");
    filters.add("c");
    expect(filters.change()).toEqual({ subscribe: ["a/b", "c"], unsubscribe: [] });
    filters.add("a/#");
    expect(filters.change()).toEqual({ subscribe: ["a/#"], unsubscribe: ["a/b"] });
    filters.add("a/c");
    expect(filters.change()).toEqual({ subscribe: [], unsubscribe: [] });
    filters.remove("a/#");
    filters.remove("a/b");
    expect(filters.change()).toEqual({ subscribe: ["a/b", "a/c"], unsubscribe: ["a/#"] });
    filters.remove("a/b");
    expect(filters.change()).toEqual({ subscribe: [], unsubscribe: ["a/b"] });
    filters.forget();
    expect(filters.change()).toEqual({ subscribe: ["c", "a/c"], unsubscribe: [] });
  });
});
