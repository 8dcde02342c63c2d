import type { ShownEvidence } from '../../src/commands/render-evidence.ts';
import type { Verdict } from '../../src/model/verdict.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
const START = Date.UTC(2026, 10, 25, 18);

/** A verdict that nothing grows. */
export const quiet: Verdict = {
  state: 'none',
  atMs: START + 6 * HOUR,
  sinceMs: START,
  path: undefined,
  slopePerHour: undefined,
  growth: undefined,
  spanMs: undefined,
  watchedMs: 6 * HOUR,
  level: 48,
  limit: 1000,
  isLimitKnown: true,
  secondsToLimit: undefined,
  loadExplained: undefined,
  restarts: 0,
  lives: [],
  rules: [],
};

/** A leak with a restart, in hours and at last in bins of five minutes, with a gap. */
export const shown: ShownEvidence = {
  title: 'memory',
  series: 'memory_bytes{instance="mcp-1:9464", job="mcp"}',
  settings: { unit: 'bytes', direction: 'up' },
  verdict: {
    ...quiet,
    state: 'urgent',
    atMs: START + 50 * HOUR,
    sinceMs: START + 45 * HOUR,
    path: 'trend',
    slopePerHour: { low: 40 * MIB, best: 50 * MIB, high: 64 * MIB },
    growth: 1.5 * GIB,
    spanMs: 30 * HOUR,
    watchedMs: 38 * HOUR,
    level: 3 * GIB,
    limit: 4 * GIB,
    secondsToLimit: { low: 57_600, best: 73_728, high: 92_160 },
    loadExplained: 0.12,
    restarts: 1,
    lives: [{ fromMs: START, toMs: START + 12 * HOUR, slopePerHour: 47 * MIB }],
    rules: [
      { rule: 'growth', outcome: 'passed', text: 'grew 1.5 GiB in 30 h, 37 % of 4 GiB; want 205 MiB' },
      {
        rule: 'day_over_day',
        outcome: 'held',
        text: '63 % of the hours lie clearly above those of the day before; want 85 % on both days',
      },
    ],
  },
  evidence: {
    points: [
      ...Array.from({ length: 49 }, (_, hour) => ({
        atMs: START + (hour + 0.5) * HOUR,
        low: (1.1 + 0.05 * (hour < 12 ? hour : hour - 12)) * GIB,
        high: (1.2 + 0.05 * (hour < 12 ? hour : hour - 12)) * GIB,
        load: 30 + 20 * Math.sin((hour / 24) * 2 * Math.PI),
      })).filter((_, hour) => hour < 20 || hour > 22),
      ...Array.from({ length: 12 }, (_, bin) => ({
        atMs: START + 49 * HOUR + (bin + 0.5) * 5 * MINUTE,
        low: 2.95 * GIB,
        high: 3.05 * GIB,
        load: 30,
      })),
    ],
    fit: { fromMs: START + 20 * HOUR, from: 1.5 * GIB, toMs: START + 50 * HOUR, to: 2.95 * GIB },
    limit: 4 * GIB,
    restartsMs: [START + 12 * HOUR],
  },
};

/** Nothing but a level. */
export const bare: ShownEvidence = {
  title: 'connections',
  series: '',
  settings: { unit: 'count', direction: 'up' },
  verdict: quiet,
  evidence: {
    points: Array.from({ length: 72 }, (_, bin) => ({
      atMs: START + (bin + 0.5) * 5 * MINUTE,
      low: 48,
      high: 48,
      load: undefined,
    })),
    fit: undefined,
    limit: 1000,
    restartsMs: [],
  },
};

/** A falling series whose least is assumed, and that never gets there by the gentlest of its slopes. */
export const far: ShownEvidence = {
  title: 'throughput',
  series: '',
  settings: { unit: 'per_second', direction: 'down' },
  verdict: {
    ...quiet,
    state: 'watch',
    slopePerHour: { low: -0.1, best: 0.75, high: 1 },
    growth: 4.5,
    spanMs: 6 * HOUR,
    level: 395,
    limit: 200,
    isLimitKnown: false,
    secondsToLimit: { low: 702_000, best: 936_000, high: Infinity },
  },
  evidence: {
    ...bare.evidence,
    points: bare.evidence.points.map((point, bin) => ({
      ...point,
      low: 398 - bin / 12,
      high: 400 - bin / 12,
    })),
    fit: { fromMs: START, from: 399, toMs: START + 6 * HOUR, to: 394.5 },
    limit: undefined,
  },
};
