import { describe, expect, it } from '@jest/globals';
import { checkBar } from '../../bench/bar.ts';
import { figuresOf } from '../../bench/figures.ts';
import { noObservations, rotated, type Observations } from '../../bench/measure.ts';
import { quantile, spreadOf } from '../../bench/statistics.ts';

function observed(cpuSeconds: number, p50Ms: number, p99Ms: number): Observations {
  const load = { requests: 1000, seconds: 1, cpuSeconds, failures: [] };
  const latency = { requests: 850, unanswered: 0, p50Ms, p99Ms, maxMs: 9, lateP50Ms: 0.1, failures: [] };
  return { ...noObservations(), fullLoad: [load], openLoop: new Map([[850, [latency]]]) };
}

describe('checkBar', () => {
  const direct = observed(0, 0.25, 1);
  const outcomes = (sidecar: Observations): Record<string, string> => {
    const figures = [
      figuresOf('nginx', observed(0.02, 0.5, 1.5), direct),
      figuresOf('http-proxy-3', observed(0.2, 0.75, 3), direct),
      figuresOf('sidecar', sidecar, direct),
    ];
    return Object.fromEntries(checkBar(figures, undefined).map(({ title, outcome }) => [title, outcome]));
  };

  it('passes a sidecar within every limit and says what was not measured', () => {
    expect(outcomes(observed(0.1, 0.625, 2))).toMatchObject({
      'CPU per request, × http-proxy-3': 'pass',
      'added P50 at 850/s, × nginx': 'pass',
      "added P99 at 850/s, ms (limit: http-proxy-3's)": 'pass',
      "added P99 at 1890/s, ms (limit: http-proxy-3's)": 'not measured',
      'KB per idle stream at 5,000': 'not measured',
    });
  });

  it('fails a sidecar beyond the limits, counting only what is added to the direct way', () => {
    expect(outcomes(observed(0.15, 0.75, 3.5))).toMatchObject({
      'CPU per request, × http-proxy-3': 'FAIL',
      'added P50 at 850/s, × nginx': 'FAIL',
      "added P99 at 850/s, ms (limit: http-proxy-3's)": 'FAIL',
    });
  });

  it('fails a sidecar that keeps the head of a quiet stream back', () => {
    const title = 'head of a quiet stream, ms';
    expect(outcomes({ ...observed(0.1, 0.6, 2), quietHeadMs: null })[title]).toBe('FAIL');
    expect(outcomes({ ...observed(0.1, 0.6, 2), quietHeadMs: 1.5 })[title]).toBe('pass');
  });
});

it('takes quantiles by nearest rank and the median of an even number between the middle two', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2);
  expect(quantile([4, 1, 3, 2], 0.99)).toBe(4);
  expect(quantile([], 0.5)).toBeNaN();
  expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
});

it('starts each round with another target', () => {
  expect([0, 1, 2, 3].map((round) => rotated(['a', 'b', 'c'], round).join(''))).toEqual([
    'abc',
    'bca',
    'cab',
    'abc',
  ]);
});
