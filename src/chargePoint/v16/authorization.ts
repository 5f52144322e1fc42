/** May this token charge? OCPP 1.6, 3.5 and 4.1, and Authorize of the Plug & Charge extension. */
import type { ProvidedIdToken, ValidationResult } from "../../interfaces/types/authorization.ts";
import type { IdTagInfo } from "../../ocpp/v16/types.ts";
import type { AuthorizeRequest } from "../../ocpp/v201/messages.generated.ts";
import { tokenWords, wordsFor } from "../answers.ts";
import { decideContract, type Proof } from "../contractDecision.ts";
import { decide } from "../decisionTable.ts";
import { answered, explain, type TokenAnswer, tellAnswer, tellUnanswered, toValidationResult } from "../tokenAnswer.ts";
import { type ContractFacts16, contractTable } from "./contractTable.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";
import { toIdTag, toShortIdTag } from "./idTag.ts";
import { type LocalFacts16, type LocalVerdict16, localTable } from "./localTable.ts";
import { callPnc } from "./pnc.ts";
import type { AuthCache, LocalList } from "./tokens.ts";

const CSMS_RULE = "the CSMS decides";

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

  async #idTag(token: ProvidedIdToken): Promise<TokenAnswer> {
    return (await this.#local(token, "idTag")) ?? this.#askCsms(toShortIdTag(token));
  }

  #contract(token: ProvidedIdToken): Promise<TokenAnswer> {
    const { config, station, trace } = this.#core;
    return decideContract<ContractFacts16>(token, {
      ...{ table: contractTable, security: station.security, trace, rule: "OCPP 1.6 the Plug & Charge extension" },
      settings: {
        ISO15118PnCEnabled: () => config.value("ISO15118PnCEnabled") === true,
        connection: () => this.#connection(),
        ContractValidationOffline: () => config.value("ContractValidationOffline") === true,
        LocalAuthorizeOffline: () => config.value("LocalAuthorizeOffline"),
        CentralContractValidationAllowed: () => config.value("CentralContractValidationAllowed") === true,
      },
      askCsms: (proof) => this.#askAboutContract(token.id_token.value, proof),
      // List and cache know it as an idTag.
      lookUp: async () => (await this.#local(token, "contract")) ?? answered({ status: "Invalid" }),
    });
  }

  /** Undefined when only the CSMS can say. */
  async #local(provided: ProvidedIdToken, token: LocalFacts16["token"]): Promise<TokenAnswer | undefined> {
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
    explain(this.#core.trace, { rule: "OCPP 1.6 3.5", decision, idToken: provided.id_token.value, status });
    if (found) return toAnswer(found);
    return status === undefined ? undefined : answered({ status });
  }

  #connection(): "online" | "offline" {
    return this.#core.csms.online ? "online" : "offline";
  }

  async #askCsms(idTag: string): Promise<TokenAnswer> {
    const outcome = await this.#core.csms.call("Authorize", { idTag });
    if (outcome.kind !== "answered") {
      tellUnanswered(this.#core.trace, CSMS_RULE, idTag, outcome.reason);
      return answered({ status: "Invalid" });
    }
    const { idTagInfo } = outcome.response;
    this.#cache.store(idTag, idTagInfo);
    tellAnswer(this.#core.trace, CSMS_RULE, idTag, idTagInfo.status, tokenWords[idTagInfo.status]);
    return toAnswer(idTagInfo);
  }

  async #askAboutContract(eMAID: string, proof: Proof): Promise<TokenAnswer> {
    const request: AuthorizeRequest = { idToken: { idToken: eMAID, type: "eMAID" }, ...proof };
    const outcome = await callPnc(this.#core.csms, "Authorize", request);
    if (outcome.kind !== "answered") {
      tellUnanswered(this.#core.trace, CSMS_RULE, eMAID, outcome.reason);
      return answered({ status: "Unknown" });
    }
    const { response } = outcome;
    tellAnswer(this.#core.trace, CSMS_RULE, eMAID, response.idTokenInfo.status, wordsFor(response));
    return withCentralGroup(response);
  }
}

/** 1.6's words in those of 2.0.1. */
function toAnswer({ status, expiryDate, parentIdTag }: IdTagInfo): TokenAnswer {
  return {
    idTokenInfo: {
      status: status === "ConcurrentTx" ? "ConcurrentTx" : status,
      ...(expiryDate === undefined ? {} : { cacheExpiryDateTime: expiryDate }),
      ...(parentIdTag === undefined ? {} : { groupIdToken: { idToken: parentIdTag, type: "Central" } }),
    },
  };
}

/** 1.6 knows no kinds of groups. */
function withCentralGroup(answer: TokenAnswer): TokenAnswer {
  const { groupIdToken } = answer.idTokenInfo;
  if (!groupIdToken) return answer;
  return { ...answer, idTokenInfo: { ...answer.idTokenInfo, groupIdToken: { ...groupIdToken, type: "Central" } } };
}
