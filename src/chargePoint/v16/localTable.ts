/**
 * OCPP 1.6, 3.5: may an idTag charge by the local authorization list or the cache, or must the CSMS be asked? Contracts that
 * are valid offline come here too ({@link contractTable}).
 */
import type { AuthorizationStatus } from "../../ocpp/v16/types.ts";
import type { DecisionTable } from "../decisionTable.ts";

export interface LocalFacts16 {
  /** A contract may be looked up here but not asked about as an idTag. */
  readonly token: "idTag" | "contract";
  readonly connection: "online" | "offline";
  /** Whether the token has no more than the 20 characters of an idTag (7.28). */
  readonly idTag: "fits" | "tooLong";
  /** The tag's entry in the local list; `none` also when the list is off or may not be used now. */
  readonly localList: "accepted" | "refused" | "none";
  /** The tag's entry in the cache; `none` also when it is off, may not be used now, is too old or does not accept. */
  readonly cache: "accepted" | "none";
  readonly AllowOfflineTxForUnknownId: boolean;
}

export type LocalVerdict16 =
  | { readonly do: "useListEntry" | "useCacheEntry" | "askCsms" }
  | { readonly do: "answer"; readonly status: AuthorizationStatus | "Unknown" };

const flags = [true, false] as const;
const fits = { idTag: ["fits"] } as const;
const unknown = { ...fits, localList: ["none"], cache: ["none"] } as const;
const unknownOffline = { token: ["idTag"], ...unknown, connection: ["offline"] } as const;
const correctList = "Correct the token's entry in the local list (SendLocalList).";

export const localTable: DecisionTable<LocalFacts16, LocalVerdict16> = {
  title: "Local list, cache and unknown tags in OCPP 1.6 (3.5)",
  facts: {
    token: ["idTag", "contract"],
    connection: ["online", "offline"],
    idTag: ["fits", "tooLong"],
    localList: ["accepted", "refused", "none"],
    cache: ["accepted", "none"],
    AllowOfflineTxForUnknownId: flags,
  },
  rows: [
    {
      id: "too-long",
      when: { idTag: ["tooLong"] },
      verdict: { do: "answer", status: "Unknown" },
      because: "the token has more than the 20 characters of an idTag",
      fix: "Use a shorter token, or OCPP 2.0.1.",
    },
    {
      id: "list-accepted",
      when: { ...fits, localList: ["accepted"] },
      verdict: { do: "useListEntry" },
      because: "the local list accepts the token",
    },
    {
      id: "contract-list-refused",
      when: { token: ["contract"], ...fits, localList: ["refused"] },
      verdict: { do: "answer", status: "Invalid" },
      because: "the local list does not accept the contract",
      fix: correctList,
    },
    {
      id: "list-refused-online",
      when: { token: ["idTag"], ...fits, localList: ["refused"], connection: ["online"] },
      verdict: { do: "askCsms" },
      because: "the local list does not accept the tag: the CSMS decides",
    },
    {
      id: "list-refused-offline",
      when: { token: ["idTag"], ...fits, localList: ["refused"], connection: ["offline"] },
      verdict: { do: "useListEntry" },
      because: "offline, and the local list does not accept the tag",
      fix: correctList,
    },
    {
      id: "cache-accepted",
      when: { ...fits, localList: ["none"], cache: ["accepted"] },
      verdict: { do: "useCacheEntry" },
      because: "the CSMS accepted the token before, and the cache still holds its answer",
    },
    {
      id: "contract-unknown",
      when: { token: ["contract"], ...unknown },
      verdict: { do: "answer", status: "Invalid" },
      because: "neither list nor cache accepts the contract",
      fix: "Restore the connection to the CSMS, or put the eMAID into the local list.",
    },
    {
      id: "ask",
      when: { token: ["idTag"], ...unknown, connection: ["online"] },
      verdict: { do: "askCsms" },
      because: "online: the CSMS decides",
    },
    {
      id: "offline-unknown-allowed",
      when: { ...unknownOffline, AllowOfflineTxForUnknownId: [true] },
      verdict: { do: "answer", status: "Accepted" },
      because: "offline, and Core.AllowOfflineTxForUnknownId lets unknown tags charge",
    },
    {
      id: "offline-unknown",
      when: { ...unknownOffline, AllowOfflineTxForUnknownId: [false] },
      verdict: { do: "answer", status: "Invalid" },
      because: "offline, and neither list nor cache accepts the tag",
      fix: "Restore the connection to the CSMS, put the tag into the local list, or set Core.AllowOfflineTxForUnknownId to true.",
    },
  ],
};
