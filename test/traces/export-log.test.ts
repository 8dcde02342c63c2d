import { describe, expect, it } from '@jest/globals';
import { createExportLog } from '../../src/traces/export-log.ts';
import { manualClock } from '../taps/tap-driver.ts';

function setUp(): {
  readonly lines: string[];
  readonly clock: ReturnType<typeof manualClock>;
  readonly exportLog: ReturnType<typeof createExportLog>;
} {
  const lines: string[] = [];
  const clock = manualClock();
  return {
    lines,
    clock,
    exportLog: createExportLog((level, message) => void lines.push(`${level} ${message}`), clock),
  };
}

describe('the log of the export', () => {
  it('says at once that the collector is gone, then once a minute, with the count of what it did not say', () => {
    const { lines, clock, exportLog } = setUp();
    for (let second = 0; second <= 60; second += 5) {
      exportLog.trouble('connect ECONNREFUSED');
      clock.advance(5000);
    }
    expect(lines).toEqual([
      'warn traces: connect ECONNREFUSED',
      'warn traces: connect ECONNREFUSED (11 more since the last line)',
    ]);
  });

  it('says once that it goes well again, and nothing as long as it always did', () => {
    const { lines, exportLog } = setUp();
    exportLog.recovered();
    expect(lines).toEqual([]);
    exportLog.trouble('x');
    exportLog.recovered();
    exportLog.recovered();
    expect(lines).toEqual(['warn traces: x', 'info traces: the collector takes spans again']);
  });

  it('shows what others wrote cut and without control characters', () => {
    const { lines, exportLog } = setUp();
    exportLog.trouble(`\u001b[31m${'x'.repeat(500)}`);
    expect(lines[0]).toBe(`warn traces: ·[31m${'x'.repeat(195)}`);
  });
});
