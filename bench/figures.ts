import type { Observations } from './measure.ts';
import type { TargetName } from './targets.ts';
import { spreadOf, type Spread } from './statistics.ts';

/** Latency of a target at one rate in milliseconds, and what it adds to the direct way in the same round. */
export interface LatencyFigures {
  readonly ratePerSecond: number;
  readonly p50Ms: Spread;
  readonly p99Ms: Spread;
  readonly addedP50Ms: Spread;
  readonly addedP99Ms: Spread;
}

/** Figures of one target; a part that was not measured is left out. */
export interface TargetFigures {
  readonly name: TargetName;
  /** CPU seconds for 1,000 requests at full load. */
  readonly cpuSeconds?: Spread;
  /** Requests per second that one core could carry at that cost. */
  readonly ratePerCore?: number;
  /** Share of one core that the target used at full load; below 1 the generator was the limit. */
  readonly busyRatio?: Spread;
  readonly latency: readonly LatencyFigures[];
  readonly eventP50Ms?: Spread;
  readonly addedEventP50Ms?: Spread;
  /** Null if the head of a quiet stream did not come. */
  readonly quietHeadMs?: number | null;
  readonly memory: readonly {
    readonly streams: number;
    readonly rssBytes: number;
    /** Growth since no stream in units of 1,024 bytes; left out for no stream. */
    readonly kibPerStream?: number;
  }[];
}

// The difference to the direct way round by round, so that a slow phase of the machine cancels out.
function added(values: readonly number[], direct: readonly number[] | undefined): Spread {
  return spreadOf(values.map((value, round) => value - (direct?.[round] ?? Number.NaN)));
}

function latencyFigures(own: Observations, direct: Observations | undefined): LatencyFigures[] {
  return [...own.openLoop].map(([ratePerSecond, reports]) => {
    const directReports = direct?.openLoop.get(ratePerSecond);
    const p50 = reports.map((report) => report.p50Ms);
    const p99 = reports.map((report) => report.p99Ms);
    return {
      ratePerSecond,
      p50Ms: spreadOf(p50),
      p99Ms: spreadOf(p99),
      addedP50Ms: added(
        p50,
        directReports?.map((report) => report.p50Ms),
      ),
      addedP99Ms: added(
        p99,
        directReports?.map((report) => report.p99Ms),
      ),
    };
  });
}

/** Sums up what was seen of one target, beside what was seen of the direct way. */
export function figuresOf(
  name: TargetName,
  own: Observations,
  direct: Observations | undefined,
): TargetFigures {
  const cpuSeconds = spreadOf(own.fullLoad.map(({ cpuSeconds: used, requests }) => (used / requests) * 1000));
  const eventP50 = own.events.map(({ p50Ms }) => p50Ms);
  const idle = own.memory.find(({ streams }) => streams === 0);
  return {
    name,
    ...(own.fullLoad.length > 0 && {
      cpuSeconds,
      ratePerCore: 1000 / cpuSeconds.median,
      busyRatio: spreadOf(own.fullLoad.map((report) => report.cpuSeconds / report.seconds)),
    }),
    latency: latencyFigures(own, direct),
    ...(eventP50.length > 0 && {
      eventP50Ms: spreadOf(eventP50),
      addedEventP50Ms: added(
        eventP50,
        direct?.events.map(({ p50Ms }) => p50Ms),
      ),
    }),
    ...(own.quietHeadMs !== undefined && { quietHeadMs: own.quietHeadMs }),
    memory: own.memory.map((point) => ({
      ...point,
      ...(idle !== undefined &&
        point.streams > 0 && { kibPerStream: (point.rssBytes - idle.rssBytes) / point.streams / 1024 }),
    })),
  };
}
