/** Functional block C of OCPP 2.0.1: may this token charge? */
import type { ProvidedIdToken, ValidationResult } from "../../interfaces/types/authorization.ts";
import { readDateTime } from "../../ocpp/dateTime.ts";
import type {
  AuthorizeRequest,
  AuthorizeResponse,
  IdTokenInfoType,
  IdTokenType,
} from "../../ocpp/v201/messages.generated.ts";
import { isoTime } from "../../util/clock.ts";
import { wordsFor } from "../answers.ts";
import { ContractHashes } from "../contractHashes.ts";
import type { ContractVerdict } from "../contractTable.ts";
import { type Decision, decide, type FactSources } from "../decisionTable.ts";
import { type ContractFacts201, contractTable } from "./contractTable.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";
import { type LocalFacts, type LocalVerdict, localTable } from "./localTable.ts";
import { toIdToken } from "./session.ts";
import type { AuthCache, LocalList } from "./tokens.ts";

/** What proves a contract to the CSMS; nothing for other tokens. */
type Proof = Pick<AuthorizeRequest, "certificate" | "iso15118CertificateHashData">;

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

  async #contract(token: ProvidedIdToken, idToken: IdTokenType): Promise<AuthorizeResponse> {
    const hashes = new ContractHashes(this.#core.station.security, token);
    const decision = await decide(contractTable, this.#contractFacts(token, hashes));
    const { verdict } = decision.row;
    this.#explain(decision, "C07", idToken, verdict.do === "answer" ? verdict.status : undefined);
    if (verdict.do === "lookUp") return this.#local(idToken);
    if (verdict.do === "askCsms") {
      const { certificate = "" } = token;
      const proof =
        verdict.send === "certificate" ? { certificate } : { iso15118CertificateHashData: await hashes.list() };
      return this.#askCsms(idToken, proof);
    }
    const { status, certificateStatus } = verdict;
    return { idTokenInfo: { status }, ...(certificateStatus ? { certificateStatus } : {}) };
  }

  #contractFacts({ certificate }: ProvidedIdToken, hashes: ContractHashes): FactSources<ContractFacts201> {
    const { model, station } = this.#core;
    return {
      authorization: () => (this.#enabled ? "on" : "off"),
      connection: () => this.#connection(),
      hashData: () => (hashes.given ? "given" : "absent"),
      certificate: () => (certificate ? "given" : "absent"),
      ContractValidationOffline: () => model.value("ISO15118Ctrlr.ContractValidationOffline") === true,
      verified: () =>
        station.security.verify_certificate({
          certificate_chain: certificate ?? "",
          certificate_types: ["MO", "V2G"],
        }),
      LocalAuthorizeOffline: () => model.value("AuthCtrlr.LocalAuthorizeOffline") === true,
      hashesFromChain: async () => ((await hashes.list()).length > 0 ? "made" : "none"),
      CentralContractValidationAllowed: () => model.value("ISO15118Ctrlr.CentralContractValidationAllowed") === true,
    };
  }

  async #local(idToken: IdTokenType): Promise<AuthorizeResponse> {
    const inList = this.#mayLookUp("LocalAuthListCtrlr.Enabled") ? this.#list.lookUp(idToken) : undefined;
    const inCache = this.#mayLookUp("AuthCacheCtrlr.Enabled") ? this.#cache.lookUp(idToken) : undefined;
    const decision = await decide(localTable, this.#localFacts(inList, inCache));
    const { verdict } = decision.row;
    const found = verdict.do === "useListEntry" ? inList : verdict.do === "useCacheEntry" ? inCache : undefined;
    const status = verdict.do === "answer" ? verdict.status : found?.status;
    this.#explain(decision, "C10 to C14", idToken, status);
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
  ): Promise<AuthorizeResponse> {
    const { csms, trace } = this.#core;
    const outcome = await csms.call("Authorize", { idToken, ...proof });
    const decision = { step: 4, kind: "decision", rule: "the CSMS decides (C01, C07)" } as const;
    if (outcome.kind !== "answered") {
      const title = `no answer about ${idToken.idToken}: ${outcome.reason}`;
      const fix = "Look at the CSMS's log, and at the connection to it.";
      trace.add({ ...decision, from: "OCPP", title, outcome: "refused", fix });
      return { idTokenInfo: { status: "Unknown" } };
    }
    const { idTokenInfo } = outcome.response;
    keep(idTokenInfo);
    const { because, fix } = wordsFor(outcome.response);
    const detail = { idToken: idToken.idToken, status: idTokenInfo.status };
    const accepted = idTokenInfo.status === "Accepted" ? "ok" : "refused";
    trace.add({ ...decision, from: "OCPP", title: because, outcome: accepted, ...(fix ? { fix } : {}), detail });
    return outcome.response;
  }

  #explain(
    { row, facts }: Decision<ContractFacts201, ContractVerdict> | Decision<LocalFacts, LocalVerdict>,
    useCase: string,
    { idToken }: IdTokenType,
    status: string | undefined,
  ): void {
    this.#core.trace.add({
      step: 4,
      kind: "decision",
      from: "OCPP",
      title: row.because,
      ...(status === undefined ? {} : { outcome: status === "Accepted" ? "ok" : "refused" }),
      rule: `OCPP 2.0.1 ${useCase}, ${row.id}`,
      ...(row.fix ? { fix: row.fix } : {}),
      detail: { idToken, ...(status === undefined ? {} : { status }), ...facts },
    });
  }
}

/** The CSMS's words in EVerest's. */
export function toValidationResult({ idTokenInfo, certificateStatus }: AuthorizeResponse): ValidationResult {
  const { status, cacheExpiryDateTime, groupIdToken, evseId, personalMessage } = idTokenInfo;
  return {
    authorization_status: status,
    ...(certificateStatus ? { certificate_status: certificateStatus } : {}),
    tariff_messages: personalMessage ? [{ content: personalMessage.content, format: personalMessage.format }] : [],
    ...(cacheExpiryDateTime === undefined ? {} : { expiry_time: isoTime(readDateTime(cacheExpiryDateTime)) }),
    ...(groupIdToken ? { parent_id_token: { value: groupIdToken.idToken, type: groupIdToken.type } } : {}),
    ...(evseId ? { evse_ids: evseId } : {}),
  };
}
