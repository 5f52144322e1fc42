/**
 * OCPP 2.0.1, use cases C01, C10 to C14: may a token charge by the local authorization list or the cache, or must the
 * CSMS be asked? Contracts come here when they are valid offline ({@link contractTable}).
 */
import type { AuthorizationStatusEnumType } from "../../ocpp/v201/messages.generated.ts";
import type { DecisionTable } from "../decisionTable.ts";

export interface LocalFacts {
  readonly connection: "online" | "offline";
  /** The token's entry in the local list; `none` also when the list is off or may not be used now. */
  readonly localList: "accepted" | "refused" | "none";
  /** The token's entry in the cache; `none` also when it is off, may not be used now, or the entry is too old. */
  readonly cache: "accepted" | "refused" | "none";
  /** AuthCacheCtrlr.DisablePostAuthorize */
  readonly DisablePostAuthorize: boolean;
  readonly OfflineTxForUnknownIdEnabled: boolean;
  readonly DisableRemoteAuthorization: boolean;
}

export type LocalVerdict =
  | { readonly do: "useListEntry" | "useCacheEntry" | "askCsms" }
  | { readonly do: "answer"; readonly status: AuthorizationStatusEnumType };

const entries = ["accepted", "refused", "none"] as const;
const flags = [true, false] as const;
const unknown = { do: "answer", status: "Unknown" } as const;
const correctList = "Correct the token's entry in the local list (SendLocalList)";

export const localTable: DecisionTable<LocalFacts, LocalVerdict> = {
  title: "Local list, cache and unknown tokens in OCPP 2.0.1 (C10 to C14)",
  facts: {
    connection: ["online", "offline"],
    localList: entries,
    cache: entries,
    DisablePostAuthorize: flags,
    OfflineTxForUnknownIdEnabled: flags,
    DisableRemoteAuthorization: flags,
  },
  rows: [
    {
      id: "list-accepted",
      when: { localList: ["accepted"] },
      verdict: { do: "useListEntry" },
      because: "the local list accepts the token (C14.FR.02)",
    },
    {
      id: "list-refused-no-remote",
      when: { localList: ["refused"], DisableRemoteAuthorization: [true] },
      verdict: unknown,
      because: "the local list does not accept the token, and the CSMS may not be asked",
      fix: `${correctList}, or set AuthCtrlr.DisableRemoteAuthorization to false.`,
    },
    {
      id: "list-refused-online",
      when: { localList: ["refused"], connection: ["online"] },
      verdict: { do: "askCsms" },
      because: "the local list does not accept the token: the CSMS decides (C14.FR.03)",
    },
    {
      id: "list-refused-offline",
      when: { localList: ["refused"] },
      verdict: unknown,
      because: "offline, and the local list does not accept the token (C13.FR.04)",
      fix: `${correctList}.`,
    },
    {
      id: "cache-accepted",
      when: { cache: ["accepted"] },
      verdict: { do: "useCacheEntry" },
      because: "the CSMS accepted the token before and the cache still holds its answer (C10)",
    },
    {
      id: "cache-refused-final",
      when: { cache: ["refused"], DisablePostAuthorize: [true] },
      verdict: { do: "useCacheEntry" },
      because: "the CSMS refused the token before, and it may not be asked again",
      fix: "Clear the cache (ClearCache), or set AuthCacheCtrlr.DisablePostAuthorize to false.",
    },
    {
      id: "offline-unknown-allowed",
      when: { connection: ["offline"], OfflineTxForUnknownIdEnabled: [true] },
      verdict: { do: "answer", status: "Accepted" },
      because: "offline, and AuthCtrlr.OfflineTxForUnknownIdEnabled lets unknown tokens charge",
    },
    {
      id: "no-remote",
      when: { DisableRemoteAuthorization: [true] },
      verdict: unknown,
      because: "neither list nor cache accepts the token, and the CSMS may not be asked",
      fix: "Put the token into the local list, or set AuthCtrlr.DisableRemoteAuthorization to false.",
    },
    {
      id: "ask",
      when: { connection: ["online"] },
      verdict: { do: "askCsms" },
      because: "online: the CSMS decides",
    },
    {
      id: "offline-unknown",
      when: {},
      verdict: unknown,
      because: "offline, and neither list nor cache accepts the token",
      fix: "Restore the connection to the CSMS, put the token into the local list, or set AuthCtrlr.OfflineTxForUnknownIdEnabled to true.",
    },
  ],
};
