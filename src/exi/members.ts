import { type Event, grammarOf, type Node } from "./grammar.ts";
import { oncePer } from "./memo.ts";
import type { AnyType } from "./model.ts";

export type Keyed = Extract<Event, { key: string }>;

/** Everything that an object of a complex type may hold, by its key. */
export const membersOf: (type: AnyType) => ReadonlyMap<string, Keyed> = oncePer(
  (type) => new Map(collect(type).map((event) => [event.key, event])),
);

function collect(type: AnyType): Keyed[] {
  const grammar = grammarOf(type);
  const found: Keyed[] = [];
  for (let place = grammar.first; place; place = place.following) gather(place.node, found);
  if (grammar.mixedText) found.push(grammar.mixedText);
  return found;
}

function gather({ term }: Node, found: Keyed[]): void {
  if ("group" in term) for (const node of term.nodes) gather(node, found);
  else if ("key" in term.event) found.push(term.event);
}
