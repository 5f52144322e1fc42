/** Arguments of script commands. */
import { UserError } from "../../util/errors.ts";

/** @throws UserError for what is no number from `min` to `max`. */
export function number(text: string, min = -Infinity, max = Infinity): number {
  const value = text === "" ? Number.NaN : Number(text);
  if (value >= min && value <= max && Number.isFinite(value)) return value;
  throw new UserError(`'${text}' is not ${describeRange("a number", min, max)}`);
}

/** @throws UserError for what is no integer of at least `min`. */
export function integer(text: string, min = -Infinity): number {
  const value = number(text, min);
  if (Number.isInteger(value)) return value;
  throw new UserError(`'${text}' is not an integer`);
}

/** @throws UserError for what is not among `words`. */
export function oneOf<const Word extends string>(text: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new UserError(`'${text}' is not one of ${words.join(", ")}`);
}

function describeRange(noun: string, min: number, max: number): string {
  if (max !== Infinity) return `${noun} from ${min} to ${max}`;
  return min === -Infinity ? noun : `${noun} of at least ${min}`;
}
