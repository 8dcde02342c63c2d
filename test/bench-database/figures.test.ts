import { describe, expect, it } from '@jest/globals';
import { databaseBar, databaseFigures, type QueryCount } from '../../bench/database-figures.ts';
import type { DatabaseRun } from '../../bench/database-measure.ts';
import { readPgbenchReport } from '../../bench/database-pgbench.ts';

const SUMMARY = `pgbench (15.20)
transaction type: <builtin: select only>
scaling factor: 1
query mode: prepared
number of clients: 8
number of threads: 1
maximum number of tries: 1
duration: 1 s
number of transactions actually processed: 12345
number of failed transactions: 0 (0.000%)
latency average = 0.647 ms
initial connection time = 21.503 ms
tps = 12364.212304 (without initial connection time)
`;

describe('readPgbenchReport', () => {
  it('reads the summary', () => {
    expect(readPgbenchReport(SUMMARY)).toEqual({
      transactions: 12345,
      tps: 12364.212304,
      latencyMs: 0.647,
    });
  });

  it.each([
    [
      'a failed transaction',
      SUMMARY.replace('failed transactions: 0', 'failed transactions: 3'),
      /3 failures/,
    ],
    ['no transaction', SUMMARY.replace('12345', '0'), /want transactions and no failure, got 0/],
    ['a summary cut short', SUMMARY.slice(0, SUMMARY.indexOf('tps')), /want a line like \^tps/],
  ])('refuses %s', (_, output, message) => expect(() => readPgbenchReport(output)).toThrow(message));
});

const window = (rate: number, cpuSeconds: number | undefined): DatabaseRun => ({
  rate,
  latencyMs: 1,
  cpuSeconds,
  busyRatio: 0.5,
});

describe('the bar of the database tap', () => {
  const outcomes = (tap: DatabaseRun[], count: QueryCount | undefined) => {
    const runs = new Map([
      [
        'select simple',
        new Map([
          ['direct' as const, [window(4000, undefined), window(2000, undefined), window(1000, undefined)]],
          ['plain proxy' as const, [window(2000, 0.1), window(1000, 0.2), window(500, 0.4)]],
          ['tap' as const, tap],
        ]),
      ],
    ]);
    const bar = databaseBar(databaseFigures(runs), count);
    return Object.fromEntries(bar.map(({ title, outcome }) => [title, outcome]));
  };

  it('compares within each round, so that a machine that slows down plays no part', () => {
    const tap = [window(1900, 0.12), window(950, 0.24), window(475, 0.48)];
    expect(outcomes(tap, { sent: 1000, observed: 1002 })).toEqual({
      'rate, × plain proxy: select simple': 'pass',
      'CPU, × plain proxy: select simple': 'pass',
      'share of queries that the tap measured': 'pass',
    });
  });

  it('fails a tap that is slower, dearer or blind', () => {
    const tap = [window(1700, 0.14), window(850, 0.28), window(425, 0.56)];
    expect(outcomes(tap, { sent: 1000, observed: 999 })).toEqual({
      'rate, × plain proxy: select simple': 'FAIL',
      'CPU, × plain proxy: select simple': 'FAIL',
      'share of queries that the tap measured': 'FAIL',
    });
  });

  it('says what was not measured', () => {
    expect(outcomes([], undefined)).toEqual({ 'share of queries that the tap measured': 'not measured' });
  });
});
