import type { BaselineTables } from './baseline-schema.ts';
import type { CapacityDemand } from './capacity-demand.ts';
import type { CapacityOption } from './capacity-option.ts';
import { machineName } from './plan-reasons.ts';
import { shortHeading } from './sourced.ts';

/** What no machine of the tables can do, whatever its number. */
export function impossibilities(
  tables: BaselineTables,
  options: readonly CapacityOption[],
  demand: CapacityDemand,
): string[] {
  const { p99Ms, errorRatio } = demand;
  const fastest = options.toSorted((a, b) => a.p99Ms.value - b.p99Ms.value)[0];
  const percent = (ratio: number) => `${Number((ratio * 100).toPrecision(3))} %`;
  const tooFewErrors =
    errorRatio !== undefined && errorRatio < tables.results.errorRatio
      ? [
          `errors: want at most ${percent(errorRatio)} of the requests, got ${percent(tables.results.errorRatio)} (${shortHeading(tables.results.source ?? 'results')}); no table states fewer under load`,
        ]
      : [];
  const none = options.every(({ problems }) => problems.length > 0);
  if (!none) return tooFewErrors;
  const tooSlow =
    p99Ms !== undefined && fastest !== undefined && fastest.p99Ms.value > p99Ms
      ? [
          `P99: want at most ${p99Ms} ms, got ${Math.round(fastest.p99Ms.value)} ms at best (${machineName(fastest)})`,
        ]
      : [];
  const rest = options.map((option) => `${option.vcpus} vCPUs: ${option.problems.join('; ')}`);
  return [...tooFewErrors, ...(tooSlow.length > 0 ? tooSlow : rest)];
}

/** Less load is faster: the tests that show it, if one of them was fast enough. No table tells what lies between. */
export function hintsFor(
  { endurance, spike, environment }: BaselineTables,
  { p99Ms = Infinity }: CapacityDemand,
): string[] {
  const [hour] = endurance.rows;
  const [quiet] = spike.phases;
  const seen = [
    { source: endurance.source ?? 'endurance', perSecond: hour?.throughputPerSecond, ms: hour?.p99Ms },
    { source: spike.source ?? 'spike', perSecond: quiet?.actualPerSecond, ms: quiet?.p99Ms },
  ].filter(({ ms = Infinity }) => ms <= p99Ms && Number.isFinite(p99Ms));
  return seen
    .slice(0, 1)
    .map(
      ({ source, perSecond, ms }) =>
        `${shortHeading(source)}: one instance of ${environment.vcpus} vCPUs had a P99 of ${ms} ms at ${perSecond} requests/s. The tables of scaling were measured at full load: with less on each instance it may be had, but they do not say how much; measure it with bench.`,
    );
}
