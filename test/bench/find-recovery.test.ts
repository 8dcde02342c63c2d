import { describe, expect, it } from '@jest/globals';
import { findRecovery, type TimedCall } from '../../src/bench/find-recovery.ts';
import { createRandom } from '../../src/bench/random.ts';

const PER_SECOND = 100;

/** Five minutes at 100 requests a second with latencies and failures as a function of the time. */
function stage(
  latencyMs: (atMs: number) => number,
  isOk: (atMs: number) => boolean = () => true,
): TimedCall[] {
  const random = createRandom(5);
  return Array.from({ length: 300 * PER_SECOND }, (_, i) => {
    const dueMs = (i * 1000) / PER_SECOND;
    // The noise of every server: most answers near the middle, one in a hundred three times as slow.
    const noise = random() < 0.01 ? 3 : 0.8 + 0.4 * random();
    return { dueMs, latencyMs: latencyMs(dueMs) * noise, isOk: isOk(dueMs) };
  });
}

const before = stage(() => 40);
const HOLD_MS = 30_000;
const recoveredAfter = (after: TimedCall[]) => findRecovery(before, after, 300_000, HOLD_MS);

describe('findRecovery', () => {
  const cases: readonly [name: string, after: TimedCall[], truthSeconds: number][] = [
    ['at once', stage(() => 40), 0],
    ['after a backlog of 145 s', stage((at) => (at < 145_000 ? 900 : 40)), 145],
    // What takes half as long again as the slowest before is slow: the latencies fall below that after some 93 s.
    ['when latency falls little by little', stage((at) => Math.max(40, 1500 - (at / 1000) * 15)), 93],
    [
      'after errors that come back fast',
      stage(
        () => 40,
        (at) => at > 60_000 || at % 500 < 400,
      ),
      60,
    ],
    [
      'despite one bad second much later',
      stage((at) => (at < 20_000 || (at > 200_000 && at < 201_000) ? 900 : 40)),
      20,
    ],
  ];
  it.each(cases)('finds the recovery %s within 5 s of the truth', (_name, after, truthSeconds) => {
    const found = recoveredAfter(after);
    expect(found).toMatchObject({ recovered: true });
    const seconds = found?.recovered === true ? found.seconds : Number.NaN;
    expect(Math.abs(seconds - truthSeconds)).toBeLessThanOrEqual(5);
  });

  it('says that a server has not recovered which is still slow at the end', () => {
    expect(recoveredAfter(stage(() => 900))).toEqual({ recovered: false, watchedSeconds: 300 });
  });

  it('takes no server for recovered that only pauses between two bad stretches', () => {
    const found = recoveredAfter(stage((at) => (at < 100_000 && at % 20_000 < 10_000 ? 900 : 40)));
    expect(found).toMatchObject({ recovered: true });
    expect(found?.recovered === true && found.seconds).toBeGreaterThan(85);
  });

  it('says nothing without a time before the spike', () => {
    expect(findRecovery([], before, 300_000, HOLD_MS)).toBeUndefined();
  });
});
