import type { Config } from '../config/config.ts';
import { downsample, short, type Downsampled } from '../history/downsample.ts';
import type { RecentHistory } from '../history/recent-history.ts';
import type { Clock } from '../model/clock.ts';
import type { ReadSeries, SeriesAnswer, SeriesColumn, SeriesList } from '../model/page-series.ts';
import { seriesUnit } from '../model/series-unit.ts';
import { wholeSteps, type SeriesRequest } from '../status/series-request.ts';
import { createPrometheusPast, type PastValues } from './prometheus-past.ts';
import { seriesQuery } from './series-queries.ts';

/** Answers questions for series over a range of time. */
export interface SeriesDesk {
  readonly series: (request: SeriesRequest) => Promise<SeriesAnswer>;
  /** With a step of its own choice. */
  readonly read: ReadSeries;
  readonly list: () => SeriesList;
  readonly stop: () => Promise<void>;
}

/** Puts values of a Prometheus where there are none of our own; says whether one was. */
function fillGaps(columns: Downsampled, past: PastValues, timesMs: readonly number[]): boolean {
  let isFilled = false;
  for (const [at, timeMs] of timesMs.entries()) {
    const value = past.get(timeMs);
    if (value === undefined || columns.mean[at] !== null) continue;
    for (const column of [columns.mean, columns.min, columns.max]) column[at] = short(value);
    isFilled = true;
  }
  return isFilled;
}

/** @param parts what is remembered, and whose Prometheus is asked for what is older. */
export function createSeriesDesk(parts: {
  readonly history: RecentHistory;
  readonly config: () => Config;
  readonly clock: Clock;
}): SeriesDesk {
  const { history } = parts;
  const past = createPrometheusPast(parts);

  const tooOld = (oldestMs: number): string =>
    `what is older than ${new Date(oldestMs).toISOString()} is not remembered${past.isConfigured() ? '' : ' (page.history; sources.prometheus would be asked for it)'}`;

  const series = async ({ names, fromMs, toMs, stepMs }: SeriesRequest): Promise<SeriesAnswer> => {
    const stride = stepMs / history.stepMs;
    const timesMs = Array.from({ length: (toMs - fromMs) / stepMs }, (_, at) => fromMs + (at + 1) * stepMs);
    const oldestMs = history.oldestMs ?? parts.clock.wallMs();
    const isOlder = timesMs[0] !== undefined && timesMs[0] < oldestMs;
    const upToMs = Math.min(toMs, Math.ceil(oldestMs / stepMs) * stepMs);
    const { values, notes } =
      isOlder && past.isConfigured()
        ? await past.ask(names, { fromMs: fromMs + stepMs, toMs: upToMs, stepMs })
        : { values: new Map<string, PastValues>(), notes: isOlder ? [tooOld(oldestMs)] : [] };
    let [hasOwn, hasPast] = [false, false];
    // Only what can be there is read: a question may be for centuries.
    const heldFromMs = Math.min(toMs, Math.max(fromMs, oldestMs - history.stepMs));
    const heldToMs = Math.max(heldFromMs, Math.min(toMs, history.newestMs ?? oldestMs));
    const skipped = Math.floor((heldFromMs - fromMs) / history.stepMs);
    const columns = names.map((name): SeriesColumn => {
      const own = downsample(history.read(name, heldFromMs, heldToMs), stride, skipped, timesMs.length);
      hasOwn ||= own.mean.some((value) => value !== null);
      const asked = values.get(name);
      if (asked !== undefined && fillGaps(own, asked, timesMs)) hasPast = true;
      return { name, unit: seriesUnit(name), ...own };
    });
    const unknown = names
      .filter((name) => !history.has(name) && seriesQuery(name, stepMs, undefined) === undefined)
      .map((name) => `${name}: no such series is known`);
    const source = hasPast ? (hasOwn ? 'both' : 'prometheus') : 'own';
    return { fromMs, toMs, stepMs, timesMs, series: columns, source, notes: [...notes, ...unknown] };
  };

  return {
    series,
    read: ({ names, fromMs, toMs }) => series({ names, ...wholeSteps(fromMs, toMs, history.stepMs) }),
    list: () => ({
      fromMs: history.oldestMs ?? null,
      toMs: history.newestMs ?? null,
      stepMs: history.stepMs,
      series: history
        .names()
        .map((name) => ({ name, unit: seriesUnit(name) }))
        .toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    }),
    stop: past.stop,
  };
}
