import fc from 'fast-check';
import type { ExchangeCase } from './exchange-case.ts';
import { seed } from './seed.ts';

const MAX_AT_ONCE = 200;
const RUNS_PER_ROUND = 10;
/** A failure looks for a smaller case no longer than this. */
const SHRINK_MS = 15_000;

/**
 * Checks a property of exchanges, many at once, in rounds until enough of them were sent.
 * A failure names the seed of its round: as FAST_CHECK_SEED it makes that round the first.
 *
 * @param enough how many exchanges are sent at least
 * @param check sends the exchanges and throws if something is wrong with them
 */
export async function checkExchanges<Case extends ExchangeCase>(
  exchange: fc.Arbitrary<Case>,
  enough: number,
  check: (some: readonly Case[]) => Promise<void>,
): Promise<void> {
  const exchanges = fc.array(exchange, { minLength: 1, maxLength: MAX_AT_ONCE, size: 'max' });
  const progress = { checked: 0 };
  let shrinkUntilMs = Infinity;
  const property = fc.asyncProperty(exchanges, async (some) => {
    // A case that is not tried counts as one that does not fail: what is the smallest by then is reported.
    fc.pre(performance.now() < shrinkUntilMs);
    try {
      await check(some);
    } catch (error) {
      shrinkUntilMs = Math.min(shrinkUntilMs, performance.now() + SHRINK_MS);
      throw error;
    }
    progress.checked += some.length;
  });
  for (let round = 0; progress.checked < enough; round++) {
    await fc.assert(property, { seed: seed + round, numRuns: RUNS_PER_ROUND });
  }
}
