import { readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import type { InterfaceDefinition } from "../../src/framework/interface.ts";
import { evse_manager } from "../../src/interfaces/evse_manager.ts";
import { ISO15118_charger } from "../../src/interfaces/ISO15118_charger.ts";
import { macAddress } from "../../src/interfaces/scalars.ts";
import { ProvidedIdToken, ValidationResult } from "../../src/interfaces/types/authorization.ts";
import { EnergyFlowRequest } from "../../src/interfaces/types/energy.ts";
import { SessionEvent } from "../../src/interfaces/types/evse_manager.ts";
import { CertificateHashData } from "../../src/interfaces/types/evse_security.ts";

const folder = resolve(import.meta.dirname, "../../src/interfaces");
const filesIn = (path: string) => readdirSync(join(folder, path)).filter((name) => name.endsWith(".ts"));
const interfaceFiles = filesIn(".").filter((name) => name !== "scalars.ts");
const contentOf = async (path: string): Promise<Record<string, unknown>> => import(join(folder, path));

describe("EVerest's interfaces", () => {
  it.each(interfaceFiles)("%s holds the interface of its name, whose errors have a file", async (file) => {
    const name = basename(file, ".ts");
    const content = await contentOf(file);
    expect(Object.keys(content)).toEqual([name]);
    const definition = content[name] as InterfaceDefinition;
    expect(definition.name).toBe(name);
    expect(new Set(definition.errors).size).toBe(definition.errors.length);
    const errorFiles = filesIn("errors").map((it) => basename(it, ".ts"));
    for (const type of definition.errors) expect(errorFiles).toContain(type.split("/")[0]);
  });

  it.each(filesIn("errors"))("errors/%s holds error types of that file", async (file) => {
    const name = basename(file, ".ts");
    const types = (await contentOf(join("errors", file)))[`${name}_errors`] as readonly string[];
    expect(types.length).toBeGreaterThan(0);
    for (const type of types) expect(type).toMatch(new RegExp(`^${name}/[A-Z][A-Za-z0-9]*$`));
  });
});

const token = { value: "UKSWI123456789A", type: "eMAID" };
const hash = {
  hashAlgorithm: "SHA256",
  issuerNameHash: "a",
  issuerKeyHash: "b",
  serialNumber: "1",
  responderURL: "http://ocsp",
};
const meter = { timestamp: "2026-01-01T00:00:00.000Z", energy_Wh_import: { total: 1 } };
const leaf = {
  uuid: "a",
  node_type: "Evse",
  children: [],
  schedule_import: [],
  schedule_export: [],
  schedule_setpoints: [],
};

describe("values of EVerest's types", () => {
  it.each<[string, z.ZodType, object]>([
    [
      "an RFID token",
      ProvidedIdToken,
      {
        id_token: { value: "DEADBEEF", type: "ISO14443" },
        authorization_type: "RFID",
        prevalidated: false,
        connectors: [1, 2],
      },
    ],
    [
      "a contract",
      ProvidedIdToken,
      { id_token: token, authorization_type: "PlugAndCharge", certificate: "PEM", iso15118CertificateHashData: [hash] },
    ],
    [
      "an answer",
      ValidationResult,
      { authorization_status: "Accepted", tariff_messages: [], certificate_status: "Accepted" },
    ],
    [
      "a session event",
      SessionEvent,
      {
        uuid: "1",
        event: "SessionStarted",
        timestamp: "2026-01-01T01:00:00+01:00",
        session_started: { reason: "EVConnected", meter_value: meter },
      },
    ],
    [
      "a tree of requests",
      EnergyFlowRequest,
      { ...leaf, node_type: "Generic", children: [{ ...leaf, children: [leaf] }] },
    ],
  ])("%s is accepted as it is", (_name, type, value) => {
    expect(type.parse(value)).toEqual(value);
  });

  it.each<[string, z.ZodType, unknown]>([
    ["a token without type", ProvidedIdToken, { id_token: { value: "A" }, authorization_type: "RFID" }],
    [
      "a token that is too long",
      ProvidedIdToken,
      { id_token: { ...token, value: "A".repeat(37) }, authorization_type: "RFID" },
    ],
    ["a key that nobody knows", ProvidedIdToken, { id_token: token, authorization_type: "RFID", pin: 1 }],
    [
      "five hashes",
      ProvidedIdToken,
      { id_token: token, authorization_type: "PlugAndCharge", iso15118CertificateHashData: Array(5).fill(hash) },
    ],
    [
      "a hash without responder",
      ProvidedIdToken,
      {
        id_token: token,
        authorization_type: "PlugAndCharge",
        iso15118CertificateHashData: [{ ...hash, responderURL: undefined }],
      },
    ],
    ["an answer without tariff messages", ValidationResult, { authorization_status: "Accepted" }],
    [
      "an event that does not exist",
      SessionEvent,
      { uuid: "1", event: "ChargingDreamt", timestamp: "2026-01-01T00:00:00Z" },
    ],
    ["a time without zone", SessionEvent, { uuid: "1", event: "Enabled", timestamp: "2026-01-01T00:00:00" }],
    [
      "a fault deep in a tree",
      EnergyFlowRequest,
      { ...leaf, children: [{ ...leaf, children: [{ ...leaf, uuid: 1 }] }] },
    ],
    ["an undefined option", CertificateHashData, { hash_algorithm: undefined }],
    ["a lower-case address", macAddress, "aa:bb:cc:dd:ee:ff"],
    ["a current beyond what AC carries", ISO15118_charger.cmds.update_ac_max_current.args.max_current, 401],
    [
      "a missing priority",
      evse_manager.cmds.enable_disable.args.cmd_source,
      { enable_source: "CSMS", enable_state: "Enable" },
    ],
  ])("%s is refused", (_name, type, value) => {
    expect(type.safeParse(value).success).toBe(false);
  });
});
