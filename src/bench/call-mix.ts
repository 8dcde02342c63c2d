import type { PlannedCall } from './planned-call.ts';
import { wholeBelow } from './random.ts';

/** A tool in the mix, with the calls that are made of it. */
export interface MixRow {
  readonly tool: string;
  readonly batchSize?: number;
  /** Share of the calls; all shares make 1. */
  readonly share: number;
  /** At least one; drawn at random. */
  readonly calls: readonly PlannedCall[];
}

/**
 * Makes a source of calls in the shares of the rows.
 * @param random numbers in [0, 1).
 */
export function drawFrom(rows: readonly MixRow[], random: () => number): () => PlannedCall {
  const bounds: number[] = [];
  for (const { share } of rows) bounds.push((bounds.at(-1) ?? 0) + share);
  return () => {
    const luck = random() * (bounds.at(-1) ?? 1);
    const at = bounds.findIndex((bound) => luck < bound);
    const row = rows[at < 0 ? rows.length - 1 : at];
    const call = row?.calls[wholeBelow(random, row.calls.length)];
    if (call === undefined) throw new Error('call mix: want a tool to call, got none');
    return call;
  };
}
