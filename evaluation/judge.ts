import type { SeriesSample } from '../src/detectors/detector-settings.ts';
import type { LabelledSeries, Truth } from './labelled-series.ts';
import type { MethodGroup } from './method.ts';
import type { DrawnParameters } from './parameters.ts';
import type { SeriesId } from './series-id.ts';

/** A time of alarm, in hours since the first sample. */
export interface Episode {
  readonly fromHour: number;
  toHour: number;
}

/** What each method made of one series. */
export interface JudgedSeries {
  readonly id: SeriesId;
  readonly parameters: DrawnParameters;
  readonly hours: number;
  readonly truth: Truth;
  /** Alarms by the name of the method. */
  readonly episodes: Readonly<Record<string, readonly Episode[]>>;
}

const HOUR_MS = 3_600_000;
/** How often rules and detectors are evaluated. */
export const EVALUATION_MS = 900_000;
/** Alarms with less between them are one: nobody counts a hesitation as two. Holds for every method. */
export const JOINED_HOURS = 3;

/** Hands over the samples of a series up to each evaluation in turn; none comes after the last sample. */
export function replay(
  series: LabelledSeries,
  add: (sample: SeriesSample) => void,
  evaluate: (nowMs: number) => void,
): void {
  const known = (value: number | undefined): number | undefined =>
    value === undefined || Number.isNaN(value) ? undefined : value;
  let dueMs = series.startMs + EVALUATION_MS;
  for (let step = 0; step < series.count; step++) {
    const atMs = series.startMs + step * series.stepMs;
    while (atMs >= dueMs) {
      evaluate(dueMs);
      dueMs += EVALUATION_MS;
    }
    if (series.missing[step] === 1) continue;
    add({
      atMs,
      value: series.values[step] ?? Number.NaN,
      load: known(series.loads[step]),
      startedAtMs: known(series.startsMs[step]),
      limit: known(series.limits[step]),
    });
  }
}

/** Lets all methods follow the series at once and notes when each raised an alarm. */
export function judgeSeries(series: LabelledSeries, groups: readonly MethodGroup[]): JudgedSeries {
  const followers = groups.map((group) => ({ group, follower: group.follow(series.id.kind) }));
  const episodes: Record<string, Episode[]> = Object.fromEntries(
    groups.flatMap(({ names }) => names.map((name) => [name, []])),
  );
  replay(
    series,
    (sample) => {
      for (const { follower } of followers) follower.add(sample);
    },
    (nowMs) => {
      const hour = (nowMs - series.startMs) / HOUR_MS;
      for (const { group, follower } of followers) {
        follower.evaluate(nowMs).forEach((isAlarm, index) => {
          if (isAlarm) noteAlarm(episodes[group.names[index] ?? ''] ?? [], hour);
        });
      }
    },
  );
  const { id, parameters, hours, truth } = series;
  return { id, parameters, hours, truth, episodes };
}

function noteAlarm(episodes: Episode[], hour: number): void {
  const last = episodes.at(-1);
  if (last !== undefined && hour - last.toHour <= JOINED_HOURS) last.toHour = hour;
  else episodes.push({ fromHour: hour, toHour: hour });
}
