/** May this contract charge? The way through the table of contracts, whatever the version of OCPP. */
import type { ProvidedIdToken } from "../interfaces/types/authorization.ts";
import type { AuthorizeRequest } from "../ocpp/v201/messages.generated.ts";
import type { Tracer } from "../util/trace.ts";
import { ContractHashes } from "./contractHashes.ts";
import type { ContractFacts, ContractVerdict } from "./contractTable.ts";
import { type DecisionTable, decide, type FactSources } from "./decisionTable.ts";
import type { SecurityPort } from "./ports.ts";
import { answered, explain, type TokenAnswer } from "./tokenAnswer.ts";

/** What proves a contract to the CSMS; nothing for other tokens. */
export type Proof = Pick<AuthorizeRequest, "certificate" | "iso15118CertificateHashData">;

export interface ContractPorts<F extends ContractFacts & { [K in keyof F]: string | boolean }> {
  readonly table: DecisionTable<F, ContractVerdict>;
  readonly security: Pick<SecurityPort, "verify_certificate" | "get_mo_ocsp_request_data">;
  readonly trace: Tracer;
  /** What the requirement is called, for people. */
  readonly rule: string;
  /** The facts that have nothing to do with the token. */
  readonly settings: FactSources<Omit<F, keyof TokenFacts>>;
  askCsms(proof: Proof): Promise<TokenAnswer>;
  /** In local list and cache. */
  lookUp(): Promise<TokenAnswer>;
}

type TokenFacts = Pick<ContractFacts, "hashData" | "certificate" | "verified" | "hashesFromChain">;

export async function decideContract<F extends ContractFacts & { [K in keyof F]: string | boolean }>(
  token: ProvidedIdToken,
  ports: ContractPorts<F>,
): Promise<TokenAnswer> {
  const { table, security, trace, rule, settings } = ports;
  const { certificate = "" } = token;
  const hashes = new ContractHashes(security, token);
  const ofToken: FactSources<TokenFacts> = {
    hashData: () => (hashes.given ? "given" : "absent"),
    certificate: () => (certificate === "" ? "absent" : "given"),
    verified: () => security.verify_certificate({ certificate_chain: certificate, certificate_types: ["MO", "V2G"] }),
    hashesFromChain: async () => ((await hashes.list()).length > 0 ? "made" : "none"),
  };
  const decision = await decide(table, { ...settings, ...ofToken } as FactSources<F>);
  const { verdict } = decision.row;
  explain(trace, {
    rule,
    decision,
    idToken: token.id_token.value,
    status: verdict.do === "answer" ? verdict.status : undefined,
  });
  switch (verdict.do) {
    case "answer":
      return answered(verdict);
    case "lookUp":
      return ports.lookUp();
    case "askCsms":
      return ports.askCsms(
        verdict.send === "certificate" ? { certificate } : { iso15118CertificateHashData: await hashes.list() },
      );
  }
}
