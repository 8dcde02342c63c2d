import { quantile } from '../bench/statistics.ts';
import { labelOf } from './label.ts';
import type { LabelledSeries, Truth } from './labelled-series.ts';
import { followLoad } from './load.ts';
import type { Moment } from './moment.ts';
import type { DrawnParameters } from './parameters.ts';
import { Random } from './random.ts';
import type { SeriesId } from './series-id.ts';
import type { SeriesPlan } from './series-plan.ts';
import { scatterOf } from './scatter.ts';

const HOUR_MS = 3_600_000;
// A Monday, midnight UTC.
const FIRST_MS = Date.UTC(2026, 2, 2);

type Clock = { -readonly [K in keyof Moment]: Moment[K] };

/** What the label needs to know of the way the series went, noted every five minutes. */
interface Course {
  readonly hours: number[];
  readonly healthy: number[];
  /** Lost since the beginning, over all processes. */
  readonly lost: number[];
  readonly leakedPerLife: number[];
  readonly exhaustedHours: number[];
  plannedRestarts: number;
  leaked: number;
}

/** Turns a plan into samples, step by step, with everything by chance drawn from `random`. */
export function renderSeries(
  id: SeriesId,
  plan: SeriesPlan,
  parameters: DrawnParameters,
  random: Random,
  stepMs: number,
): LabelledSeries {
  const stepHours = stepMs / HOUR_MS;
  const most = Math.round(plan.hours / stepHours);
  const startMs = FIRST_MS + random.fork('start').integer(0, 28 * 24 * 3600) * 1000;
  const arrays = {
    values: new Float64Array(most),
    missing: new Uint8Array(most),
    loads: new Float64Array(most).fill(Number.NaN),
    startsMs: new Float64Array(most).fill(Number.NaN),
    limits: new Float64Array(most),
  };
  const loadAt = followLoad(plan.load, random.fork('load'));
  const parts = plan.parts.map((source, index) => source(random.fork(`part ${index}`)));
  const leak = plan.leak?.source(random.fork('leak'));
  const scatter = scatterOf(id.kind, plan, stepHours, random);
  const faults = random.fork('faults');
  const course: Course = {
    hours: [],
    healthy: [],
    lost: [],
    leakedPerLife: [],
    exhaustedHours: [],
    plannedRestarts: 0,
    leaked: 0,
  };
  const clock: Clock = {
    hour: 0,
    stepHours,
    age: 0,
    life: 0,
    dayHour: 0,
    weekday: 0,
    traffic: 1,
    leaking: -1,
  };
  const courseSteps = Math.max(1, Math.round(1 / 12 / stepHours));
  let bornHour = -plan.ageHours;
  let downUntilHour = -1;
  let nextRestart = 0;
  let lost = 0;
  let count = most;

  const restart = (hour: number): void => {
    course.leakedPerLife.push(course.leaked);
    course.leaked = 0;
    downUntilHour = hour + plan.restarts.downMinutes / 60;
    bornHour = downUntilHour;
    clock.life += 1;
  };

  for (let step = 0; step < most; step++) {
    const hour = step * stepHours;
    const atMs = startMs + step * stepMs;
    const dayMs = (atMs - FIRST_MS) % (7 * 24 * HOUR_MS);
    clock.hour = hour;
    clock.weekday = Math.floor(dayMs / (24 * HOUR_MS));
    clock.dayHour = (dayMs / HOUR_MS) % 24;
    while (hour >= (plan.restarts.hours[nextRestart] ?? Number.POSITIVE_INFINITY)) {
      nextRestart += 1;
      if (hour > (plan.leak?.startHour ?? Number.POSITIVE_INFINITY) + stepHours) course.plannedRestarts += 1;
      restart(hour);
    }
    clock.age = Math.max(0, hour - bornHour);
    clock.leaking = hour - Math.max(plan.leak?.startHour ?? Number.POSITIVE_INFINITY, bornHour);
    const load = loadAt(clock);
    clock.traffic = load.traffic;
    const limit = plan.limitChanges.reduce(
      (now, change) => (hour >= change.hour ? now * change.factor : now),
      plan.limit,
    );
    arrays.limits[step] = limit;

    let healthy = 0;
    for (const part of parts) healthy += part(clock);
    const isDown = hour < downUntilHour;
    const increment = leak === undefined || isDown ? 0 : leak(clock);
    course.leaked += scatter.lose(increment);
    lost += increment;
    if (step % courseSteps === 0) {
      course.hours.push(hour);
      course.healthy.push(Math.max(0, healthy));
      course.lost.push(lost);
    }
    const share = scatter.measure(Math.max(0, healthy)) + course.leaked;
    // Nobody waits for memory; a caller that finds every connection taken waits, until they are all gone for good.
    const needed = id.kind === 'memory' ? share : Math.max(0, healthy) + course.leaked;
    if (leak !== undefined && needed >= 1) {
      course.exhaustedHours.push(hour);
      if (plan.leak?.atLimit === 'end') {
        count = step + 1;
        arrays.values[step] = limit;
        break;
      }
      restart(hour);
    }
    arrays.values[step] = scatter.inUnits(Math.min(1, share));
    if (plan.load.isKnown) arrays.loads[step] = load.requestsPerSecond;
    if (plan.restarts.isTold) arrays.startsMs[step] = startMs + bornHour * HOUR_MS;
    if (isDown || faults.chance(plan.faults.lost)) arrays.missing[step] = 1;
    if (faults.chance(plan.faults.zeros)) arrays.values[step] = 0;
  }
  spoil(arrays, plan, stepHours);
  const hours = count * stepHours;
  return {
    id,
    parameters,
    startMs,
    stepMs,
    count,
    ...arrays,
    hours,
    truth: truthOf(id, plan, course, hours, bornHour),
  };
}

function spoil(
  { values, missing }: { readonly values: Float64Array; readonly missing: Uint8Array },
  { faults }: SeriesPlan,
  stepHours: number,
): void {
  const steps = (hour: number): number => Math.round(hour / stepHours);
  for (const { fromHour, hours } of faults.gaps) missing.fill(1, steps(fromHour), steps(fromHour + hours));
  for (const { fromHour, hours } of faults.unreadable) {
    values.fill(Number.NaN, steps(fromHour), steps(fromHour + hours));
  }
}

function truthOf(id: SeriesId, plan: SeriesPlan, course: Course, endHour: number, bornHour: number): Truth {
  const leakStartHour = plan.leak?.startHour;
  const since = (hour: number): number =>
    Math.max(
      0,
      course.hours.findIndex((at) => at >= hour),
    );
  const lastDay = since(Math.max(leakStartHour ?? 0, endHour - 24));
  const first = since(leakStartHour ?? 0);
  const healthy = course.healthy.slice(first);
  const lastHour = course.hours.at(-1) ?? 0;
  const lostInDay = (course.lost.at(-1) ?? 0) - (course.lost[lastDay] ?? 0);
  const daySpan = lastHour - (course.hours[lastDay] ?? 0);
  // The first may have begun before watching did, and before the leak.
  const lives = course.leakedPerLife.filter((leaked) => leaked > 0);
  const level = quantile(healthy, 0.5);
  const deviation =
    id.kind === 'memory' ? plan.noise : plan.count.scatter === 'calls' ? Math.sqrt(level / plan.limit) : 0;
  return labelOf({
    kind: id.kind,
    limit: plan.limit,
    endHour,
    ambiguity: plan.ambiguity,
    leakStartHour,
    exhaustedHours: course.exhaustedHours,
    restartsAtLimit: plan.leak?.atLimit === 'restart',
    plannedRestarts: course.plannedRestarts,
    lifeStartHour: Math.max(leakStartHour ?? 0, bornHour),
    leaked: course.leaked,
    leakedPerLife: lives.length === 0 ? 0 : quantile(lives, 0.5),
    pace: daySpan > 0 ? lostInDay / daySpan : 0,
    healthyHigh: quantile(course.healthy.slice(lastDay), 0.9),
    swing: quantile(healthy, 0.95) - quantile(healthy, 0.05) + 3.3 * deviation,
  });
}
