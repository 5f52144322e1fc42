/**
 * EVerest's guide on Plug & Charge as a table: each setting that it names is set wrong, one at a time. The session ends as
 * with EVerest, only that a car which cannot be authorized hears so at once, and the log names the setting.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loggingTracer } from "../../src/cli/manager/tracer.ts";
import { defineManifest } from "../../src/framework/manifest.ts";
import { defineModule } from "../../src/framework/module.ts";
import { auth_token_validator } from "../../src/interfaces/auth_token_validator.ts";
import type { Logger } from "../../src/util/log.ts";
import { identity, openSite, plugAndCharge, type Site, type Visit } from "./site.ts";

type Edit = (yaml: string) => string;

/** @throws when there is nothing to replace: a test that changes nothing shows nothing. */
const replace =
  (from: string | RegExp, to: string): Edit =>
  (yaml) => {
    const changed = yaml.replace(from, to);
    if (changed === yaml) expect.unreachable(`${from} is not in the configuration`);
    return changed;
  };
const wrong = (key: string, value: string) => replace(new RegExp(`${key}: .*`), `${key}: ${value}`);
const both =
  (...edits: readonly Edit[]): Edit =>
  (yaml) =>
    edits.reduce((text, edit) => edit(text), yaml);

/** The same car, which stays when it has no power. */
const stays = plugAndCharge.replace(/iso_wait_for_stop.*/, "sleep 3600");

/** What the how-to says of the log: the last column of its table. */
const howTo = readFileSync(new URL("../../docs/how-to/plug-and-charge-settings.md", import.meta.url), "utf8");
const phrases = [...howTo.matchAll(/\| `([^`]+)` \|$/gm)].map(([, phrase = ""]) => phrase);
/** Those that no log has said yet. */
const promised = new Set(phrases);

/** How the session ends. `until`: what is seen last before the car is unplugged, where it does not charge. */
type End = "charges" | { readonly until: RegExp; readonly answer?: string };

/** Nobody speaks ISO 15118 with it. */
const silence: End = { until: /^StatusNotification.conf$/ };
/** It is not offered a contract, and waits for a card. */
const card: End = { until: /^pays by ExternalPayment/ };
const refused = (answer: string): End => ({ until: /ends the session \(refused\)/, answer });

interface Row {
  readonly what: string;
  readonly edit?: Edit;
  /** Variables of ISO15118Ctrlr that the CSMS sets. */
  readonly csms?: Readonly<Record<string, string>>;
  readonly ends: End;
  /** What the log says of the setting. */
  readonly says: RegExp;
  /** Whether the CSMS is asked about the contract. */
  readonly asked: boolean;
}

const noValidator = /token_validator:\n\s+- module_id: ocpp\n\s+implementation_id: auth_validator/;
const stranger = "  stranger:\n    module: Stranger\n";
const toStranger = "token_validator:\n        - module_id: stranger\n          implementation_id: main";

const dummy = "  dummy:\n    module: DummyTokenValidator\n    config_implementation:\n      main:\n        sleep: 0\n";
const toDummy = "token_validator:\n        - module_id: dummy\n          implementation_id: main";

const rows: readonly Row[] = [
  {
    what: "ac_hlc_enabled: false",
    edit: wrong("ac_hlc_enabled", "false"),
    ends: silence,
    says: /no Plug & Charge at this EVSE: ac_hlc_enabled is false/,
    asked: false,
  },
  {
    what: "payment_enable_contract: false, which the CSMS overrules (PnCEnabled)",
    edit: wrong("payment_enable_contract", "false"),
    ends: "charges",
    says: /switched on by the OCPP module \(PnCEnabled of OCPP 2.0.1.*payment_enable_contract is false/,
    asked: true,
  },
  {
    what: "payment_enable_contract and PnCEnabled: false",
    edit: wrong("payment_enable_contract", "false"),
    csms: { PnCEnabled: "false" },
    ends: card,
    says: /no Plug & Charge at this EVSE: payment_enable_contract is false/,
    asked: false,
  },
  {
    what: "ISO15118Ctrlr.PnCEnabled: false",
    csms: { PnCEnabled: "false" },
    ends: card,
    says: /Plug & Charge is switched off by the OCPP module \(PnCEnabled of OCPP 2.0.1/,
    asked: false,
  },
  {
    what: "tls_security: prohibit",
    edit: wrong("tls_security", "prohibit"),
    ends: card,
    says: /tls_security is prohibit: no EV can pay by contract/,
    asked: false,
  },
  {
    what: "tls_security: allow, and a car without TLS",
    edit: wrong("tls_active", "false"),
    ends: card,
    says: /Contract is not offered: this EV came without TLS\. .*set tls_security to allow or force/,
    asked: false,
  },
  {
    what: "verify_contract_cert_chain: false",
    edit: wrong("verify_contract_cert_chain", "false"),
    ends: "charges",
    says: /contract chain not checked here; the CSMS decides.*"rule":"verify_contract_cert_chain=false"/,
    asked: true,
  },
  {
    what: "token_provider without the EvseManager",
    edit: replace(/\s+- module_id: evse_manager\n\s+implementation_id: token_provider/, ""),
    ends: refused("AuthorizationRes says FAILED"),
    says: /reaches nobody.*Add \{module_id: evse_manager, implementation_id: token_provider\} to the token_provider connections/,
    asked: false,
  },
  {
    what: "token_validator that is not the OCPP module",
    edit: both(replace(noValidator, toStranger), (yaml) => `${yaml}\n${stranger}`),
    ends: refused("AuthorizationRes says FAILED"),
    says: /no module is connected to ocpp.auth_validator.*to the token_validator connections of Auth/,
    asked: false,
  },
  {
    what: "token_validator that accepts everybody instead of the OCPP module",
    edit: both(replace(noValidator, toDummy), (yaml) => `${yaml}\n${dummy}`),
    ends: "charges",
    says: /no module is connected to ocpp.auth_validator: the CSMS is not asked about tokens and contracts/,
    asked: false,
  },
  {
    what: "mo_ca_bundle without the contract's root",
    edit: wrong("mo_ca_bundle", "ca/mo/NOT_THERE.pem"),
    ends: refused("PaymentDetailsRes says FAILED_CertificateNotAllowedAtThisEVSE"),
    says: /contract refused: .*mo_ca_bundle/,
    asked: false,
  },
  {
    what: "mo_ca_bundle without the contract's root, and CentralContractValidationAllowed",
    edit: wrong("mo_ca_bundle", "ca/mo/NOT_THERE.pem"),
    csms: { CentralContractValidationAllowed: "true" },
    ends: "charges",
    says: /mo_ca_bundle: there was no such file/,
    asked: true,
  },
  {
    what: "v2g_ca_bundle without the station's root",
    edit: wrong("v2g_ca_bundle", "ca/v2g/NOT_THERE.pem"),
    ends: card,
    says: /no TLS towards cars: .*key v2g_ca_bundle/,
    asked: false,
  },
  {
    what: "secc_leaf_cert_directory without the certificate",
    edit: wrong("secc_leaf_cert_directory", "client/nowhere"),
    ends: card,
    says: /no TLS towards cars: .*key secc_leaf_cert_directory/,
    asked: false,
  },
  {
    what: "secc_leaf_key_directory without the key",
    edit: wrong("secc_leaf_key_directory", "client/nowhere"),
    ends: card,
    says: /no TLS towards cars: .*key secc_leaf_key_directory/,
    asked: false,
  },
  {
    what: "private_key_password that opens no key",
    edit: wrong("private_key_password", "wrong"),
    ends: card,
    says: /no TLS towards cars: .*private_key_password/,
    asked: false,
  },
];

/** Knows nobody. */
const Stranger = defineModule(
  defineManifest({
    description: "a validator that is not the CSMS",
    provides: { main: { interface: auth_token_validator } },
  }),
  () => ({
    provides: { main: { validate_token: () => ({ authorization_status: "Unknown" as const, tariff_messages: [] }) } },
  }),
);

/** All that a person who runs the station reads, timeline included. */
function openLog(): { readonly lines: string[]; readonly log: Logger } {
  const lines: string[] = [];
  const keep = (facts: object, message: string) => void lines.push(`${message} ${JSON.stringify(facts)}`);
  const log: Logger = { debug: () => {}, info: keep, warn: keep, error: keep, child: () => log };
  return { lines, log };
}

async function setVariables(site: Site, variables: Readonly<Record<string, string>>): Promise<void> {
  const component = { name: "ISO15118Ctrlr" };
  const setVariableData = Object.entries(variables).map(([name, attributeValue]) => ({
    ...{ component, attributeValue },
    variable: { name },
  }));
  const { setVariableResult } = await site.csms.call(identity, "SetVariables", { setVariableData });
  expect(setVariableResult).toMatchObject(setVariableData.map(() => ({ attributeStatus: "Accepted" })));
}

const visit = (site: Site, ends: End): Promise<Visit> =>
  ends === "charges" ? site.visit(plugAndCharge) : site.visit(stays, () => site.seen(ends.until));

describe("a station of the guide with", () => {
  it.each(rows)("$what", { timeout: 60_000 }, async ({ edit, csms, ends, says, asked }) => {
    const { lines, log } = openLog();
    const site = await openSite(edit, { log, modules: { Stranger } });
    try {
      if (csms) await setVariables(site, csms);
      const { entries, events } = await visit(site, ends);
      const tracer = loggingTracer(log);
      for (const entry of entries) if (entry.from !== "EV") tracer.add(entry);
      const titles = entries.map(({ title }) => title);
      expect(events.includes("ChargingStarted")).toBe(ends === "charges");
      expect(titles.includes("Authorize.req")).toBe(asked);
      if (ends !== "charges" && ends.answer) {
        expect(titles).toContainEqual(expect.stringContaining(ends.answer));
      }
      expect(lines).toContainEqual(expect.stringMatching(says));
      for (const line of lines) for (const phrase of promised) if (line.includes(phrase)) promised.delete(phrase);
    } finally {
      await site.close();
    }
  });

  it("is told of by docs/how-to/plug-and-charge-settings.md in the words of its log", () => {
    expect(howTo).toContain("| the log says |");
    expect(phrases.length).toBeGreaterThan(10);
    expect([...promised]).toEqual([]);
  });
});
