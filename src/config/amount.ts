import { parseDuration } from './duration.ts';
import { parseSize } from './size.ts';

/** A limit as it was written: a bare number fits any series, a size one of bytes, a duration one of seconds. */
export interface Amount {
  /** Bytes of a size, seconds of a duration. */
  readonly value: number;
  readonly unit: 'bytes' | 'seconds' | undefined;
}

/** Reads a number above zero, a size such as `4GiB` or a duration such as `250ms`; undefined if it is none of them. */
export function parseAmount(given: number | string): Amount | undefined {
  const amount = typeof given === 'number' ? { value: given, unit: undefined } : parseText(given);
  return amount !== undefined && Number.isFinite(amount.value) && amount.value > 0 ? amount : undefined;
}

function parseText(text: string): Amount | undefined {
  const bytes = parseSize(text);
  if (bytes !== undefined) return { value: bytes, unit: 'bytes' };
  const ms = parseDuration(text);
  return ms === undefined ? undefined : { value: ms / 1000, unit: 'seconds' };
}
