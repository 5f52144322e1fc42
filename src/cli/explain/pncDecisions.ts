/** The decision tables of Plug & Charge as people and programmes read them. */
import type { DecisionTable, Row } from "../../chargePoint/decisionTable.ts";
import { type CsmsAnswer, csmsAnswers, type PncOutcome } from "../../chargePoint/pncDecisions.ts";
import { pncDecisions as decisions16 } from "../../chargePoint/v16/pncDecisions.ts";
import { pncDecisions as decisions201 } from "../../chargePoint/v201/pncDecisions.ts";

export const versions = ["1.6", "2.0.1"] as const;
export type Version = (typeof versions)[number];

type Table = DecisionTable<Record<string, unknown>, PncOutcome>;

/** What each fact means, with the setting behind it where there is one. */
type Glossary = Readonly<Record<string, string>>;

const common: Glossary = {
  connection: "online: connected to the CSMS, which has accepted the BootNotification",
  hashData: "whether iso15118CertificateHashData came with the token (EvseV2G found the contract's root here)",
  certificate: "whether the contract chain came with the token",
  verified:
    "what evse_security.verify_certificate says of the chain with the MO and V2G roots; IssuerNotFound: none of them fits",
  hashesFromChain: "made: a root is there, the signatures lead to it, and a certificate names an OCSP responder",
  localList: "the contract's entry in the local list, if that is on",
};

interface Explained {
  readonly table: Table;
  readonly glossary: Glossary;
}

export const explained: Readonly<Record<Version, Explained>> = {
  "1.6": {
    table: decisions16 as unknown as Table,
    glossary: {
      ISO15118PnCEnabled: "PnC.ISO15118PnCEnabled; false too where the section PnC is missing",
      ...common,
      ContractValidationOffline: "PnC.ContractValidationOffline",
      LocalAuthorizeOffline: "Core.LocalAuthorizeOffline",
      CentralContractValidationAllowed: "PnC.CentralContractValidationAllowed; absent is false",
      idTag: "fits: the eMAID has no more than the 20 characters of an idTag",
      cache:
        "the contract's entry in the cache, if Core.AuthorizationCacheEnabled; one that does not accept counts as none",
      AllowOfflineTxForUnknownId: "Core.AllowOfflineTxForUnknownId; of no effect on contracts",
    },
  },
  "2.0.1": {
    table: decisions201 as unknown as Table,
    glossary: {
      authorization: "AuthCtrlr.Enabled; absent is off",
      ...common,
      ContractValidationOffline: "ISO15118Ctrlr.ContractValidationOffline; absent is false",
      LocalAuthorizeOffline: "AuthCtrlr.LocalAuthorizeOffline",
      CentralContractValidationAllowed: "ISO15118Ctrlr.CentralContractValidationAllowed; absent is false",
      cache: "the contract's entry in the cache, if AuthCacheCtrlr.Enabled; only a TransactionEvent puts one there",
      DisablePostAuthorize: "AuthCacheCtrlr.DisablePostAuthorize",
      OfflineTxForUnknownIdEnabled: "AuthCtrlr.OfflineTxForUnknownIdEnabled",
      DisableRemoteAuthorization: "AuthCtrlr.DisableRemoteAuthorization",
    },
  },
};

/** A row in words: what must hold, and what follows. */
export interface Line {
  readonly id: string;
  readonly when: readonly string[];
  readonly ask: string;
  readonly tokenStatus: string;
  readonly certificateStatus: string;
  readonly because: string;
  readonly fix: string;
}

export function linesOf({ table }: Explained): Line[] {
  return table.rows.map((row) => ({
    id: row.id,
    when: conditions(row, table),
    ...outcome(row.verdict),
    because: row.because,
    fix: row.fix ?? "",
  }));
}

const AS_ANSWERED = "as the CSMS answers";

function outcome(verdict: PncOutcome): Pick<Line, "ask" | "tokenStatus" | "certificateStatus"> {
  switch (verdict.by) {
    case "csms":
      return {
        ask: verdict.send === "hashData" ? "with iso15118CertificateHashData" : "with the certificate",
        tokenStatus: AS_ANSWERED,
        certificateStatus: AS_ANSWERED,
      };
    case "entry":
      return { ask: "no", tokenStatus: "that of the entry", certificateStatus: "none" };
    case "station":
      return { ask: "no", tokenStatus: verdict.status, certificateStatus: verdict.certificateStatus ?? "none" };
  }
}

function conditions({ when }: Row<Record<string, unknown>, PncOutcome>, { facts }: Table): string[] {
  return Object.entries(when).flatMap(([fact, values = []]) => {
    const all = facts[fact] ?? [];
    const others = all.filter((value) => !values.includes(value));
    if (others.length === 0) return [];
    return `${fact}: ${others.length < values.length ? noneOf(others) : values.join(" or ")}`;
  });
}

function noneOf(values: readonly unknown[]): string {
  return values.length === 1 ? `not ${values[0]}` : `neither ${values.join(" nor ")}`;
}

/** An answer of the CSMS in the columns of {@link Line}. */
export interface AnswerLine {
  readonly answer: string;
  readonly tokenStatus: string;
  readonly certificateStatus: string;
  readonly because: string;
  readonly fix: string;
}

export const answerLines: readonly AnswerLine[] = csmsAnswers.map((row) => ({
  answer: answerWords(row),
  tokenStatus: row.status,
  certificateStatus: row.certificateStatus,
  because: row.because,
  fix: row.fix ?? "",
}));

function answerWords({ answer, certificateStatusInAnswer }: CsmsAnswer): string {
  if (answer === "none") return "none in time, a CALLERROR, or one against the schema";
  return `status ${answer}, certificateStatus ${certificateStatusInAnswer}`;
}
