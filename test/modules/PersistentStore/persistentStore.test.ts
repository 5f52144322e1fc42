import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { PersistentStore } from "../../../src/modules/PersistentStore/index.ts";
import { migrations, Store } from "../../../src/modules/PersistentStore/store.ts";
import { openDatabase } from "../../../src/util/database.ts";
import { startUnderTest } from "../../framework/underTest.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "plugcharge-store-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const env = () => ({ certsDir: "/nowhere", shareDir: "/nowhere", dataDir: dir });

describe("the store of values", () => {
  it("keeps what was stored over a restart, below the installation and for its owner only", async () => {
    const first = await startUnderTest(PersistentStore, { env: env(), config: { sqlite_db_file_path: "data/kvs.db" } });
    const { main } = first.on;
    expect(await main.call("load", { key: "a.b" })).toBeNull();
    expect(await main.call("exists", { key: "a.b" })).toBe(false);
    await main.call("store", { key: "a.b", value: { list: [1, "two", null] } });
    await first.station.stop();
    expect(statSync(join(dir, "data/kvs.db")).mode & 0o777).toBe(0o600);
    const second = await startUnderTest(PersistentStore, {
      env: env(),
      config: { sqlite_db_file_path: "data/kvs.db" },
    });
    onTestFinished(() => second.station.stop());
    expect(await second.on.main.call("exists", { key: "a.b" })).toBe(true);
    expect(await second.on.main.call("load", { key: "a.b" })).toEqual({ list: [1, "two", null] });
    await second.on.main.call("delete", { key: "a.b" });
    expect(await second.on.main.call("load", { key: "a.b" })).toBeNull();
  });

  it("gives back every value that JSON can say", () => {
    const database = openDatabase(":memory:", migrations);
    const store = new Store(database);
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        store.store("key", value);
        expect(JSON.stringify(store.load("key"))).toBe(JSON.stringify(value));
        expect(store.exists("key")).toBe(true);
      }),
    );
    database.close();
  });

  it.each([
    [null, "", "nullptr_t"],
    [true, "true", "bool"],
    [-1, "-1", "int"],
    [2 ** 31, "2147483648", "double"],
    [0.5, "0.5", "double"],
    ["text", "text", "std::string"],
    [[1], "[1]", "Array"],
    [{ a: 1 }, '{"a":1}', "Object"],
  ])("writes %j as EVerest does", (value, VALUE, TYPE) => {
    const database = openDatabase(":memory:", migrations);
    new Store(database).store("key", value);
    expect(database.get("SELECT * FROM KVS")).toEqual({ KEY: "key", VALUE, TYPE });
    database.close();
  });

  it("bad case: says which value of a foreign database cannot be read", () => {
    const database = openDatabase(":memory:", migrations);
    for (const text of ["{", "[]", "1"]) {
      database.run("INSERT OR REPLACE INTO KVS VALUES ('key', ?, 'Object')", text);
      expect(() => new Store(database).load("key")).toThrow("the value of 'key' in the database is no Object");
    }
    database.close();
  });
});
