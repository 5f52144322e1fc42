/** The certificate store of a charging station, and the one judge of chains. */
export { CertificateFiles } from "./certificateFiles.ts";
export { defaultLimits, type StoreLimits } from "./collector.ts";
export type { LeafChoice } from "./leaves.ts";
export { defaultPaths, resolvePaths, type StorePaths } from "./paths.ts";
export type { Context, Edition, Reason, Role } from "./profiles/index.ts";
export { type ContractRefusal, installResult, responseCode, tlsAlert, validationResult } from "./results.ts";
export { CertificateStore, openStore, type StoreOptions } from "./store.ts";
export { judge, judgeRaw, type Question, type RawQuestion, type Refusal, type Verdict } from "./verdict.ts";
