/** The wire format, seen by a client that is no more than one: what a module of EVerest's says and hears (lib/everest/framework). */
import mqtt, { type MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EmbeddedBroker, startBroker } from "../../../src/framework/bus/broker.ts";
import type { BusClient } from "../../../src/framework/bus/bus.ts";
import { MAX_PAYLOAD_BYTES } from "../../../src/framework/bus/mqtt/envelope.ts";
import { createMqttBus, type MqttBus } from "../../../src/framework/bus/mqtt.ts";
import { CommandError, type ErrorReport } from "../../../src/framework/errors.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { type Logger, silentLogger } from "../../../src/util/log.ts";
import { cryptoRandom } from "../../../src/util/random.ts";

const P = "everest_1/modules";
const warnings: string[] = [];
const log: Logger = { ...silentLogger, warn: (_facts, message) => void warnings.push(message) };

let broker: EmbeddedBroker;
let bus: MqttBus;
let ours: BusClient;
let foreign: MqttClient;
let heard: [string, unknown][];
let news: () => void;

beforeEach(async () => {
  broker = await startBroker(0);
  const options = { broker, clock: systemClock, random: cryptoRandom, startTimeoutMs: 5000, modules: ["ours"] };
  bus = await createMqttBus({ ...options, everestPrefix: "everest_1", externalPrefix: "external_1" }, log);
  ours = bus.connect("ours", silentLogger);
  foreign = await mqtt.connectAsync(`mqtt://${broker.host}:${broker.port}`);
  heard = [];
  news = () => {};
  foreign.on("message", (topic, payload) => {
    const text = payload.toString();
    heard.push([topic, text.startsWith("{") ? JSON.parse(text) : text]);
    news();
  });
});
afterEach(async () => {
  await foreign.endAsync();
  await bus.close();
  await broker.close();
  warnings.length = 0;
});

const say = (topic: string, message: unknown) =>
  foreign.publishAsync(topic, typeof message === "string" ? message : JSON.stringify(message), { qos: 2 });
async function hear(count: number): Promise<[string, unknown][]> {
  while (heard.length < count) await new Promise<void>((resolve) => (news = resolve));
  return heard;
}
const error = (state: ErrorReport["state"]): ErrorReport => ({
  ...{ type: "generic/CommunicationFault", sub_type: "", message: "m", description: "d", severity: "High", state },
  origin: { module_id: "ours", implementation_id: "main" },
  ...{ timestamp: "2026-01-01T00:00:00.000Z", uuid: "00000000-0000-4000-8000-000000000000", vendor_id: "" },
});

describe("what others hear of us", () => {
  it("variables, and errors raised and cleared", async () => {
    await foreign.subscribeAsync(`${P}/ours/#`, { qos: 2 });
    ours.publish("main", "power", { total: 1 });
    ours.publish("main", "nothing", undefined);
    ours.report(error("Active"));
    ours.report(error("ClearedByModule"));
    const fault = `${P}/ours/impl/main/error/generic/CommunicationFault`;
    expect(await hear(4)).toMatchObject([
      [`${P}/ours/impl/main/var/power`, { msg_type: "Var", data: { data: { total: 1 } } }],
      [`${P}/ours/impl/main/var/nothing`, { msg_type: "Var", data: { data: null } }],
      [fault, { msg_type: "RaiseError", data: error("Active") }],
      [fault, { msg_type: "ClearError", data: error("ClearedByModule") }],
    ]);
  });

  it("commands that we ask, and what we make of their results", async () => {
    await foreign.subscribeAsync(`${P}/theirs/impl/+/cmd/+`, { qos: 2 });
    const theirs = { moduleId: "theirs", implementationId: "main" };
    const calls = [1, 2, 3].map((n) => ours.call(theirs, "read", { n }));
    const outcomes = Promise.allSettled(calls);
    await bus.settled();
    const asked = (await hear(3)).map(([topic, message]) => {
      expect(topic).toBe(`${P}/theirs/impl/main/cmd/read`);
      expect(message).toMatchObject({ msg_type: "Cmd", data: { args: {}, origin: "ours" } });
      return (message as { data: { id: string } }).data.id;
    });
    const answer = (data: object) =>
      say(`${P}/theirs/impl/main/cmd/read/response/ours`, { msg_type: "CmdResult", data: { type: "result", data } });
    const failure = { __everest__error_type: "NotReady", __everest__error_msg: "not yet" };
    await answer({ id: "of somebody else", retval: 0, origin: "theirs" });
    await answer({
      id: asked[2],
      origin: "theirs",
      error: { __everest__error_type: "New", __everest__error_msg: "?" },
    });
    await answer({ id: asked[1], origin: "theirs", error: failure });
    await answer({ id: asked[0], retval: { x: 1 }, origin: "theirs" });
    expect(await outcomes).toEqual([
      { status: "fulfilled", value: { x: 1 } },
      { status: "rejected", reason: new CommandError("NotReady", "not yet") },
      { status: "rejected", reason: new CommandError("HandlerException", "?") },
    ]);
  });

  it("external topics with the prefix before them and nothing between", async () => {
    await foreign.subscribeAsync("external_1#".replace("#", "everest_api/x"), { qos: 2 });
    ours.external.publish("everest_api/x", "text");
    expect(await hear(1)).toEqual([["external_1everest_api/x", "text"]]);
  });
});

describe("telemetry", () => {
  it("has its own topics, without any prefix of external ones", async () => {
    await foreign.subscribeAsync("everest-telemetry/#", { qos: 0 });
    ours.telemetry("everest-telemetry/livedata/1/power_meter", '{"connector_id":1}');
    expect(await hear(1)).toEqual([["everest-telemetry/livedata/1/power_meter", { connector_id: 1 }]]);
  });
});

describe("what we hear of others", () => {
  it("variables and errors, of theirs only", async () => {
    const theirs = { moduleId: "theirs", implementationId: "main" };
    const got: unknown[] = [];
    const done = new Promise<void>((resolve) => {
      ours.subscribe(theirs, "power", (value) => void got.push(value));
      ours.subscribeErrors(theirs, ({ state }) => void got.push(state));
      ours.subscribeAllErrors(({ origin, state }) => void got.push(`${origin.module_id} ${state}`));
      ours.subscribe(theirs, "end", () => resolve());
    });
    await bus.settled();
    await say(`${P}/theirs/impl/main/var/power`, { msg_type: "Var", data: { data: 7 } });
    await say(`${P}/theirs/impl/main/var/power`, { msg_type: "Var", data: { data: null } });
    const raised = { ...error("Active"), origin: { module_id: "theirs", implementation_id: "main" } };
    await say(`${P}/theirs/impl/main/error/generic/CommunicationFault`, { msg_type: "RaiseError", data: raised });
    ours.report(error("Active"));
    await say(`${P}/theirs/impl/main/var/end`, { msg_type: "Var", data: { data: 0 } });
    await done;
    expect(got.toSorted()).toEqual([7, null, "Active", "theirs Active", "ours Active"].toSorted());
  });

  it("commands: carried out once each, and answered", async () => {
    const asked: unknown[] = [];
    ours.serve("main", "read", (args) => {
      asked.push(args);
      return args.fail ? Promise.reject(new CommandError("NotReady", "no")) : { doubled: 2 };
    });
    await bus.settled();
    await foreign.subscribeAsync(`${P}/ours/impl/main/cmd/+/response/theirs`, { qos: 2 });
    const ask = (command: string, data: object) =>
      say(`${P}/ours/impl/main/cmd/${command}`, { msg_type: "Cmd", data: { origin: "theirs", ...data } });
    await ask("read", { id: "1", args: { a: 1 } });
    await hear(1);
    await ask("read", { id: "1", args: { a: 1 } });
    await ask("read", { id: "2", args: null });
    await ask("read", { id: "3", args: { fail: true } });
    await ask("write", { id: "4", args: {} });
    await hear(5);
    expect(asked).toEqual([{ a: 1 }, {}, { fail: true }]);
    const idOf = (message: unknown) => (message as { data: { data: { id: string } } }).data.data.id;
    const byId = heard.toSorted(([, a], [, b]) => idOf(a).localeCompare(idOf(b)));
    const answers = byId.map(([topic, message]) => [topic.split("/").at(-3), message]);
    const result = (data: object) => ({
      msg_type: "CmdResult",
      data: { type: "result", data: { origin: "ours", ...data } },
    });
    const failed = (type: string) => ({ __everest__error_type: type, __everest__error_msg: expect.any(String) });
    expect(answers).toEqual([
      ["read", result({ id: "1", retval: { doubled: 2 } })],
      ["read", result({ id: "1", retval: { doubled: 2 } })],
      ["read", result({ id: "2", retval: { doubled: 2 } })],
      ["read", result({ id: "3", error: failed("HandlerException") })],
      ["write", result({ id: "4", error: failed("NotReady") })],
    ]);
  });

  it("bad case: what is no message of the framework is dropped, and the next one is heard", async () => {
    const theirs = { moduleId: "theirs", implementationId: "main" };
    const values: unknown[] = [];
    const done = new Promise<void>((resolve) => {
      ours.subscribe(theirs, "power", (value) => {
        values.push(value);
        if (value === "last") resolve();
      });
    });
    ours.serve("main", "read", () => 1);
    await bus.settled();
    const power = `${P}/theirs/impl/main/var/power`;
    for (const payload of ["", "{", "[]", "7", '{"data": 1}', '{"msg_type": "Gossip", "data": 1}'])
      await say(power, payload);
    await say(power, { msg_type: "Var", data: 5 });
    await say(power, { msg_type: "Var", data: { data: "x".repeat(MAX_PAYLOAD_BYTES) } });
    await say(power, { msg_type: "Var", data: { data: 1 }, plugcharge: { bus: 5, n: -1 } });
    for (const data of [null, {}, { id: 5 }, { id: "1", args: [] }]) {
      await say(`${P}/ours/impl/main/cmd/read`, { msg_type: "Cmd", data });
    }
    for (const data of [null, {}, { data: { id: "1" } }]) {
      await say(`${P}/x/impl/main/cmd/read/response/ours`, { msg_type: "CmdResult", data });
    }
    await say("everest_1/plugcharge/everybody/hello", { from: "x", modules: 5 });
    await say(power, { msg_type: "Var", data: { data: "last" } });
    await done;
    expect(values).toEqual([undefined, "last"]);
    expect(warnings.filter((line) => line.includes("none of the framework's"))).toHaveLength(6);
    expect(warnings.filter((line) => line.includes("names no id or no origin"))).toHaveLength(4);
    expect(warnings.filter((line) => line.includes("too long"))).toHaveLength(1);
    expect(bus.reach.complete).toBe(true);
  });

  it("external topics below the prefix, without it", async () => {
    const got = new Promise((resolve) => {
      ours.external.subscribe("everest_api/+/cmd", (payload, topic) => resolve([topic, payload]));
    });
    await bus.settled();
    await say("everest_api/x/cmd", "not for us");
    await say("external_1everest_api/x/cmd", "for us");
    expect(await got).toEqual(["everest_api/x/cmd", "for us"]);
  });
});
