/** What every bus must do. A test file calls {@link busCompliance} with the way to make one. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Bus, BusClient } from "../../src/framework/bus/bus.ts";
import { CommandError, type ErrorReport } from "../../src/framework/errors.ts";
import type { Clock } from "../../src/util/clock.ts";
import { type Logger, silentLogger } from "../../src/util/log.ts";
import { ManualClock } from "../../src/util/manualClock.ts";

export const COMPLIANCE_TIMEOUT_MS = 5000;

/** Two ends of one bus: the same object, or what two processes have. Both use `clock` and {@link COMPLIANCE_TIMEOUT_MS}. */
export interface BusUnderTest {
  readonly bus: Bus;
  readonly peer: Bus;
  /** Resolves when what was subscribed and served so far is in force. */
  settled(): Promise<void>;
}

/** Values in the order they came, and a way to wait for so many of them. */
class Inbox<T> {
  readonly values: T[] = [];
  #wake: (() => void) | undefined;
  readonly take = (value: T): void => {
    this.values.push(value);
    this.#wake?.();
  };
  async received(count: number): Promise<T[]> {
    while (this.values.length < count) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.values;
  }
}

interface LogLine {
  readonly module?: string;
  readonly message: string;
}

function recordingLogger(lines: LogLine[], module: string): Logger {
  return { ...silentLogger, error: (_facts, message) => lines.push({ module, message }) };
}

const meter = { moduleId: "meter", implementationId: "main" };
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => "answered",
    (error) => (error instanceof CommandError ? error.code : error),
  );

function report(message: string): ErrorReport {
  return {
    type: "generic/CommunicationFault",
    sub_type: "",
    message,
    description: "",
    severity: "High",
    origin: { module_id: "meter", implementation_id: "main" },
    state: "Active",
    timestamp: "2026-01-01T00:00:00.000Z",
    uuid: "00000000-0000-4000-8000-000000000000",
    vendor_id: "",
  };
}

export function busCompliance(name: string, make: (clock: Clock) => Promise<BusUnderTest>): void {
  describe(`${name} as a bus`, () => {
    const clock = new ManualClock();
    let lines: LogLine[];
    /** What reached a receiver that nothing may reach. */
    let trespasses: string[];
    const forbid = (what: string) => () => void trespasses.push(what);
    let under: BusUnderTest;
    let sender: BusClient;
    let receiver: BusClient;

    beforeEach(async () => {
      lines = [];
      trespasses = [];
      under = await make(clock);
      sender = under.bus.connect("meter", recordingLogger(lines, "meter"));
      receiver = under.peer.connect("display", recordingLogger(lines, "display"));
    });
    afterEach(async () => {
      await under.bus.close();
      await under.peer.close();
      expect(trespasses).toEqual([]);
    });

    it("delivers a variable to all who subscribed it, in order, and never within the call", async () => {
      const inboxes = [new Inbox<unknown>(), new Inbox<unknown>()];
      for (const inbox of inboxes) receiver.subscribe(meter, "power", inbox.take);
      receiver.subscribe(meter, "energy", forbid("another variable"));
      await under.settled();
      for (const value of [1, 2, 3]) sender.publish("main", "power", value);
      expect(inboxes[0]?.values).toEqual([]);
      for (const inbox of inboxes) expect(await inbox.received(3)).toEqual([1, 2, 3]);
    });

    it("gives each receiver a copy, as JSON would carry it", async () => {
      const inbox = new Inbox<unknown>();
      receiver.subscribe(meter, "power", (value) => {
        (value as { total: number }).total = -1;
      });
      receiver.subscribe(meter, "power", inbox.take);
      await under.settled();
      const sent = { total: 1, L1: undefined, nothing: null };
      sender.publish("main", "power", sent);
      sent.total = 2;
      expect(await inbox.received(1)).toEqual([{ total: 1, nothing: null }]);
      expect(Object.keys(inbox.values[0] as object)).toEqual(["total", "nothing"]);
    });

    it("carries a variable without value as null", async () => {
      const inbox = new Inbox<unknown>();
      receiver.subscribe(meter, "changed", inbox.take);
      await under.settled();
      sender.publish("main", "changed", undefined);
      expect(await inbox.received(1)).toEqual([null]);
    });

    it("delivers nothing more after the subscription has ended", async () => {
      const [ended, other] = [new Inbox<unknown>(), new Inbox<unknown>()];
      const end = receiver.subscribe(meter, "power", ended.take);
      receiver.subscribe(meter, "power", other.take);
      await under.settled();
      sender.publish("main", "power", 1);
      await other.received(1);
      end();
      end();
      sender.publish("main", "power", 2);
      await other.received(2);
      expect(ended.values).toEqual([1]);
    });

    it("delivers nothing that was still on its way when the subscription ended", async () => {
      const other = new Inbox<unknown>();
      const end = receiver.subscribe(meter, "power", forbid("delivered after the end"));
      receiver.subscribe(meter, "power", other.take);
      await under.settled();
      sender.publish("main", "power", 1);
      end();
      await other.received(1);
    });

    it("bad case: a receiver that throws is logged with its module's name and disturbs nobody", async () => {
      const inbox = new Inbox<unknown>();
      receiver.subscribe(meter, "power", () => {
        throw new CommandError("NotReady", "no display");
      });
      receiver.subscribe(meter, "power", async () => {
        throw new CommandError("NotReady", "display went away");
      });
      receiver.subscribe(meter, "power", inbox.take);
      await under.settled();
      sender.publish("main", "power", 1);
      sender.publish("main", "power", 2);
      expect(await inbox.received(2)).toEqual([1, 2]);
      await clock.advance(0);
      expect(lines).toHaveLength(4);
      expect(lines[0]?.module).toBe("display");
      expect(lines.map((line) => line.message).join()).toMatch(/no display.*display went away/);
    });

    it("answers a command with what its handler gave", async () => {
      sender.serve("main", "read", async ({ count }) => ({ doubled: Number(count) * 2, absent: undefined }));
      await under.settled();
      expect(await receiver.call(meter, "read", { count: 21 })).toEqual({ doubled: 42 });
    });

    it("answers null for a handler that gave nothing", async () => {
      sender.serve("main", "reset", () => undefined);
      await under.settled();
      expect(await receiver.call(meter, "reset", {})).toBeNull();
    });

    it("starts the handlers of one caller in the order of its calls and lets them overlap", async () => {
      const order: unknown[] = [];
      let finishFirst = () => {};
      sender.serve("main", "read", ({ n }) => {
        order.push(n);
        return n === 1 ? new Promise<void>((resolve) => (finishFirst = resolve)) : null;
      });
      await under.settled();
      const first = receiver.call(meter, "read", { n: 1 });
      await receiver.call(meter, "read", { n: 2 });
      finishFirst();
      await first;
      expect(order).toEqual([1, 2]);
    });

    it("lets a handler call back", async () => {
      receiver.serve("screen", "brightness", () => 80);
      sender.serve("main", "read", () =>
        sender.call({ moduleId: "display", implementationId: "screen" }, "brightness", {}),
      );
      await under.settled();
      expect(await receiver.call(meter, "read", {})).toBe(80);
    });

    it("bad case: a handler that throws is answered HandlerException and logged with its module's name", async () => {
      sender.serve("main", "read", () => {
        throw new CommandError("NotReady", "meter is off");
      });
      await under.settled();
      expect(await codeOf(receiver.call(meter, "read", {}))).toBe("HandlerException");
      await expect(receiver.call(meter, "read", {})).rejects.toThrow(/meter is off/);
      expect(lines[0]).toMatchObject({ module: "meter", message: expect.stringContaining("meter is off") });
    });

    it("bad case: a handler that never answers ends in CmdTimeout", async () => {
      const reached = new Inbox<unknown>();
      sender.serve("main", "read", () => {
        reached.take(1);
        return new Promise(() => {});
      });
      await under.settled();
      const code = codeOf(receiver.call(meter, "read", {}));
      await reached.received(1);
      await clock.advance(COMPLIANCE_TIMEOUT_MS);
      expect(await code).toBe("CmdTimeout");
    });

    it("bad case: a command that nobody serves ends in an error", async () => {
      const code = codeOf(receiver.call(meter, "unknown", {}));
      await clock.advance(COMPLIANCE_TIMEOUT_MS);
      expect(["NotReady", "CmdTimeout"]).toContain(await code);
    });

    it("leaves no timer behind after a call", async () => {
      const before = clock.pending;
      sender.serve("main", "read", () => 1);
      await under.settled();
      await receiver.call(meter, "read", {});
      expect(clock.pending).toBe(before);
    });

    it("carries raised and cleared errors to who subscribed them", async () => {
      const inbox = new Inbox<ErrorReport>();
      receiver.subscribeErrors(meter, inbox.take);
      receiver.subscribeErrors({ ...meter, implementationId: "other" }, forbid("another one"));
      await under.settled();
      sender.report(report("cable cut"));
      sender.report({ ...report("cable cut"), state: "ClearedByModule" });
      expect((await inbox.received(2)).map((error) => error.state)).toEqual(["Active", "ClearedByModule"]);
      expect(inbox.values[0]).toEqual(report("cable cut"));
    });

    it("passes external topics between modules and the world, wildcards included", async () => {
      const [exact, level, rest, world] = [1, 2, 3, 4].map(() => new Inbox<string>());
      const [a, b] = ["everest_external/nodered/1/carsim/cmd/enable", "everest_external/nodered/2/carsim/error"];
      receiver.external.subscribe(a, (payload) => exact?.take(payload));
      receiver.external.subscribe("everest_external/nodered/+/carsim/error", (_payload, topic) => level?.take(topic));
      receiver.external.subscribe("everest_external/#", (payload) => rest?.take(payload));
      under.peer.external.subscribe(a, (payload) => world?.take(payload));
      await under.settled();
      sender.external.publish(a, "true");
      under.bus.external.publish(b, "{not json");
      sender.external.publish("everest_other/1", "no");
      expect(await rest?.received(2)).toEqual(["true", "{not json"]);
      expect(await level?.received(1)).toEqual([b]);
      expect(await world?.received(1)).toEqual(["true"]);
      expect(exact?.values).toEqual(["true"]);
    });

    it("forgets a module that is closed", async () => {
      const inbox = new Inbox<unknown>();
      const stays = under.peer.connect("logger", silentLogger);
      receiver.subscribe(meter, "power", forbid("delivered to a closed module"));
      receiver.external.subscribe("#", forbid("delivered to a closed module"));
      stays.subscribe(meter, "power", inbox.take);
      const reached = new Inbox<unknown>();
      sender.serve("main", "read", () => {
        reached.take(1);
        return new Promise(() => {});
      });
      await under.settled();
      const code = codeOf(receiver.call(meter, "read", {}));
      await reached.received(1);
      receiver.close();
      receiver.close();
      expect(await code).toBe("Shutdown");
      expect(await codeOf(receiver.call(meter, "read", {}))).toBe("Shutdown");
      sender.external.publish("a", "b");
      sender.publish("main", "power", 1);
      await inbox.received(1);
    });
  });
}
