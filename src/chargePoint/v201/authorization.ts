/** Functional block C of OCPP 2.0.1: may this token charge? */
import type { ProvidedIdToken, ValidationResult } from "../../interfaces/types/authorization.ts";
import type { IdTokenInfoType, IdTokenType } from "../../ocpp/v201/messages.generated.ts";
import { wordsFor } from "../answers.ts";
import { decideContract, type Proof } from "../contractDecision.ts";
import { decide, type FactSources } from "../decisionTable.ts";
import { answered, explain, type TokenAnswer, tellAnswer, tellUnanswered, toValidationResult } from "../tokenAnswer.ts";
import { type ContractFacts201, contractTable } from "./contractTable.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";
import { type LocalFacts, localTable } from "./localTable.ts";
import { toIdToken } from "./session.ts";
import type { AuthCache, LocalList } from "./tokens.ts";

const CSMS_RULE = "the CSMS decides (C01, C07)";

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
      if (this.#core.model.value("AuthCacheCtrlr.Enabled") !== true) return { status: "Rejected" };
      this.#cache.clear();
      return { status: "Accepted" };
    },
  };

  /** Decides on a token; every step is on the timeline. */
  async validate(token: ProvidedIdToken): Promise<ValidationResult> {
    const idToken = toIdToken(token);
    if (idToken.type === "eMAID") return toValidationResult(await this.#contract(token, idToken));
    const unchecked = this.#uncheckedBecause(idToken);
    if (unchecked !== undefined) {
      this.#core.trace.add({ step: 4, kind: "decision", from: "OCPP", title: unchecked, outcome: "ok" });
      return toValidationResult({ idTokenInfo: { status: "Accepted" } });
    }
    return toValidationResult(await this.#local(idToken));
  }

  #uncheckedBecause({ type }: IdTokenType): string | undefined {
    if (type === "Central" || type === "NoAuthorization") return `tokens of type ${type} need no check (C03, C05)`;
    return this.#enabled ? undefined : "AuthCtrlr.Enabled is not true: every token is accepted";
  }

  get #enabled(): boolean {
    return this.#core.model.value("AuthCtrlr.Enabled") === true;
  }

  #contract(token: ProvidedIdToken, idToken: IdTokenType): Promise<TokenAnswer> {
    const { model, station, trace } = this.#core;
    return decideContract<ContractFacts201>(token, {
      ...{ table: contractTable, security: station.security, trace, rule: "OCPP 2.0.1 C07" },
      settings: {
        authorization: () => (this.#enabled ? "on" : "off"),
        connection: () => this.#connection(),
        ContractValidationOffline: () => model.value("ISO15118Ctrlr.ContractValidationOffline") === true,
        LocalAuthorizeOffline: () => model.value("AuthCtrlr.LocalAuthorizeOffline") === true,
        CentralContractValidationAllowed: () => model.value("ISO15118Ctrlr.CentralContractValidationAllowed") === true,
      },
      askCsms: (proof) => this.#askCsms(idToken, proof),
      lookUp: () => this.#local(idToken),
    });
  }

  async #local(idToken: IdTokenType): Promise<TokenAnswer> {
    const inList = this.#mayLookUp("LocalAuthListCtrlr.Enabled") ? this.#list.lookUp(idToken) : undefined;
    const inCache = this.#mayLookUp("AuthCacheCtrlr.Enabled") ? this.#cache.lookUp(idToken) : undefined;
    const decision = await decide(localTable, this.#localFacts(inList, inCache));
    const { verdict } = decision.row;
    const found = verdict.do === "useListEntry" ? inList : verdict.do === "useCacheEntry" ? inCache : undefined;
    const status = verdict.do === "answer" ? verdict.status : found?.status;
    explain(this.#core.trace, { rule: "OCPP 2.0.1 C10 to C14", decision, idToken: idToken.idToken, status });
    if (status === undefined) {
      return this.#askCsms(idToken, {}, (info) => this.#cache.store(idToken, info));
    }
    // Noted as used, from which its life time counts.
    if (found && found === inCache && status === "Accepted") this.#cache.store(idToken, found);
    return { idTokenInfo: found ?? { status } };
  }

  #mayLookUp(enabled: "LocalAuthListCtrlr.Enabled" | "AuthCacheCtrlr.Enabled"): boolean {
    const { model, csms } = this.#core;
    const allowed = model.value(csms.online ? "AuthCtrlr.LocalPreAuthorize" : "AuthCtrlr.LocalAuthorizeOffline");
    return allowed === true && model.value(enabled) === true;
  }

  #localFacts(inList?: IdTokenInfoType, inCache?: IdTokenInfoType): FactSources<LocalFacts> {
    const { model } = this.#core;
    const entry = (info?: IdTokenInfoType) => (!info ? "none" : info.status === "Accepted" ? "accepted" : "refused");
    return {
      connection: () => this.#connection(),
      localList: () => entry(inList),
      cache: () => entry(inCache),
      DisablePostAuthorize: () => model.value("AuthCacheCtrlr.DisablePostAuthorize") === true,
      OfflineTxForUnknownIdEnabled: () => model.value("AuthCtrlr.OfflineTxForUnknownIdEnabled") === true,
      DisableRemoteAuthorization: () => model.value("AuthCtrlr.DisableRemoteAuthorization") === true,
    };
  }

  #connection(): "online" | "offline" {
    return this.#core.csms.online ? "online" : "offline";
  }

  async #askCsms(
    idToken: IdTokenType,
    proof: Proof,
    keep: (info: IdTokenInfoType) => void = () => {},
  ): Promise<TokenAnswer> {
    const { csms, trace } = this.#core;
    const outcome = await csms.call("Authorize", { idToken, ...proof });
    if (outcome.kind !== "answered") {
      tellUnanswered(trace, CSMS_RULE, idToken.idToken, outcome.reason);
      return answered({ status: "Unknown" });
    }
    const { idTokenInfo } = outcome.response;
    keep(idTokenInfo);
    tellAnswer(trace, CSMS_RULE, idToken.idToken, idTokenInfo.status, wordsFor(outcome.response));
    return outcome.response;
  }
}
