/** OCPP on EVerest's topics: the module between programs outside and an OCPP module that the test plays. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkConfig } from "../../../src/framework/config.ts";
import { type Station, startStation } from "../../../src/framework/manager.ts";
import { defineManifest } from "../../../src/framework/manifest.ts";
import { defineModule, type Provided } from "../../../src/framework/module.ts";
import { generic_error } from "../../../src/interfaces/generic_error.ts";
import { ocpp } from "../../../src/interfaces/ocpp.ts";
import { ocpp_data_transfer } from "../../../src/interfaces/ocpp_data_transfer.ts";
import type { DataTransferResponse } from "../../../src/interfaces/types/ocpp.ts";
import { ocpp_consumer_API } from "../../../src/modules/ocpp_consumer_API/index.ts";
import { nodeFiles } from "../../../src/util/files.ts";
import { silentLogger } from "../../../src/util/log.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { silentTracer } from "../../../src/util/trace.ts";

const base = "everest_api/1/ocpp_consumer/api";
const yaml = `
active_modules:
  ocpp: {module: Fake, connections: {api: [{module_id: api, implementation_id: main}], watch: [{module_id: api, implementation_id: generic_error}]}}
  api:
    module: ocpp_consumer_API
    config_module: {cfg_request_reply_to_s: 20}
    connections:
      ocpp: [{module_id: ocpp, implementation_id: ocpp_generic}]
      data_transfer: [{module_id: ocpp, implementation_id: data_transfer}]
`;

let clock: ManualClock;
let station: Station;
/** What the OCPP module was asked. */
let asked: unknown[][];
/** What came out on MQTT, and the errors. */
let heard: [string, unknown][];
let errors: string[];
let speak: Provided<typeof ocpp>;
let fromCsms: () => Promise<DataTransferResponse>;

beforeEach(async () => {
  clock = new ManualClock();
  [asked, heard, errors] = [[], [], []];
  const note = (name: string, args: unknown, result: unknown) => {
    asked.push([name, args]);
    return result as never;
  };
  const manifest = defineManifest({
    description: "an OCPP module",
    provides: { ocpp_generic: { interface: ocpp }, data_transfer: { interface: ocpp_data_transfer } },
    requires: { api: { interface: ocpp_data_transfer }, watch: { interface: generic_error } },
  });
  const Fake = defineModule(manifest, (ctx) => {
    speak = ctx.provides.ocpp_generic;
    const request = { vendor_id: "acme", message_id: "hi" };
    fromCsms = async () => (await ctx.requires.api[0]?.call("data_transfer", { request })) as DataTransferResponse;
    ctx.requires.watch[0]?.subscribeErrors(({ state, sub_type }) => void errors.push(`${state} ${sub_type}`));
    return {
      provides: {
        ocpp_generic: {
          stop: () => true,
          restart: () => true,
          security_event: (args) => note("security_event", args, null),
          get_variables: (args) =>
            note("get_variables", args, [{ status: "Accepted", ...args.requests[0], value: "7" }]),
          set_variables: (args) => note("set_variables", args, [{ status: "Rejected", ...args.requests[0] }]),
          change_availability: (args) => note("change_availability", args, { status: "Scheduled" }),
          monitor_variables: (args) => note("monitor_variables", args, null),
        },
        data_transfer: { data_transfer: (args) => note("data_transfer", args, { status: "Accepted", data: "yo" }) },
      },
    };
  });
  station = await startStation({
    config: checkConfig({ sources: [{ file: "station.yaml", text: yaml }], modules: { Fake, ocpp_consumer_API } }),
    ports: {
      ...{ clock, random: cryptoRandom, files: nodeFiles, log: silentLogger, trace: silentTracer },
      simulation: { delayFactor: 0 },
    },
    env: () => ({ certsDir: "", shareDir: "" }),
  });
  station.external.subscribe("#", (text, topic) => {
    if (!topic.includes("/m2e/")) heard.push([topic.replace(`${base}/e2m/`, ""), JSON.parse(text)]);
  });
});
afterEach(() => station.stop());

async function say(name: string, value: unknown): Promise<void> {
  station.external.publish(`${base}/m2e/${name}`, typeof value === "string" ? value : JSON.stringify(value));
  await clock.advance(0);
}
const request = (payload?: unknown) => ({ headers: { replyTo: "answers/1" }, ...(payload ? { payload } : {}) });
const HeartbeatInterval = { component: { name: "OCPPCommCtrlr" }, variable: { name: "HeartbeatInterval" } };

describe("programs outside", () => {
  it("hear what OCPP tells, and what it told last when they ask", async () => {
    const status = { connected: true, ocpp_version: "1.6" } as const;
    await say("connection_status/get", request());
    expect(heard).toEqual([]);
    speak.publish("connection_status", status);
    speak.publish("security_event", { type: "StartupOfTheDevice" });
    await clock.advance(0);
    expect(heard).toEqual([
      ["connection_status", status],
      ["is_connected", true],
      ["security_event", { type: "StartupOfTheDevice" }],
    ]);
    await say("connection_status/get", request());
    expect(heard.at(-1)).toEqual(["answers/1", status]);
  });

  it.each([
    [
      "get_variables",
      { items: [{ component_variable: HeartbeatInterval }] },
      ["get_variables", { requests: [{ component_variable: HeartbeatInterval }] }],
      { items: [{ status: "Accepted", component_variable: HeartbeatInterval, value: "7" }] },
    ],
    [
      "set_variables",
      { source: "tool", variables: { items: [{ component_variable: HeartbeatInterval, value: "60" }] } },
      ["set_variables", { source: "tool", requests: [{ component_variable: HeartbeatInterval, value: "60" }] }],
      { items: [{ status: "Rejected", component_variable: HeartbeatInterval, value: "60" }] },
    ],
    [
      "change_availability",
      { operational_status: "Operative" },
      ["change_availability", { request: { operational_status: "Operative" } }],
      { status: "Scheduled" },
    ],
    [
      "data_transfer_outgoing",
      { vendor_id: "acme", data: "x" },
      ["data_transfer", { request: { vendor_id: "acme", data: "x" } }],
      { status: "Accepted", data: "yo" },
    ],
  ])("ask for %s and get the answer where they want it", async (name, payload, call, answer) => {
    await say(name, request(payload));
    expect(asked).toEqual([call]);
    expect(heard).toEqual([["answers/1", expect.objectContaining(answer)]]);
  });

  it.each([
    ["monitor_variables", { items: [HeartbeatInterval] }, { component_variables: [HeartbeatInterval] }],
    ["security_event", { type: "Tamper" }, { event: { type: "Tamper" } }],
  ])("order %s", async (name, value, args) => {
    await say(name, value);
    expect(asked).toEqual([[name, args]]);
  });

  it.each([
    ["no JSON", "get_variables", "{"],
    ["no list", "get_variables", request({ items: 3 })],
    ["nothing", "set_variables", "null"],
    ["another kind of status", "change_availability", request({ operational_status: "Perhaps" })],
    ["a text that is far too long", "data_transfer_outgoing", `"${"x".repeat(70_000)}"`],
  ])("bad case: %s is passed over, and the next one is heard", async (_name, topic, value) => {
    await say(topic, value);
    expect([asked, heard]).toEqual([[], []]);
    await say("security_event", { type: "Tamper" });
    expect(asked).toHaveLength(1);
  });
});

describe("a data transfer of the CSMS", () => {
  it("is answered by the program outside", async () => {
    const answer = fromCsms();
    await clock.advance(0);
    const [[name, { headers, payload }] = ["", {} as never]] = heard as [
      string,
      { headers: { replyTo: string }; payload: object },
    ][];
    expect([name, payload]).toEqual(["data_transfer_incoming", { vendor_id: "acme", message_id: "hi" }]);
    station.external.publish(headers.replyTo, "garbage");
    station.external.publish(headers.replyTo, '{"status":"Rejected"}');
    expect(await answer).toEqual({ status: "Rejected" });
  });

  it("is offline when that is silent", async () => {
    const answer = fromCsms();
    await clock.advance(20_000);
    expect(await answer).toEqual({ status: "Offline" });
  });
});

describe("signs of life", () => {
  it("go out every second, and are missed when none comes in", async () => {
    await clock.advance(2_000);
    expect(heard).toEqual([
      ["heartbeat", 1],
      ["heartbeat", 2],
    ]);
    const first = "Initial communication check";
    const later = "Bridge to implementation connection lost";
    expect(errors).toEqual([`Active ${first}`]);
    await say("communication_check", true);
    expect(errors.at(-1)).toBe(`ClearedByModule ${first}`);
    await clock.advance(4_999);
    expect(errors).toHaveLength(2);
    await clock.advance(1);
    expect(errors.at(-1)).toBe(`Active ${later}`);
    await say("communication_check", false);
    expect(errors.at(-1)).toBe(`ClearedByModule ${later}`);
    await clock.advance(60_000);
    expect(errors).toHaveLength(4);
  });
});
