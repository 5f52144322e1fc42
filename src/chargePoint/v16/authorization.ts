/** May this token charge? OCPP 1.6, 3.5 and 4.1, and Authorize of the Plug & Charge extension. */
import type { ProvidedIdToken, ValidationResult } from "../../interfaces/types/authorization.ts";
import { readDateTime } from "../../ocpp/dateTime.ts";
import type { IdTagInfo } from "../../ocpp/v16/types.ts";
import type { AuthorizeRequest, AuthorizeResponse } from "../../ocpp/v201/messages.generated.ts";
import { isoTime } from "../../util/clock.ts";
import { tokenWords, type Words, wordsFor } from "../answers.ts";
import { ContractHashes } from "../contractHashes.ts";
import { type Decision, decide, type FactSources } from "../decisionTable.ts";
import type { ContractFacts16 } from "./contractTable.ts";
import { contractTable } from "./contractTable.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";
import { toIdTag, toShortIdTag } from "./idTag.ts";
import { type LocalFacts16, type LocalVerdict16, localTable } from "./localTable.ts";
import { callPnc } from "./pnc.ts";
import type { AuthCache, LocalList } from "./tokens.ts";

/** What proves a contract to the CSMS. */
type Proof = Pick<AuthorizeRequest, "certificate" | "iso15118CertificateHashData">;

/** An idTag's information, or what 2.0.1 says of a contract. */
type Answer = Pick<AuthorizeResponse, "idTokenInfo" | "certificateStatus">;

export class Authorization implements Block {
  readonly #core: Core;
  readonly #cache: AuthCache;
  readonly #list: LocalList;

  constructor(core: Core, cache: AuthCache, list: LocalList) {
    this.#core = core;
    this.#cache = cache;
    this.#list = list;
  }

  readonly handlers: Handlers = {
    ClearCache: () => {
      if (!this.#cache.enabled) return { status: "Rejected" };
      this.#cache.clear();
      return { status: "Accepted" };
    },
  };

  /** Decides on a token; every step is on the timeline. */
  async validate(token: ProvidedIdToken): Promise<ValidationResult> {
    const { id_token, authorization_type } = token;
    const isContract = id_token.type === "eMAID" || authorization_type === "PlugAndCharge";
    return toValidationResult(await (isContract ? this.#contract(token) : this.#idTag(token)));
  }

  async #idTag(token: ProvidedIdToken): Promise<Answer> {
    return (await this.#local(token, "idTag")) ?? this.#askCsms(toShortIdTag(token));
  }

  async #contract(token: ProvidedIdToken): Promise<Answer> {
    const { station } = this.#core;
    const eMAID = token.id_token.value;
    const hashes = new ContractHashes(station.security, token);
    const decision = await decide(contractTable, this.#contractFacts(token, hashes));
    const { verdict } = decision.row;
    this.#explain("the Plug & Charge extension", decision, eMAID, verdict.do === "answer" ? verdict.status : undefined);
    switch (verdict.do) {
      case "answer":
        return answered(verdict);
      // List and cache know it as an idTag.
      case "lookUp":
        return (await this.#local(token, "contract")) ?? answered({ status: "Invalid" });
      case "askCsms": {
        const { certificate = "" } = token;
        const proof =
          verdict.send === "certificate" ? { certificate } : { iso15118CertificateHashData: await hashes.list() };
        return this.#askAboutContract(eMAID, proof);
      }
    }
  }

  #contractFacts({ certificate }: ProvidedIdToken, hashes: ContractHashes): FactSources<ContractFacts16> {
    const { config, station } = this.#core;
    return {
      ISO15118PnCEnabled: () => config.value("ISO15118PnCEnabled") === true,
      connection: () => this.#connection(),
      hashData: () => (hashes.given ? "given" : "absent"),
      certificate: () => (certificate ? "given" : "absent"),
      ContractValidationOffline: () => config.value("ContractValidationOffline") === true,
      verified: () =>
        station.security.verify_certificate({
          certificate_chain: certificate ?? "",
          certificate_types: ["MO", "V2G"],
        }),
      LocalAuthorizeOffline: () => config.value("LocalAuthorizeOffline"),
      hashesFromChain: async () => ((await hashes.list()).length > 0 ? "made" : "none"),
      CentralContractValidationAllowed: () => config.value("CentralContractValidationAllowed") === true,
    };
  }

  /** Undefined when only the CSMS can say. */
  async #local(provided: ProvidedIdToken, token: LocalFacts16["token"]): Promise<Answer | undefined> {
    const { config } = this.#core;
    const idTag = toIdTag(provided);
    const allowed = config.value(this.#core.csms.online ? "LocalPreAuthorize" : "LocalAuthorizeOffline");
    const listOn = config.has("LocalAuthListManagement") && config.value("LocalAuthListEnabled") === true;
    const inList = allowed && listOn && idTag !== undefined ? this.#list.lookUp(idTag) : undefined;
    const inCache = allowed && this.#cache.enabled && idTag !== undefined ? this.#cache.lookUp(idTag) : undefined;
    const decision = await decide<LocalFacts16, LocalVerdict16>(localTable, {
      token: () => token,
      connection: () => this.#connection(),
      idTag: () => (idTag === undefined ? "tooLong" : "fits"),
      localList: () => (!inList ? "none" : inList.status === "Accepted" ? "accepted" : "refused"),
      cache: () => (inCache?.status === "Accepted" ? "accepted" : "none"),
      AllowOfflineTxForUnknownId: () => config.value("AllowOfflineTxForUnknownId") === true,
    });
    const { verdict } = decision.row;
    const found = verdict.do === "useListEntry" ? inList : verdict.do === "useCacheEntry" ? inCache : undefined;
    const status = verdict.do === "answer" ? verdict.status : found?.status;
    this.#explain("3.5", decision, provided.id_token.value, status);
    if (found) return toAnswer(found);
    return status === undefined ? undefined : answered({ status });
  }

  #connection(): "online" | "offline" {
    return this.#core.csms.online ? "online" : "offline";
  }

  async #askCsms(idTag: string): Promise<Answer> {
    const outcome = await this.#core.csms.call("Authorize", { idTag });
    if (outcome.kind !== "answered") return this.#unanswered(idTag, outcome.reason, "Invalid");
    const { idTagInfo } = outcome.response;
    this.#cache.store(idTag, idTagInfo);
    this.#tell(idTag, idTagInfo.status, tokenWords[idTagInfo.status]);
    return toAnswer(idTagInfo);
  }

  async #askAboutContract(eMAID: string, proof: Proof): Promise<Answer> {
    const request: AuthorizeRequest = { idToken: { idToken: eMAID, type: "eMAID" }, ...proof };
    const outcome = await callPnc(this.#core.csms, "Authorize", request);
    if (outcome.kind !== "answered") return this.#unanswered(eMAID, outcome.reason, "Unknown");
    this.#tell(eMAID, outcome.response.idTokenInfo.status, wordsFor(outcome.response));
    return outcome.response;
  }

  #unanswered(token: string, reason: string, status: "Invalid" | "Unknown"): Answer {
    this.#core.trace.add({
      ...{ step: 4, kind: "decision", from: "OCPP", outcome: "refused", rule: "the CSMS decides" },
      title: `no answer about ${token}: ${reason}`,
      fix: "Look at the CSMS's log, and at the connection to it.",
    });
    return answered({ status });
  }

  #tell(token: string, status: string, { because, fix }: Words): void {
    this.#core.trace.add({
      ...{ step: 4, kind: "decision", from: "OCPP", title: because, rule: "the CSMS decides" },
      outcome: status === "Accepted" ? "ok" : "refused",
      ...(fix ? { fix } : {}),
      detail: { idToken: token, status },
    });
  }

  #explain<F extends object, O>(rule: string, { row, facts }: Decision<F, O>, idToken: string, status?: string): void {
    const refused = status !== undefined && status !== "Accepted";
    this.#core.trace.add({
      ...{ step: 4, kind: "decision", from: "OCPP", title: row.because, rule: `OCPP 1.6 ${rule}, ${row.id}` },
      ...(status === undefined ? {} : { outcome: refused ? "refused" : "ok" }),
      ...(row.fix && status !== "Accepted" ? { fix: row.fix } : {}),
      detail: { idToken, ...(status === undefined ? {} : { status }), ...(facts as Record<string, string | boolean>) },
    });
  }
}

function answered({ status, certificateStatus }: Pick<Answer, "certificateStatus"> & Answer["idTokenInfo"]): Answer {
  return { idTokenInfo: { status }, ...(certificateStatus ? { certificateStatus } : {}) };
}

/** 1.6's words in those of 2.0.1. */
function toAnswer({ status, expiryDate, parentIdTag }: IdTagInfo): Answer {
  return {
    idTokenInfo: {
      status: status === "ConcurrentTx" ? "ConcurrentTx" : status,
      ...(expiryDate === undefined ? {} : { cacheExpiryDateTime: expiryDate }),
      ...(parentIdTag === undefined ? {} : { groupIdToken: { idToken: parentIdTag, type: "Central" } }),
    },
  };
}

/** The CSMS's words in EVerest's; a group is central, as 1.6 knows no types. */
export function toValidationResult({ idTokenInfo, certificateStatus }: Answer): ValidationResult {
  const { status, cacheExpiryDateTime, groupIdToken, evseId } = idTokenInfo;
  return {
    authorization_status: status,
    ...(certificateStatus ? { certificate_status: certificateStatus } : {}),
    tariff_messages: [],
    ...(cacheExpiryDateTime === undefined ? {} : { expiry_time: isoTime(readDateTime(cacheExpiryDateTime)) }),
    ...(groupIdToken ? { parent_id_token: { value: groupIdToken.idToken, type: "Central" } } : {}),
    ...(evseId ? { evse_ids: evseId } : {}),
  };
}
