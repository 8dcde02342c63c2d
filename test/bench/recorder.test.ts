import { describe, expect, it } from '@jest/globals';
import { createRecorder } from '../../src/bench/recorder.ts';

describe('the stretches of a run', () => {
  it('begin with the request that is due at their beginning, whatever the clock showed when the run began', () => {
    // A reading of performance.now() that is no round number: sums with it and differences lose digits.
    const startMs = 123_457.789_012_3;
    const recorder = createRecorder({
      rows: 1,
      stageEndsMs: [1200, 2400],
      sliceMs: 600,
      hourMs: 300,
      keep: [],
    });
    for (let due = 0; due < 2400; due += 100 / 3) {
      const dueMs = startMs + due - startMs;
      recorder.record({ row: 0, dueMs, sentMs: dueMs, endMs: dueMs + 1, firstByteMs: undefined, kind: 'ok' });
    }
    const counts = [recorder.hours(), recorder.slices(), recorder.stages].map((stretches) =>
      stretches.map(({ tally }) => tally.requests()),
    );
    expect(counts).toEqual([Array(8).fill(9), Array(4).fill(18), [36, 36]]);
  });
});
