import { describe, expect, it } from '@jest/globals';
import { createRecorder } from '../../src/bench/recorder.ts';

describe('the stretches of a run', () => {
  it('begin with the request that is due at their beginning, whatever the clock showed when the run began', () => {
    // What differences of readings of performance.now() are wrong by, many hours after a process began.
    const lostMs = 1e-7;
    const recorder = createRecorder({
      rows: 1,
      stageEndsMs: [1200, 2400],
      sliceMs: 600,
      hourMs: 300,
      keep: [],
    });
    for (let n = 0; n < 72; n += 1) {
      const due = (n * 100) / 3;
      const dueMs = Math.max(0, due - lostMs);
      recorder.record({ row: 0, dueMs, sentMs: dueMs, endMs: dueMs + 1, firstByteMs: undefined, kind: 'ok' });
    }
    const counts = [recorder.hours(), recorder.slices(), recorder.stages].map((stretches) =>
      stretches.map(({ tally }) => tally.requests()),
    );
    expect(counts).toEqual([Array(8).fill(9), Array(4).fill(18), [36, 36]]);
  });
});
