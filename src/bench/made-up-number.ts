import { numberIn, type Schema } from './json-schema.ts';
import { wholeBelow } from './random.ts';

/** Width of the range that numbers are drawn from, in steps of at least 1. */
const USUAL_RANGE = 100;

/** Makes up a number within the bounds of its schema. */
export function makeUpNumber(schema: Schema, isWhole: boolean, random: () => number): number {
  const step = numberIn(schema, 'multipleOf') ?? (isWhole ? 1 : 0.01);
  const above = numberIn(schema, 'exclusiveMinimum');
  const below = numberIn(schema, 'exclusiveMaximum');
  const lower = numberIn(schema, 'minimum') ?? above ?? -Infinity;
  const upper = numberIn(schema, 'maximum') ?? below ?? Infinity;
  // From 1 where that may be: bounds of a whole type say nothing, and what has room for a million is a limit or a wait.
  const usual = lower <= 1 && upper > 1 ? 1 : lower;
  const from = usual === -Infinity ? upper - USUAL_RANGE * Math.max(1, step) : usual;
  let first = Math.ceil(from / step - 1e-9);
  let last = Math.floor(Math.min(upper, from + USUAL_RANGE * Math.max(1, step)) / step + 1e-9);
  if (first * step === above) first += 1;
  if (last * step === below) last -= 1;
  const value = (first + wholeBelow(random, Math.max(1, last - first + 1))) * step;
  // A multiple of 0.01 has two digits, not seventeen.
  return isWhole ? Math.round(value) : Number(value.toPrecision(12));
}
