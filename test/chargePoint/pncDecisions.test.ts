/** The code that decides about contracts, run on every combination of facts, against the tables that people read. */
import { describe, expect, it } from "vitest";
import { certificateWords, tokenWords } from "../../src/chargePoint/answers.ts";
import { contractFacts } from "../../src/chargePoint/contractTable.ts";
import type { DecisionTable } from "../../src/chargePoint/decisionTable.ts";
import { type CsmsAnswer, csmsAnswers, type PncOutcome } from "../../src/chargePoint/pncDecisions.ts";
import { Authorization as Authorization16 } from "../../src/chargePoint/v16/authorization.ts";
import { pncDecisions as decisions16 } from "../../src/chargePoint/v16/pncDecisions.ts";
import { Authorization as Authorization201 } from "../../src/chargePoint/v201/authorization.ts";
import { pncDecisions as decisions201 } from "../../src/chargePoint/v201/pncDecisions.ts";
import type { ProvidedIdToken, ValidationResult } from "../../src/interfaces/types/authorization.ts";
import type { AuthorizeRequest, AuthorizeResponse } from "../../src/ocpp/v201/messages.generated.ts";
import { combinations } from "./tables.ts";

type RowFacts<T> = T extends DecisionTable<infer F, PncOutcome> ? F : never;
type Facts16 = RowFacts<typeof decisions16>;
type Facts201 = RowFacts<typeof decisions201>;

const eMAID = "DE8AA1A2B3C4D59";
const long = "DE8AA1A2B3C4D59000000";
const hash = { hash_algorithm: "SHA256", issuer_name_hash: "aa", issuer_key_hash: "bb", serial_number: "1" };
const ocspData = {
  ...{ hashAlgorithm: "SHA256" as const, issuerNameHash: "aa", issuerKeyHash: "bb", serialNumber: "1" },
  responderURL: "http://ocsp",
};

interface Around {
  answer: AuthorizeResponse | undefined;
  asked: AuthorizeRequest[];
  /** Words of the timeline, and what to change. */
  told: { title: string; fix?: string }[];
}

const around: Around = { answer: { idTokenInfo: { status: "Accepted" } }, asked: [], told: [] };

function tokenOf(facts: { hashData: string; certificate: string }, value: string): ProvidedIdToken {
  return {
    id_token: { value, type: "eMAID" },
    authorization_type: "PlugAndCharge",
    ...(facts.certificate === "given" ? { certificate: "the chain" } : {}),
    ...(facts.hashData === "given" ? { iso15118CertificateHashData: [ocspData] } : {}),
  };
}

function securityOf(facts: { verified: unknown; hashesFromChain: string }) {
  const made = { certificate_hash_data: hash, responder_url: "http://ocsp" };
  return {
    verify_certificate: () => facts.verified,
    get_mo_ocsp_request_data: () => ({ ocsp_request_data_list: facts.hashesFromChain === "made" ? [made] : [] }),
  };
}

const trace = { add: (entry: Around["told"][number]) => void around.told.push(entry) };

/** Real code; what it reads is one object of facts, which changes. */
function station16() {
  const now: { facts: Facts16 } = { facts: {} as Facts16 };
  const keys: Readonly<Record<string, keyof Facts16 | true>> = {
    LocalAuthListEnabled: true,
    LocalPreAuthorize: true,
  };
  const core = {
    trace,
    station: {
      get security() {
        return securityOf(now.facts);
      },
    },
    config: {
      value: (key: string) => keys[key] ?? now.facts[key as keyof Facts16],
      has: () => true,
    },
    csms: {
      get online() {
        return now.facts.connection === "online";
      },
      call: async (_action: string, { data }: { data: string }) => {
        around.asked.push(JSON.parse(data));
        if (!around.answer) return { kind: "failed", reason: "silence" };
        return { kind: "answered", response: { status: "Accepted", data: JSON.stringify(around.answer) } };
      },
    },
  };
  const cache = {
    enabled: true,
    lookUp: () => (now.facts.cache === "accepted" ? { status: "Accepted" } : { status: "Invalid" }),
  };
  const list = { lookUp: () => entry(now.facts.localList) };
  const authorization = new Authorization16(core as never, cache as never, list as never);
  return (facts: Facts16) => {
    now.facts = facts;
    return authorization.validate(tokenOf(facts, facts.idTag === "fits" ? eMAID : long));
  };
}

function station201() {
  const now: { facts: Facts201 } = { facts: {} as Facts201 };
  const core = {
    trace,
    station: {
      get security() {
        return securityOf(now.facts);
      },
    },
    model: {
      value: (address: string) => {
        if (address === "AuthCtrlr.Enabled") return now.facts.authorization === "on";
        return now.facts[address.split(".")[1] as keyof Facts201] ?? true;
      },
    },
    csms: {
      get online() {
        return now.facts.connection === "online";
      },
      call: async (_action: string, request: AuthorizeRequest) => {
        around.asked.push(request);
        return around.answer ? { kind: "answered", response: around.answer } : { kind: "failed", reason: "silence" };
      },
    },
  };
  const cache = { lookUp: () => entry(now.facts.cache), store: () => {} };
  const list = { lookUp: () => entry(now.facts.localList) };
  const authorization = new Authorization201(core as never, cache as never, list as never);
  return (facts: Facts201) => {
    now.facts = facts;
    return authorization.validate(tokenOf(facts, eMAID));
  };
}

function entry(what: string) {
  return what === "none" ? undefined : { status: what === "accepted" ? "Accepted" : "Blocked" };
}

const refusal: AuthorizeResponse = { idTokenInfo: { status: "Blocked" }, certificateStatus: "CertificateRevoked" };

/** What the row says must come out. */
function expected(verdict: PncOutcome): Partial<ValidationResult> & { asked?: string } {
  switch (verdict.by) {
    case "csms":
      return { authorization_status: "Blocked", certificate_status: "CertificateRevoked", asked: verdict.send };
    case "entry":
      return { authorization_status: "Blocked" };
    case "station": {
      const { status, certificateStatus } = verdict;
      return { authorization_status: status, ...(certificateStatus ? { certificate_status: certificateStatus } : {}) };
    }
  }
}

function actual({ authorization_status, certificate_status }: ValidationResult) {
  const [asked] = around.asked;
  const proof = !asked
    ? undefined
    : asked.certificate
      ? "certificate"
      : asked.iso15118CertificateHashData
        ? "hashData"
        : "nothing";
  return {
    authorization_status,
    ...(certificate_status ? { certificate_status } : {}),
    ...(proof === undefined ? {} : { asked: proof }),
  };
}

function firstRow<F extends object>(table: DecisionTable<F, PncOutcome>, facts: F) {
  const row = table.rows.find(({ when }) =>
    (Object.keys(when) as (keyof F)[]).every((name) => when[name]?.includes(facts[name])),
  );
  if (!row) throw new Error(`no row fits ${JSON.stringify(facts)}`);
  return row;
}

/**
 * All combinations. Where list and cache are not looked at, what they hold changes from one to the next instead of being
 * combined with everything: 200,000 runs would say nothing more.
 */
function samples<F extends object>(table: DecisionTable<F, PncOutcome>): F[] {
  const isLocal = (fact: string) => !(fact in contractFacts) && !switches.includes(fact);
  const facts = Object.entries(table.facts) as [string, readonly unknown[]][];
  const part = (local: boolean) => Object.fromEntries(facts.filter(([fact]) => isLocal(fact) === local)) as never;
  const locals = combinations<object>(part(true));
  return combinations<object>(part(false)).flatMap((contract, index) => {
    const combined = (turn: number) => ({ ...contract, ...locals[turn % locals.length] }) as F;
    const looksUp = Object.keys(firstRow(table, combined(0)).when).some(isLocal);
    const turns = looksUp ? locals.map((_local, turn) => turn) : [0, 1, 2].map((turn) => 3 * index + turn);
    return turns.map(combined);
  });
}
const switches = ["ISO15118PnCEnabled", "authorization"];

describe.each([
  ["1.6", decisions16, station16(), 24],
  ["2.0.1", decisions201, station201(), 72],
] as [string, DecisionTable<object, PncOutcome>, (facts: object) => Promise<ValidationResult>, number][])(
  "contracts in OCPP %s",
  (_version, table, validate, localCombinations) => {
    it("are decided by the code as the table says, whatever the facts; and no row is idle", async () => {
      around.answer = refusal;
      const all = samples(table);
      // 8 of the 1,792 combinations of the other facts look into list and cache.
      expect(all).toHaveLength(3 * 1784 + 8 * localCombinations);
      const idle = new Set(table.rows.map(({ id }) => id));
      for (const facts of all) {
        around.asked = [];
        around.told = [];
        const row = firstRow(table, facts);
        idle.delete(row.id);
        const came = actual(await validate(facts));
        const wanted = expected(row.verdict);
        const words = around.told.map(({ title }) => title);
        const said = row.because.startsWith(words[0] ?? "?");
        const saidLast = row.verdict.by === "csms" || row.because.endsWith(words.at(-1) ?? "?");
        const right = JSON.stringify(came) === JSON.stringify(wanted) && said && saidLast;
        if (!right) expect({ facts, words, ...came }).toEqual({ because: row.because, ...wanted });
      }
      expect([...idle]).toEqual([]);
    });

    it("get what the CSMS answers, whatever that is, in the words of its row", async () => {
      const facts = samples(table).find((some) => firstRow(table, some).id === "online-hash-data");
      for (const answer of answers()) {
        around.answer = answer;
        around.told = [];
        const { tariff_messages: _none, ...result } = await validate(facts as object);
        const row = answerRow(answer);
        expect(result).toEqual(resultOf(row, answer));
        const told = around.told.at(-1);
        expect(told?.title).toContain(row.because.replace("of the CSMS about the token", "").trim());
        expect(told?.fix ?? "").toBe(row.fix ?? "");
      }
    });
  },
);

function answers(): (AuthorizeResponse | undefined)[] {
  const statuses = Object.keys(tokenWords) as AuthorizeResponse["idTokenInfo"]["status"][];
  const certificates = Object.keys(certificateWords) as NonNullable<AuthorizeResponse["certificateStatus"]>[];
  return [
    undefined,
    ...statuses.flatMap((status) => [
      { idTokenInfo: { status } },
      ...certificates.map((certificateStatus) => ({ idTokenInfo: { status }, certificateStatus })),
    ]),
  ];
}

function answerRow(answer: AuthorizeResponse | undefined): CsmsAnswer {
  const status = answer?.idTokenInfo.status ?? "none";
  const certificate = answer?.certificateStatus ?? "absent";
  const row = csmsAnswers.find(({ answer: wanted, certificateStatusInAnswer: given }) => {
    const alike = given === "any" || given === certificate || given.split(" or ").includes(certificate);
    return (wanted === "any" ? status !== "none" : wanted === status) && alike;
  });
  if (!row) throw new Error(`no row for ${status}, ${certificate}`);
  return row;
}

/** What the row says comes out of it. */
function resultOf({ status, certificateStatus }: CsmsAnswer, answer: AuthorizeResponse | undefined): object {
  const token = status === "as answered" ? answer?.idTokenInfo.status : status;
  const certificate = certificateStatus === "as answered" ? answer?.certificateStatus : certificateStatus;
  const has = certificate !== "none" && certificate !== undefined;
  return { authorization_status: token, ...(has ? { certificate_status: certificate } : {}) };
}
