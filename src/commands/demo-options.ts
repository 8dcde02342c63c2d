import { DEMO_BREAKS, isDemoBreak, type DemoBreakName } from '../demo/demo-breaks.ts';

/** An option's value, with what was wrong with it. */
export interface ReadOption<T> {
  readonly value: T;
  readonly problems: readonly string[];
}

/** A rate that leaves two cores room: the database is a PostgreSQL in WASM. */
const DEFAULT_RATE_PER_SECOND = 40;

/** `--rate`: tool calls a second, above 0 and at most 1000. */
export function readRate(text: string | undefined): ReadOption<number> {
  const value = Number(text ?? DEFAULT_RATE_PER_SECOND);
  const isValid = value > 0 && value <= 1000;
  const problem = `--rate: want calls a second, above 0 and at most 1000, got ${text ?? ''}`;
  return { value, problems: isValid ? [] : [problem] };
}

/** `--break`: what is broken on purpose, separated by commas. */
export function readBreaks(text: string | undefined): ReadOption<readonly DemoBreakName[]> {
  const words = text?.split(',') ?? [];
  const value = words.filter(isDemoBreak);
  const known = Object.keys(DEMO_BREAKS).join(', ');
  const problem = `--break: want some of ${known}, separated by commas, got ${text ?? ''}`;
  return { value, problems: value.length === words.length ? [] : [problem] };
}
