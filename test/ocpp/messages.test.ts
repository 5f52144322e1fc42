import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { generate, versions } from "../../scripts/generate-ocpp.ts";

describe.each(versions)("the generated types of OCPP $name", (version) => {
  it("are what the generator writes from the schemas today", async () => {
    expect(readFileSync(version.output, "utf8")).toBe(await generate(version));
  });

  it("hold a request and a response for each action", () => {
    const text = readFileSync(version.output, "utf8");
    const schemas: { $id: string }[] = JSON.parse(readFileSync(version.schemas, "utf8"));
    const names = schemas.map(({ $id }) => $id.slice(4).replace(".req", "Request").replace(".conf", "Response"));
    expect(names.filter((name) => !text.includes(`export interface ${name} {`))).toEqual([]);
    expect(text.match(/request: \w+Request; response: \w+Response/g)).toHaveLength(
      names.filter((name) => name.endsWith("Request")).length,
    );
  });
});

describe("the schemas", () => {
  it.each([
    ["ocpp1.6.json", "ocpp1_6.json"],
    ["ocpp2.0.1.json", "ocpp2_0_1.json"],
    ["ocpp2.1.json", "ocpp2_1.json"],
  ])("%s are as published, byte for byte", (ours, theirs) => {
    const published = readFileSync(`node_modules/ocpp-rpc/lib/schemas/${theirs}`);
    expect(readFileSync(`schemas/${ours}`).equals(published)).toBe(true);
  });
});
