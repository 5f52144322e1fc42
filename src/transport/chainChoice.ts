/** Which of several certificate chains a client can check, by the authorities that its hello names. */
import type { ClientHello, TrustedAuthority } from "./clientHello.ts";
import type { ChainChoice, TlsCredentials } from "./ports.ts";

/**
 * The first chain below an authority that the client names, else the first: RFC 6066, 6 lets a server go on with any when it has
 * none that fits, and the client may know the authority all the same.
 */
export function chooseChain<C extends Pick<TlsCredentials, "authorities">>(
  hello: ClientHello | undefined,
  chains: readonly [C, ...C[]],
): { readonly chain: C; readonly why: ChainChoice["why"] } {
  const [first] = chains;
  const named = namedBy(hello);
  if (!named) return { chain: first, why: "the client names no authority" };
  const chain = chains.find(({ authorities = [] }) => authorities.some((authority) => named.has(keyOf(authority))));
  return chain ? { chain, why: "the client names its authority" } : { chain: first, why: "the client names others" };
}

/** Undefined when it names none. What was agreed on before is nothing that a charger could know. */
function namedBy(hello: ClientHello | undefined): ReadonlySet<string> | undefined {
  const { trustedAuthorities = [], certificateAuthorities = [] } = hello ?? {};
  const names = certificateAuthorities.map((value) => ({ kind: "x509_name", value }) as const);
  const all = [...trustedAuthorities, ...names].filter(({ kind }) => kind !== "pre_agreed");
  return all.length > 0 ? new Set(all.map(keyOf)) : undefined;
}

function keyOf(authority: TrustedAuthority): string {
  const value = "value" in authority ? authority.value : new Uint8Array(0);
  return `${authority.kind}:${Buffer.from(value).toString("latin1")}`;
}
