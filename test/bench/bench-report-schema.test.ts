import { describe, expect, it } from '@jest/globals';
import { readBenchReport } from '../../src/bench/read-bench-report.ts';
import { renderBenchJson } from '../../src/bench/render-json.ts';
import { figures, latency, report, run } from './sample-runs.ts';

const problems = (value: unknown): readonly string[] => {
  const read = readBenchReport('old.json', JSON.stringify(value));
  return read.ok ? [] : read.problems;
};

describe('a report', () => {
  const whole = report(
    run({
      profile: 'spike',
      ...figures(5000, 7, 850, 45),
      errors: { timeout: 3, database_deadlock: 4 },
      intendedPerSecond: 850,
      timeToFirstByte: latency(3),
      serviceTime: latency(40),
      lateStarts: { requests: 3, maxMs: 4.5 },
      server: { cpuRatio: { average: 0.5, max: 0.9 }, connections: { average: 5, max: 9 } },
      tools: [{ tool: 'process_batch', batchSize: 10, ...figures(10, 0, 85, 45) }],
      slices: [{ atSeconds: 0, durationSeconds: 10, instances: 2, ...figures(10, 0, 85, 45) }],
      phases: [{ phase: 'spike', durationSeconds: 10, ...figures(10, 1, 85, 45) }],
      hours: [{ hour: 1, durationSeconds: 10, ...figures(10, 1, 85, 45) }],
      recovery: { recovered: false, watchedSeconds: 300 },
      scaling: [{ instances: 2, ...figures(10, 1, 85, 45) }],
      verdicts: [{ detector: 'memory', state: 'watch', text: 'grows by 5 MiB an hour' }],
      end: { how: 'interrupted', why: 'Ctrl-C after 12 s of 30 min' },
    }),
  );

  it('reads back as it was written, whatever was the order of its fields', () => {
    const turned = Object.fromEntries(Object.entries(whole.runs[0] ?? {}).toReversed());
    const text = renderBenchJson({ ...whole, runs: [turned as (typeof whole.runs)[number]] });
    expect(text).toBe(renderBenchJson(whole));
    const read = readBenchReport('old.json', text);
    expect(read).toEqual({ ok: true, value: whole });
    expect(text.indexOf('database_deadlock')).toBeLessThan(text.indexOf('timeout'));
  });

  it.each([
    ['not JSON', 'old.json: want a report of bench as JSON, got no JSON'],
    [
      '{"schemaVersion":1}',
      'old.json version: want a version of 1 to 60 characters in one line, got nothing',
    ],
    ['[]', 'old.json: want a mapping, got a list of 0'],
  ])('%s gets a clear line', (text, line) => {
    const read = readBenchReport('old.json', text);
    expect(read.ok ? [] : read.problems).toContain(line);
  });

  it.each([
    [
      { ...whole, schemaVersion: 2 },
      'old.json schemaVersion: want 1, the version of the schema that this program reads, got 2',
    ],
    [
      report(run({ requests: 4000 })),
      'old.json runs[0].requests: want the sum of ok (5000) and errors (0), got 4000',
    ],
    [
      report(run({ latency: { ...latency(45), p99Ms: 100 } })),
      'old.json runs[0].latency.p95Ms: want at most p99Ms (100), got 135',
    ],
    [
      report(run({ target: { address: 'a\u001b[31mb' } })),
      'old.json runs[0].target.address: want an address of 1 to 500 characters in one line, got "a\\u001b[31mb"',
    ],
    [
      report({ ...run(), startedAt: 'yesterday' }),
      'old.json runs[0].startedAt: want a time of ISO 8601 in UTC, got "yesterday"',
    ],
    [{ ...whole, runs: [{ ...run(), p99: 5 }] }, 'old.json runs[0].p99: unknown field'],
  ])('with a mistake gets its line', (value, line) => {
    expect(problems(value)).toEqual([line]);
  });

  it('gets a line for each of its mistakes', () => {
    expect(
      problems(
        report({ ...run(), durationSeconds: -1, era: 'old' as 'modern', bytes: { sent: 0.5, received: 0 } }),
      ),
    ).toEqual([
      'old.json runs[0].era: want one of legacy, modern, got "old"',
      'old.json runs[0].durationSeconds: want seconds of 0 or more, got -1',
      'old.json runs[0].bytes.sent: want a whole number of bytes of 0 or more, got 0.5',
    ]);
  });
});
