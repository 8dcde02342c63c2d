import type { BenchFigure, BenchMeasure, BenchScope } from '../model/bench-figure.ts';
import {
  errorRatio,
  type BenchFigures,
  type BenchLatency,
  type BenchRun,
  type BenchServer,
  type BenchSlice,
} from './bench-report.ts';

/** A figure of a run with the number of requests that it rests on. */
export interface MeasuredFigure extends BenchFigure {
  readonly requests: number;
}

/** Measures that are latencies, with their fields. */
export const LATENCY_MEASURES = [
  ['min', 'minMs'],
  ['p50', 'p50Ms'],
  ['p75', 'p75Ms'],
  ['p90', 'p90Ms'],
  ['p95', 'p95Ms'],
  ['p99', 'p99Ms'],
  ['p99.9', 'p999Ms'],
  ['max', 'maxMs'],
  ['mean', 'meanMs'],
] as const satisfies readonly (readonly [BenchMeasure, keyof BenchLatency])[];

/** What is known of one part of a run; what was not measured is left out. */
function figuresOf(scope: BenchScope, figures: BenchFigures, server: BenchServer = {}): MeasuredFigure[] {
  const { latency, requests } = figures;
  const known: readonly (readonly [BenchMeasure, number | undefined])[] = [
    ['throughput', figures.throughputPerSecond],
    ...LATENCY_MEASURES.map(([measure, field]) => [measure, latency?.[field]] as const),
    ['errors', errorRatio(figures)],
    ['cpu', server.cpuRatio?.average],
    ['memory', server.memoryBytes?.average],
    ['connections', server.connections?.average],
  ];
  return known.flatMap(([measure, value]) =>
    value === undefined ? [] : [{ scope, measure, value, requests }],
  );
}

/** Longest slice that can stand for a minute of the document's test, minutes of its time. */
const LONGEST_SLICE_MINUTES = 2.5;

/** The slices that the document's minutes fall into; the run may have been shorter by its time scale. */
function minutes({ slices = [], phases = [], plan }: BenchRun): MeasuredFigure[] {
  // Phases say it better.
  if (phases.length > 1) return [];
  const found = new Map<number, BenchSlice>();
  for (const slice of slices) {
    const from = slice.atSeconds / plan.timeScale / 60;
    const to = from + slice.durationSeconds / plan.timeScale / 60;
    if (to - from > LONGEST_SLICE_MINUTES) continue;
    for (let minute = Math.ceil(from); minute < to; minute += 1) found.set(minute, slice);
    // The minute at which the run ends has no slice of its own.
    if (slice === slices.at(-1)) found.set(Math.round(to), slice);
  }
  return [...found].flatMap(([minute, slice]): MeasuredFigure[] => {
    const scope = { of: 'minute', minute } as const;
    const { instances, requests } = slice;
    return [
      ...figuresOf(scope, slice, slice),
      ...(instances === undefined
        ? []
        : [{ scope, measure: 'instances', value: instances, requests } as const]),
    ];
  });
}

function scaling({ scaling: points = [] }: BenchRun): MeasuredFigure[] {
  const one = points.find(({ instances }) => instances === 1);
  return points.flatMap((point) => {
    const scope = { of: 'instances', instances: point.instances } as const;
    const efficiency =
      one === undefined || one.throughputPerSecond === 0
        ? []
        : [
            {
              scope,
              measure: 'efficiency',
              value: point.throughputPerSecond / (one.throughputPerSecond * point.instances),
              requests: point.requests,
            } as const,
          ];
    return [...figuresOf(scope, point), ...efficiency];
  });
}

/** Every figure of a run, by the part it belongs to; the run as a whole first. */
export function measuredFigures(run: BenchRun): readonly MeasuredFigure[] {
  const { tools, phases = [], hours = [], recovery } = run;
  return [
    ...figuresOf({ of: 'run' }, run, run.server),
    ...(recovery?.recovered === true
      ? [
          {
            scope: { of: 'run' },
            measure: 'recovery',
            value: recovery.seconds,
            requests: run.requests,
          } as const,
        ]
      : []),
    ...phases.flatMap((phase) => figuresOf({ of: 'phase', phase: phase.phase }, phase, phase)),
    ...hours.flatMap((hour) => figuresOf({ of: 'hour', hour: hour.hour }, hour, hour)),
    ...minutes(run),
    ...scaling(run),
    ...tools.flatMap(({ tool, batchSize, ...row }) =>
      figuresOf({ of: 'tool', tool, ...(batchSize !== undefined && { batchSize }) }, row),
    ),
  ];
}
