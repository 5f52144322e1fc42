/**
 * The grammar of a type as a row of steps, which is what straight-line code can be written from.
 *
 * Nearly every type of a V2G schema is such a row. Where the order of codes is not that of the row, or groups are nested, there is
 * no shape, and the interpreter does the work.
 */
import {
  type AttributeEvent,
  type ElementEvent,
  type Event,
  type Grammar,
  grammarOf,
  type Node,
  type Position,
  type TextEvent,
} from "../grammar.ts";
import type { ComplexType } from "../model.ts";
import { MOST_CODE_BITS } from "./run.ts";

export type ValueEvent = AttributeEvent | ElementEvent | TextEvent;

/** One place in the row: an attribute, the text, an element, a list, or a choice of them. */
export interface Step {
  /** What may come, in the order of codes; more than one for a choice. */
  readonly events: readonly ValueEvent[];
  /** First-level codes that this step occupies: the events and wildcards behind them. */
  readonly codes: number;
  readonly min: 0 | 1;
  /** More than 1 for a list, and Infinity. */
  readonly max: number;
  /** Bits of a code where this step is next and nothing of it was seen. */
  readonly width: number;
  /** Bits of a code where more of this step may come. */
  readonly loopWidth: number;
}

export interface Shape {
  readonly steps: readonly Step[];
  /** Bits of a code where only the end may come. */
  readonly endWidth: number;
  /** All properties, in schema order; text between children is left to the interpreter. */
  readonly keys: readonly string[];
  readonly mixed: boolean;
}

const NO_SHAPE: Shape | undefined = undefined;

export function shapeOf(type: ComplexType): Shape | undefined {
  const grammar = grammarOf(type);
  const steps: Step[] = [];
  for (let place = grammar.first; place; place = place.following) {
    const step = stepAt(grammar, place);
    if (!step || !inOrder(grammar, place) || !inOrder(grammar, { ...place, done: 1 })) return NO_SHAPE;
    steps.push(step);
  }
  const keys = grammar.keys.filter((key) => key !== "#text" || !grammar.mixedText);
  if (steps.some(({ width }) => width > MOST_CODE_BITS)) return NO_SHAPE;
  return { steps, endWidth: widthAt(grammar, undefined), keys, mixed: grammar.mixedText !== undefined };
}

function widthAt(grammar: Grammar, rest: Position | undefined): number {
  return grammar.at(rest, "content").width;
}

function stepAt(grammar: Grammar, place: Position): Step | undefined {
  const { node } = place;
  const leaves = leavesOf(node);
  if (!leaves || (node.min !== 0 && node.min !== 1)) return undefined;
  const events = leaves.filter((leaf) => "key" in leaf);
  if (events.length === 0 && node.min === 1) return undefined;
  return {
    events,
    codes: leaves.length,
    min: node.min,
    max: node.max,
    width: widthAt(grammar, place),
    loopWidth: widthAt(grammar, { ...place, done: 1 }),
  };
}

/** The events of a leaf, or of a choice of plain leaves; wildcards last, as their codes are. */
function leavesOf({ term }: Node): Event[] | undefined {
  if ("event" in term) return [term.event];
  const plain = term.nodes.every(({ min, max }) => min === 1 && max === 1);
  if (term.group === "sequence" || !plain) return undefined;
  const events = term.nodes.map((node) => ("event" in node.term ? node.term.event : undefined));
  if (!events.every((event) => event !== undefined)) return undefined;
  return [
    ...events.filter(({ kind }) => kind !== "wildcard"),
    ...events.filter(({ kind }) => kind === "wildcard").slice(0, 1),
  ];
}

/** Whether codes are numbered along the row from here on. Text between children comes last and is not taken by emitted code. */
function inOrder(grammar: Grammar, place: Position): boolean {
  const productions = grammar.at(place, "content").productions.filter(({ event }) => event !== grammar.mixedText);
  let next = 0;
  for (let at: Position | undefined = place; at; at = at.following) {
    if (at.done < at.node.max) {
      for (const event of leavesOf(at.node) ?? []) if (productions[next++]?.event !== event) return false;
    }
    if (at.done < at.node.min) return next === productions.length;
  }
  return productions[next]?.event.kind === "end";
}

/** A type that is one choice and nothing else, as the Body is of all messages: each alternative is a literal of its own. */
export function isSoleChoice({ steps }: Shape): boolean {
  const [step, ...others] = steps;
  return step !== undefined && others.length === 0 && step.events.length > 1 && step.max === 1;
}
