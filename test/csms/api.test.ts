/** The HTTP API as a program uses it; every answer is held against what /openapi.json says of it. */
import { request as httpRequest } from "node:http";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, it } from "vitest";
import { type ApiParts, apiRoutes, createApi } from "../../src/csms/api/app.ts";
import { pncVendorId } from "../../src/ocpp/pnc16.ts";
import { UserError } from "../../src/util/errors.ts";
import { ForeignClient } from "../ocpp/ocppRpc.ts";
import { connectStation, emaid, password, startTestCsms, type TestCsms, withPki } from "./support.ts";

interface Operation {
  readonly parameters: { name: string; in: string }[];
  readonly requestBody?: { content: { "application/json": { schema: object } } };
  readonly responses: Record<string, { content?: { "application/json": { schema: object } } }>;
}
type Paths = Record<string, Record<string, Operation>>;

const ajv = new Ajv2020({ strict: false, validateFormats: false });
let test: TestCsms;
let paths: Paths;

/** The documented path that an actual one is of. */
function documented(path: string): string {
  const is = (template: string) =>
    new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]+")}$`).test(path.split("?")[0] ?? "");
  return Object.keys(paths).find(is) ?? `nothing for ${path}`;
}

/** One request; status and content must be as documented. */
async function api(method: string, path: string, body?: unknown): Promise<[status: number, content: unknown]> {
  const response = await fetch(test.csms.apiUrl + path, {
    method: method.toUpperCase(),
    ...(body !== undefined && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
  });
  const content = response.status === 204 ? undefined : await response.json();
  const known = paths[documented(path)]?.[method]?.responses[response.status];
  expect(known, `${method} ${path} is documented with ${response.status}`).toBeDefined();
  const schema = known?.content?.["application/json"].schema;
  if (schema) expect(ajv.validate(schema, content), `${method} ${path}: ${ajv.errorsText()}`).toBe(true);
  else expect(content).toBeUndefined();
  return [response.status, content];
}

beforeAll(async () => {
  test = await startTestCsms({
    api: {},
    stations: ["CP001", "CP016"].map((identity) => ({ identity, profile: 1 as const, password })),
  });
  const response = await fetch(`${test.csms.apiUrl}/openapi.json`);
  ({ paths } = (await response.json()) as { paths: Paths });
});

describe("/openapi.json", () => {
  it("describes every route that is served, and no other", () => {
    const parts = { log: {} } as unknown as ApiParts;
    const served = createApi(parts, undefined)
      .routes.filter(({ method, path }) => method !== "ALL" && path !== "/openapi.json")
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, "{$1}")}`);
    const described = Object.entries(paths).flatMap(([path, ways]) => Object.keys(ways).map((way) => `${way} ${path}`));
    expect(described.sort()).toEqual([...new Set(served)].sort());
    expect(described).toHaveLength(apiRoutes(parts).length);
  });

  it("has schemas that compile, all parts of each path, and one name for each operation", () => {
    const operations = Object.entries(paths).flatMap(([path, ways]) =>
      Object.values(ways).map((operation) => ({ path, operation })),
    );
    const ids = operations.map(({ operation }) => (operation as unknown as { operationId: string }).operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operations) {
      const inPath = operation.parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
      expect(inPath.sort()).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort());
      const bodies = [operation.requestBody, ...Object.values(operation.responses)];
      for (const body of bodies) if (body?.content) ajv.compile(body.content["application/json"].schema);
    }
  });
});

describe("tokens and contracts", () => {
  it("are added, changed, listed and forgotten", async () => {
    const card = { status: "Blocked", expiresAt: "2030-01-01T00:00:00.000Z" };
    expect(await api("put", "/tokens/ISO14443/CAFE", card)).toEqual([
      200,
      { idToken: "cafe", type: "ISO14443", ...card },
    ]);
    expect(await api("get", "/tokens")).toMatchObject([200, [{ idToken: "cafe", status: "Blocked" }]]);
    expect(await api("put", "/tokens/ISO14443/CAFE", {})).toEqual([
      200,
      { idToken: "cafe", type: "ISO14443", status: "Accepted" },
    ]);
    expect((await api("delete", "/tokens/ISO14443/CAFE"))[0]).toBe(204);
    expect((await api("delete", "/tokens/ISO14443/CAFE"))[0]).toBe(404);
  });

  it("of contracts: by eMAIDs in any spelling, with the cars that may have them", async () => {
    const wanted = { status: "Blocked", pcids: ["WMIABC"] };
    expect(await api("put", "/contracts/DE-XYZ-C12345678", wanted)).toEqual([
      200,
      { emaid: "DEXYZC12345678", ...wanted },
    ]);
    expect(await api("put", "/contracts/DEXYZC12345678", { pcids: ["WMIDEF"] })).toMatchObject([
      200,
      { status: "Accepted", pcids: ["WMIABC", "WMIDEF"] },
    ]);
    expect((await api("delete", "/contracts/dexyzc12345678"))[0]).toBe(204);
    expect(await api("get", "/contracts")).toEqual([200, []]);
    expect((await api("delete", "/contracts/DEXYZC12345678"))[0]).toBe(404);
  });

  it.each([
    ["an eMAID that is none", "/contracts/abc", {}, /path\.emaid: expected an eMAID/],
    ["a type that is none", "/tokens/Card/CAFE", {}, /path\.type/],
    ["a state that is none", "/tokens/Local/CAFE", { status: "Good" }, /body\.status/],
    ["a property that is none", "/tokens/Local/CAFE", { state: "Accepted" }, /Unrecognized key: "state"/],
  ])("bad case: %s", async (_, path, body, words) => {
    const [status, answer] = await api("put", path, body);
    expect([status, answer]).toEqual([400, { error: expect.stringMatching(words) }]);
  });
});

describe("stations", () => {
  it("may connect from when they are added, until they are removed, which ends their connection", async () => {
    expect((await api("put", "/stations/CP077", { profile: 1, password: "a-password-of-16" }))[0]).toBe(200);
    const security = { profile: 1, password: "a-password-of-16" } as const;
    const { link } = await connectStation(test, {}, { identity: "CP077", security });
    expect(await api("get", "/stations/CP077")).toMatchObject([
      200,
      { identity: "CP077", connected: true, profile: 1, protocol: "ocpp2.0.1", vendor: "plugcharge", connectors: [] },
    ]);
    expect((await api("delete", "/stations/CP077"))[0]).toBe(204);
    expect(await api("get", "/stations/CP077")).toMatchObject([200, { connected: false, profile: null }]);
    await link.stop();
    expect((await api("delete", "/stations/CP077"))[0]).toBe(404);
    expect((await api("get", "/stations/CP078"))[0]).toBe(404);
    expect(JSON.stringify(await api("get", "/stations"))).not.toContain("a-password");
  });

  it.each([
    ["no password where one is needed", { profile: 1 }],
    ["a password where none counts", { profile: 3, password: "a-password-of-16" }],
    ["a profile that is none", { profile: 4 }],
  ])("bad case: %s", async (_, access) => {
    expect((await api("put", "/stations/CP079", access))[0]).toBe(400);
  });

  it("bad case: a name that could not be in a URL", async () => {
    expect((await api("put", "/stations/a%3Ab", { profile: 0 }))[0]).toBe(400);
  });

  it("are asked anything that OCPP 2.0.1 has, and what they answer is the answer", async () => {
    const { call, link } = await connectStation(test, { Reset: () => ({ status: "Scheduled" }) });
    const ask = (action: string, payload?: object) => api("post", "/stations/CP001/requests", { action, payload });
    expect(await ask("Reset", { type: "OnIdle" })).toEqual([200, { answer: { status: "Scheduled" } }]);
    expect(await ask("ClearCache")).toEqual([
      502,
      { error: expect.any(String), details: { code: "NotSupported", description: expect.any(String), details: {} } },
    ]);
    expect(await ask("Reset", { type: "Now" })).toMatchObject([
      400,
      { error: expect.stringContaining("must be one of") },
    ]);
    expect(await ask("Explode")).toMatchObject([400, { error: expect.stringContaining("no such action") }]);
    await call("SecurityEventNotification", { type: "TamperDetectionActivated", timestamp: "2026-01-01T00:00:00Z" });
    expect(await api("get", "/stations/CP001/notices?limit=1")).toMatchObject([
      200,
      [{ action: "SecurityEventNotification", content: { type: "TamperDetectionActivated" } }],
    ]);
    await link.stop();
    await expect.poll(async () => (await ask("Reset", { type: "OnIdle" }))[0]).toBe(409);
  });

  it("are asked by OCPP 1.6, and by Plug & Charge inside of it", async () => {
    const station = new ForeignClient({
      ...{ endpoint: test.csms.url, identity: "CP016", password, protocols: ["ocpp1.6"] },
      ...{ strictMode: true, reconnect: false },
    });
    const asked: unknown[] = [];
    station.handle("DataTransfer", ({ params }) => {
      asked.push(params);
      return { status: "Accepted", data: '{"status":"NotFound"}' };
    });
    await station.connect();
    const request = { action: "GetInstalledCertificateIds", payload: {}, pnc: true };
    expect(await api("post", "/stations/CP016/requests", request)).toEqual([200, { answer: { status: "NotFound" } }]);
    expect(asked).toEqual([{ vendorId: pncVendorId, messageId: "GetInstalledCertificateIds", data: "{}" }]);
    await station.close();
  });
});

describe("transactions", () => {
  it("are listed, by station too, and one is shown with its messages", async () => {
    await withPki(test);
    const { call, link } = await connectStation(test);
    const event = {
      ...{ eventType: "Started", seqNo: 0, timestamp: "2026-01-01T12:00:00Z", triggerReason: "Authorized" },
      ...{ transactionInfo: { transactionId: "tx-1" }, idToken: { idToken: emaid, type: "eMAID" } },
      meterValue: [{ timestamp: "2026-01-01T12:00:00Z", sampledValue: [{ value: 5 }] }],
    } as const;
    await call("TransactionEvent", JSON.parse(JSON.stringify(event)));
    const shown = { identity: "CP001", transactionId: "tx-1", energyWh: 0, events: 1, problems: [] };
    expect(await api("get", "/transactions?station=CP001")).toMatchObject([200, [shown]]);
    expect(await api("get", "/transactions?station=CP016")).toEqual([200, []]);
    expect(await api("get", "/transactions/CP001/tx-1")).toMatchObject([200, { ...shown, messages: [event] }]);
    expect((await api("get", "/transactions/CP001/tx-2"))[0]).toBe(404);
    await link.stop();
  });
});

describe("faults", () => {
  it("are set, strike, and are removed", async () => {
    const wanted = { fault: "duplicate", station: "CP001", action: "Heartbeat", times: 2 };
    const [status, set] = await api("post", "/faults", wanted);
    expect([status, set]).toMatchObject([200, { ...wanted, struck: 0 }]);
    const { link } = await connectStation(test);
    await link.call("Heartbeat", {});
    expect(await api("get", "/faults")).toMatchObject([200, [{ struck: 1 }]]);
    const path = `/faults/${(set as { id: number }).id}`;
    expect((await api("delete", path))[0]).toBe(204);
    expect((await api("delete", path))[0]).toBe(404);
    await api("post", "/faults", { fault: "slow" });
    expect((await api("delete", "/faults"))[0]).toBe(204);
    expect(await api("get", "/faults")).toEqual([200, []]);
    expect((await api("post", "/faults", { fault: "explode" }))[0]).toBe(400);
    expect((await api("post", "/faults", { fault: "slow", action: "Explode" }))[0]).toBe(400);
    await link.stop();
  });
});

describe("who may use it", () => {
  const get = (url: string, headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      httpRequest(url, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on("error", reject)
        .end();
    });

  it("no page of somebody else's, by its origin or by a name bound to this machine", async () => {
    const url = `${test.csms.apiUrl}/stations`;
    expect(await get(url, {})).toBe(200);
    expect(await get(url, { origin: "https://evil.example" })).toBe(403);
    expect(await get(url, { host: "evil.example" })).toBe(403);
    expect(await get(url, { host: "localhost:1" })).toBe(200);
    const form = await fetch(`${test.csms.apiUrl}/faults`, { method: "POST", body: '{"fault":"slow"}' });
    expect([form.status, test.csms.faults.list()]).toEqual([400, []]);
  });

  it("whoever has the token, where there is one", async () => {
    const { csms } = await startTestCsms({ api: { token: "a-secret" } });
    const url = `${csms.apiUrl}/stations`;
    expect(await get(url, {})).toBe(401);
    expect(await get(url, { authorization: "Bearer another" })).toBe(401);
    expect(await get(url, { authorization: "Bearer a-secret" })).toBe(200);
  });

  it("bad case: nobody opens it to the world without a token", async () => {
    const open = startTestCsms({ api: { host: "0.0.0.0" } });
    await expect(open).rejects.toThrow(UserError);
    await expect(open).rejects.toThrow("open to everybody");
  });

  it("bad case: what is too large, no JSON, or nowhere", async () => {
    const post = (path: string, body: string) =>
      fetch(test.csms.apiUrl + path, { method: "POST", body, headers: { "Content-Type": "application/json" } });
    expect((await post("/faults", "x".repeat(200_000))).status).toBe(413);
    expect((await post("/faults", "{")).status).toBe(400);
    expect((await post("/nowhere", "{}")).status).toBe(404);
    expect((await fetch(`${test.csms.apiUrl}/stations/%ZZ`)).status).toBeLessThan(500);
  });
});
