/**
 * What an authorization by contract comes to, from the first fact to the token's status: the tables that the charge point walks
 * one after the other, as one. It is for people and for tests; nothing is decided with it.
 */
import type {
  AuthorizationStatusEnumType,
  AuthorizeCertificateStatusEnumType,
} from "../ocpp/v201/messages.generated.ts";
import { certificateWords, tokenWords, type Words } from "./answers.ts";
import type { ContractFacts, ContractVerdict } from "./contractTable.ts";
import type { DecisionTable, Row } from "./decisionTable.ts";

/** Decided here, or by what the CSMS answers ({@link csmsAnswers}), or by the entry that was found. */
export type PncOutcome =
  | { readonly by: "csms"; readonly send: "hashData" | "certificate" }
  | { readonly by: "entry" }
  | {
      readonly by: "station";
      readonly status: AuthorizationStatusEnumType;
      readonly certificateStatus?: AuthorizeCertificateStatusEnumType;
    };

/** What tables of local list and cache have in common. */
export type LocalVerdict =
  | { readonly do: "useListEntry" | "useCacheEntry" | "askCsms" }
  | { readonly do: "answer"; readonly status: AuthorizationStatusEnumType };

interface LocalFacts {
  readonly localList: string;
  readonly cache: string;
}

/** How the tables of a version follow one another. */
interface Parts<C extends ContractFacts, L extends LocalFacts> {
  readonly title: string;
  readonly contracts: DecisionTable<C, ContractVerdict>;
  /** Where a contract that is valid offline goes. */
  readonly local: DecisionTable<L, LocalVerdict>;
  /** Facts of `local` that are then known. */
  readonly known: Partial<L>;
}

/** The first row that fits decides. */
export function joined<C extends ContractFacts, L extends LocalFacts>(
  parts: Parts<C, L>,
): DecisionTable<C & L, PncOutcome> {
  const { title, contracts, local, known } = parts;
  const lookUps = local.rows.filter((row) => row.verdict.do !== "askCsms" && allows(row, known));
  const rows = contracts.rows.flatMap((row): Row<C & L, PncOutcome>[] => {
    const { verdict, when } = row;
    if (verdict.do === "lookUp") return lookUps.map((then) => followed(row, then, known));
    return [{ ...row, when: when as Row<C & L, PncOutcome>["when"], verdict: toOutcome(verdict) }];
  });
  const open = Object.entries(local.facts).filter(([fact]) => !(fact in known));
  return {
    title,
    facts: { ...contracts.facts, ...Object.fromEntries(open) } as DecisionTable<C & L, never>["facts"],
    rows,
  };
}

function allows<L extends object>({ when }: Row<L, unknown>, known: Partial<L>): boolean {
  return (Object.keys(known) as (keyof L)[]).every((fact) => when[fact]?.includes(known[fact] as L[keyof L]) ?? true);
}

function followed<C extends object, L extends LocalFacts>(
  first: Row<C, ContractVerdict>,
  then: Row<L, LocalVerdict>,
  known: Partial<L>,
): Row<C & L, PncOutcome> {
  const { verdict } = then;
  const open = Object.entries(then.when).filter(([fact]) => !(fact in known));
  return {
    id: `${first.id}/${then.id}`,
    when: { ...first.when, ...Object.fromEntries(open) } as Row<C & L, PncOutcome>["when"],
    verdict: verdict.do === "answer" ? { by: "station", status: verdict.status } : entryOutcome(then.when),
    because: `${first.because}; ${then.because}`,
    ...(then.fix ? { fix: then.fix } : {}),
  };
}

/** An entry counts when it accepts; only a cache may hold a refusal that is final. */
function entryOutcome({ cache = [] }: { readonly cache?: readonly string[] }): PncOutcome {
  return cache.includes("refused") ? { by: "entry" } : { by: "station", status: "Accepted" };
}

function toOutcome(verdict: Exclude<ContractVerdict, { do: "lookUp" }>): PncOutcome {
  if (verdict.do === "askCsms") return { by: "csms", send: verdict.send };
  const { do: _do, ...answer } = verdict;
  return { by: "station", ...answer };
}

/** An answer of the CSMS to Authorize, and what becomes of it. */
export interface CsmsAnswer extends Words {
  /** `none`: no answer in time, a CALLERROR, or one that is against the schema. */
  readonly answer: AuthorizationStatusEnumType | "any" | "none";
  readonly certificateStatusInAnswer: AuthorizeCertificateStatusEnumType | "absent" | "absent or Accepted" | "any";
  /** `as answered` where any status goes with the certificate's. */
  readonly status: AuthorizationStatusEnumType | "as answered";
  readonly certificateStatus: AuthorizeCertificateStatusEnumType | "none" | "as answered";
}

const refusals = Object.entries(certificateWords) as [AuthorizeCertificateStatusEnumType, Words][];
const tokens = Object.entries(tokenWords) as [AuthorizationStatusEnumType, Words][];

/** Statuses are handed on one to one; the words tell of the certificate when that is what was found wrong. The first row that fits. */
export const csmsAnswers: readonly CsmsAnswer[] = [
  {
    ...{ answer: "none", certificateStatusInAnswer: "any", status: "Unknown", certificateStatus: "none" },
    because: "no answer of the CSMS about the token",
    fix: "Look at the CSMS's log, and at the connection to it.",
  },
  ...refusals
    .filter(([certificate]) => certificate !== "Accepted")
    .map(([certificateStatus, words]): CsmsAnswer => {
      const statuses = { answer: "any", status: "as answered" } as const;
      return { ...statuses, certificateStatusInAnswer: certificateStatus, certificateStatus, ...words };
    }),
  {
    ...{ answer: "Accepted", certificateStatusInAnswer: "Accepted", status: "Accepted", certificateStatus: "Accepted" },
    ...certificateWords.Accepted,
  },
  ...tokens.map(([status, words]): CsmsAnswer => {
    const certificateStatusInAnswer = status === "Accepted" ? "absent" : "absent or Accepted";
    return { answer: status, certificateStatusInAnswer, status, certificateStatus: "as answered", ...words };
  }),
];
