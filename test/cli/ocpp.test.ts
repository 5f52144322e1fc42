/** What `plugcharge ocpp queue` shows of databases that real queues have written. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { beforeEach, describe, expect, it } from "vitest";
import { type Delivery, MessageQueue, type QueuedMessage } from "../../src/chargePoint/queue.ts";
import { migrations } from "../../src/chargePoint/v16/schema.ts";
import { coreMigrations } from "../../src/chargePoint/v201/schema.ts";
import { ocppCommand } from "../../src/cli/commands/ocpp.ts";
import { openDatabase } from "../../src/util/database.ts";
import { silentLogger } from "../../src/util/log.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { temporaryFolder } from "../chargePoint/folder.ts";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

async function shown(...args: string[]): Promise<string> {
  let text = "";
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  await ocppCommand({ stdout })
    .exitOverride()
    .parseAsync(["queue", ...args], { from: "user" });
  return text;
}

/** A queue that got these answers, one a message, and then has no connection. */
async function queued(
  file: string,
  scripts: readonly string[],
  messages: readonly QueuedMessage[],
  answers: Delivery[],
) {
  const database = openDatabase(file, scripts);
  const clock = new ManualClock();
  const queue = new MessageQueue({
    ...{ database, clock, log: silentLogger },
    send: async () => answers.shift() ?? { kind: "lost" },
    onAnswer: () => {},
    attempts: () => 2,
    intervalSeconds: () => 10,
  });
  for (const message of messages) queue.push(message);
  queue.resume();
  await clock.advance(11_000);
  queue.pause();
  await queue.drained();
  database.close();
}

const failed: Delivery = { kind: "failed", reason: "the CSMS answered with the error InternalError: no room" };
const start = {
  ...{ action: "StartTransaction", transactionId: "tx1" },
  payload: { connectorId: 1, idTag: "DE8AA1A2B3C4D59", meterStart: 1000, timestamp: "2026-01-01T00:00:00Z" },
};
const stop = { action: "StopTransaction", transactionId: "tx1", payload: { meterStop: 2000, reason: "Local" } };
const event = {
  ...{ action: "TransactionEvent", transactionId: "tx2" },
  payload: { eventType: "Started", triggerReason: "Authorized", seqNo: 0 },
};

describe("ocpp queue", () => {
  it("says of OCPP 1.6 what was given up and why, and what waits", async () => {
    await queued(join(folder, "cp.db"), migrations, [start, stop], [failed, failed]);
    expect(await shown("--db", folder)).toBe(
      [
        `${join(folder, "cp.db")} (OCPP 1.6)`,
        "  given up: 1 message",
        "    1. StartTransaction (idTag DE8AA1A2B3C4D59, meterStart 1000) of transaction tx1, since 2026-01-01T00:00:00.000Z",
        "      given up 2026-01-01T00:00:10.000Z after 2 attempts: the CSMS answered with the error InternalError: no room",
        "  waiting: 1 message, sent in this order",
        "    2. StopTransaction (meterStop 2000, reason Local) of transaction tx1, since 2026-01-01T00:00:00.000Z",
        "      not answered, the last time: the connection was lost before an answer came",
        "",
      ].join("\n"),
    );
  });

  it("gives the same of OCPP 2.0.1 as JSON lines", async () => {
    const file = join(folder, "cp.db");
    await queued(file, coreMigrations, [event, { ...event, payload: { ...event.payload, seqNo: 1 } }], [failed]);
    const lines = (await shown("--db", file, "--json")).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        ...{ file, ocpp: "2.0.1", state: "waiting", position: 1, action: "TransactionEvent", transactionId: "tx2" },
        ...{ attempts: 1, lastError: "the connection was lost before an answer came" },
        ...{ queuedAt: "2026-01-01T00:00:00.000Z", payload: event.payload },
      },
      expect.objectContaining({ position: 2, attempts: 0 }),
    ]);
  });

  it("Given a message that cannot be sent, then it was given up without an attempt", async () => {
    await queued(join(folder, "cp.db"), migrations, [stop], [{ kind: "unsendable", reason: "against the schema" }]);
    expect(await shown("--db", folder)).toMatch(
      /given up .* without an attempt: against the schema\n {2}waiting: none/,
    );
  });

  it("never shows what is secret, however deep it lies", async () => {
    const payload = {
      data: { network: [{ basicAuthPassword: "hush1", vpn: { key: "hush2" } }], AuthorizationKey: "hush3" },
    };
    await queued(join(folder, "cp.db"), migrations, [{ action: "DataTransfer", payload }], []);
    for (const flags of [[], ["--json"]]) expect(await shown("--db", folder, ...flags)).not.toContain("hush");
    expect(await shown("--db", folder, "--json")).toContain('"basicAuthPassword":"***"');
  });

  it("finds the databases of a configuration and of an installation, also beside a station that runs", async () => {
    const etc = join(folder, "etc/everest");
    mkdirSync(join(folder, "old"), { recursive: true });
    mkdirSync(join(folder, "share/everest/modules/OCPP201/core"), { recursive: true });
    mkdirSync(etc, { recursive: true });
    const config = (module: string, key: string, path: string) =>
      `active_modules: {ocpp: {module: ${module}, config_module: {${key}: ${path}}}, other: {module: Auth}}\n`;
    writeFileSync(join(etc, "one.yaml"), config("OCPP", "DatabasePath", join(folder, "old")));
    writeFileSync(join(etc, "two.yaml"), config("OCPP201", "CoreDatabasePath", "core"));
    await queued(join(folder, "old/cp.db"), migrations, [], []);
    const open = openDatabase(join(folder, "share/everest/modules/OCPP201/core/cp.db"), coreMigrations);
    expect((await shown("--prefix", folder)).match(/\(OCPP .*\)/g)).toEqual(["(OCPP 1.6)", "(OCPP 2.0.1)"]);
    expect((await shown("--prefix", folder, "--config", "two")).match(/\(OCPP .*\)/g)).toEqual(["(OCPP 2.0.1)"]);
    open.close();
  });

  it.each([
    ["nothing named", [], /whose messages\?/],
    ["no such file", ["--db", "/nowhere/cp.db"], /no such database/],
    ["no such configuration", ["--config", "/nowhere/x.yaml"], /no configuration at/],
    ["no installation", ["--prefix", "/nowhere"], /no installation here/],
  ])("bad case: %s", async (_name, args, message) => {
    await expect(shown(...args)).rejects.toThrow(message);
  });

  it("bad case: some other database, or none at all", async () => {
    openDatabase(join(folder, "other.db"), ["CREATE TABLE thing (id INTEGER)"]).close();
    await expect(shown("--db", join(folder, "other.db"))).rejects.toThrow(/no database of a charge point/);
    writeFileSync(
      join(folder, "text.db"),
      "this is text, and long enough not to be taken for an empty database".repeat(20),
    );
    await expect(shown("--db", join(folder, "text.db"))).rejects.toThrow(/cannot be read/);
  });
});
