/** Certificate policies along a path (RFC 5280, 6.1), asked with any policy acceptable and none required from outside. */
import type { Certificate } from "./certificate.ts";

const ANY_POLICY = "2.5.29.32.0";

/** The leaves of RFC 5280's policy tree: a policy, and what may stand for it one certificate further down. */
type Tree = ReadonlyMap<string, ReadonlySet<string>>;

interface State {
  /** Undefined when no policy is valid for the path so far. */
  readonly tree: Tree | undefined;
  /** How many certificates further down an explicit policy, the end of mapping, the end of anyPolicy begins. */
  readonly explicit: number;
  readonly mapping: number;
  readonly any: number;
}

/** The certificate at which a path breaks its issuers' policy rules. @param path leaf first, the root last. */
export function policyFault(path: readonly Certificate[]): Certificate | undefined {
  const below = path.slice(0, -1).toReversed();
  const never = below.length + 1;
  let state: State = {
    tree: new Map([[ANY_POLICY, new Set([ANY_POLICY])]]),
    explicit: never,
    mapping: never,
    any: never,
  };
  for (const [i, certificate] of below.entries()) {
    const last = i === below.length - 1;
    state = { ...state, tree: nextTree(state, certificate, last) };
    if (last) state = wrapUp(state, certificate);
    if (state.explicit === 0 && !state.tree) return certificate;
    if (!last && mapsAny(certificate)) return certificate;
    if (!last) state = prepareNext(state, certificate);
  }
  return undefined;
}

/** 6.1.3 (d) and (e). */
function nextTree({ tree, any }: State, certificate: Certificate, last: boolean): Tree | undefined {
  const policies = certificate.policies?.asserted;
  if (!tree || !policies) return undefined;
  const expected = new Set([...tree.values()].flatMap((set) => [...set]));
  const next = new Map<string, ReadonlySet<string>>();
  for (const policy of policies) {
    if (policy !== ANY_POLICY && (expected.has(policy) || tree.has(ANY_POLICY))) next.set(policy, new Set([policy]));
  }
  const anyCounts = any > 0 || (!last && certificate.isSelfIssued);
  if (policies.includes(ANY_POLICY) && anyCounts) {
    for (const policy of expected) if (!next.has(policy)) next.set(policy, new Set([policy]));
  }
  return next.size > 0 ? next : undefined;
}

/** 6.1.4 (a). */
function mapsAny({ policies }: Certificate): boolean {
  return policies?.mappings?.some((pair) => pair.includes(ANY_POLICY)) ?? false;
}

/** 6.1.4 (b) and (h) to (j). */
function prepareNext(state: State, { policies = {}, isSelfIssued }: Certificate): State {
  const count = (left: number, bound = Number.POSITIVE_INFINITY) =>
    Math.min(isSelfIssued || left === 0 ? left : left - 1, bound);
  return {
    tree: state.tree && mapped(state.tree, policies.mappings ?? [], state.mapping > 0),
    explicit: count(state.explicit, policies.requireExplicit),
    mapping: count(state.mapping, policies.inhibitMapping),
    any: count(state.any, policies.inhibitAny),
  };
}

function mapped(tree: Tree, mappings: readonly (readonly [string, string])[], allowed: boolean): Tree | undefined {
  const next = new Map(tree);
  for (const issuerPolicy of new Set(mappings.map(([policy]) => policy))) {
    if (!allowed) next.delete(issuerPolicy);
    else if (tree.has(issuerPolicy) || tree.has(ANY_POLICY)) {
      const pairs = mappings.filter(([policy]) => policy === issuerPolicy);
      next.set(issuerPolicy, new Set(pairs.map(([, subjectPolicy]) => subjectPolicy)));
    }
  }
  return next.size > 0 ? next : undefined;
}

/** 6.1.5 (a) and (b). */
function wrapUp(state: State, { policies }: Certificate): State {
  const explicit = policies?.requireExplicit === 0 ? 0 : Math.max(0, state.explicit - 1);
  return { ...state, explicit };
}
