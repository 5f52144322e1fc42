import { describe, expect, it } from "vitest";
import { inBackground } from "../../src/chargePoint/block.ts";
import { CommandError } from "../../src/framework/errors.ts";
import { silentLogger } from "../../src/util/log.ts";

async function logged(work: () => unknown): Promise<string[]> {
  const lines: string[] = [];
  inBackground({ log: { ...silentLogger, error: (_facts, text) => void lines.push(text) } }, "the work", work);
  await new Promise((resolve) => setImmediate(resolve));
  return lines;
}

describe("work in the background", () => {
  it("is silent when it is done, and when the station ends in between", async () => {
    expect(await logged(() => 1)).toEqual([]);
    expect(await logged(() => Promise.reject(new CommandError("Shutdown", "the end")))).toEqual([]);
  });

  it("bad case: logs a failure, also one before the first wait", async () => {
    expect(await logged(() => Promise.reject(new CommandError("CmdTimeout", "late")))).toEqual(["the work failed"]);
    const fail = () => {
      throw new TypeError("broken");
    };
    expect(await logged(fail)).toEqual(["the work failed"]);
  });
});
