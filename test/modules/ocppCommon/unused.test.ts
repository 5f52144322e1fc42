import { describe, expect, it } from "vitest";
import { unusedSettings } from "../../../src/modules/OCPP201/unused.ts";
import { sayUnused, type Unused } from "../../../src/modules/ocppCommon/unused.ts";

/** What is said of these settings. */
function said(settings: readonly Unused[]): string[] {
  const lines: string[] = [];
  sayUnused({ warn: ((_detail: object, message: string) => void lines.push(message)) as never }, settings);
  return lines;
}

const usual = { CustomMrecErrorMapPath: "" };

describe("settings without effect", () => {
  const because = "it is so";
  it.each([
    ["nothing set", undefined, [false], 0],
    ["a harmless value", false, [false], 0],
    ["another value", true, [false], 1],
    ["a list of harmless ones", ["log", "security"], ["log", "security"], 0],
    ["a list with another", ["log", "html"], ["log", "security"], 1],
    ["any value at all", "host", [], 1],
  ])("%s", (_name, value, harmless, count) => {
    const lines = said([{ key: "Key", value, harmless, because }]);
    expect(lines).toEqual(Array(count).fill("'Key' has no effect here: it is so"));
  });

  it("of OCPP201 are told of by name when they are changed, and not before", () => {
    expect(said(unusedSettings(usual, ["log"]))).toEqual([]);
    const changed = { CustomMrecErrorMapPath: "/map.json" };
    expect(said(unusedSettings(changed, ["log", "html"])).map((line) => line.split("'")[1])).toEqual([
      "CustomMrecErrorMapPath",
      "InternalCtrlr.LogMessagesFormat",
    ]);
  });
});
