import { describe, expect, it, onTestFinished } from "vitest";
import { MAX_MESSAGES, MessageBoard } from "../../../src/modules/TerminalDisplayMessage/board.ts";
import { TerminalDisplayMessage } from "../../../src/modules/TerminalDisplayMessage/index.ts";
import { startUnderTest } from "../../framework/underTest.ts";

const message = (id: number, content = "hello") => ({ id, message: { content } });

describe("the display", () => {
  it("holds messages, gives those that are asked for, and forgets them", async () => {
    const { on, station } = await startUnderTest(TerminalDisplayMessage);
    onTestFinished(() => station.stop());
    const { display_message: display } = on;
    const important = { ...message(2), priority: "InFront", state: "Idle" } as const;
    await display.call("set_display_message", { request: [message(1, "old"), important] });
    await display.call("set_display_message", { request: [message(1, "new"), { message: { content: "passing" } }] });
    expect(await display.call("get_display_messages", { request: {} })).toEqual({
      messages: [message(1, "new"), important],
    });
    for (const request of [{ id: [2] }, { priority: "InFront" }, { state: "Idle" }] as const) {
      expect(await display.call("get_display_messages", { request: { ...request } as never })).toEqual({
        messages: [important],
      });
    }
    expect(await display.call("get_display_messages", { request: { id: [1], state: "Idle" } })).toEqual({
      messages: [],
    });
    expect(await display.call("clear_display_message", { request: { id: 1 } })).toEqual({ status: "Accepted" });
    expect(await display.call("clear_display_message", { request: { id: 1 } })).toEqual({ status: "Unknown" });
  });

  it("bad case: refuses nothing, and more than it can hold", () => {
    const board = new MessageBoard();
    expect(board.set([]).status).toBe("Rejected");
    expect(board.set(Array.from({ length: MAX_MESSAGES }, (_, id) => message(id))).status).toBe("Accepted");
    expect(board.set([message(MAX_MESSAGES)]).status).toBe("Rejected");
    expect(board.set([message(0, "replaced")]).status).toBe("Accepted");
  });
});
