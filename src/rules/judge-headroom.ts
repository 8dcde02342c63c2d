import { documentTables } from '../baselines/document-tables.ts';
import { tierOf } from '../baselines/tier-of.ts';
import type { FigureReadings } from '../model/condition-readings.ts';
import { formatFigure } from '../model/format-figure.ts';
import type { HeadroomRow, PageHeadroom } from '../model/page-headroom.ts';
import { TIER_RESOURCES, type Tier, type TierResource } from '../model/tier.ts';
import type { Judgement } from './judge-health.ts';
import { TIER_SERIES } from './local-resources.ts';
import { thresholds } from './thresholds.ts';

const WINDOW_MS = 5 * 60_000;
const { near, reached } = thresholds.tier;

function judge(live: number | undefined, limit: number | undefined): Judgement {
  if (live === undefined) return { verdict: 'unknown', words: 'not known: nothing reads it' };
  if (limit === undefined) return { verdict: 'unknown', words: 'no tier is stated (server.tier)' };
  const ratio = live / limit;
  const words = `${formatFigure(ratio, 'ratio')} of the limit`;
  if (ratio > reached) return { verdict: 'bad', words: `${words}: it is reached` };
  return { verdict: ratio > near ? 'watch' : 'ok', words };
}

/** The smallest tier one instance of which takes the load with the room that the alerts leave; the largest where none does. */
function fitting(live: Readonly<Partial<Record<TierResource, number>>>): Tier | undefined {
  const tiers = documentTables.tiers.rows.map((row) => tierOf(row));
  const asked = (['requests_per_second', 'sessions', 'memory_bytes'] as const).filter(
    (resource) => live[resource] !== undefined,
  );
  if (asked.length === 0) return undefined;
  return (
    tiers.find(({ limits }) => asked.every((each) => (live[each] ?? 0) <= near * limits[each])) ??
    tiers.at(-1)
  );
}

const toPageTier = (tier: Tier | undefined): PageHeadroom['tier'] =>
  tier === undefined ? null : { number: tier.tier, name: tier.name };

function wordsOf(tier: Tier | undefined, fits: Tier | undefined): string {
  const present = fits === undefined ? '' : `The present load fits tier ${fits.tier} (${fits.name}).`;
  if (tier === undefined) return `No tier is stated (server.tier). ${present}`.trim();
  const more = fits !== undefined && fits.tier > tier.tier ? ' It has outgrown its own.' : '';
  return `It runs on tier ${tier.tier} (${tier.name}). ${present}${more}`.trim();
}

/** Holds the load of the last 5 minutes against the limits of the tier. */
export function judgeHeadroom(tier: Tier | undefined, { mean }: Pick<FigureReadings, 'mean'>): PageHeadroom {
  const live: Partial<Record<TierResource, number>> = {};
  const rows = TIER_RESOURCES.map((resource): HeadroomRow => {
    const { series, unit, name } = TIER_SERIES[resource];
    const value = mean(series, WINDOW_MS);
    if (value !== undefined) live[resource] = value;
    const limit = tier?.limits[resource];
    return {
      resource,
      name,
      unit,
      live: value ?? null,
      limit: limit ?? null,
      ratio: value === undefined || limit === undefined ? null : value / limit,
      series,
      ...judge(value, limit),
    };
  });
  const fits = fitting(live);
  return { tier: toPageTier(tier), fits: toPageTier(fits), words: wordsOf(tier, fits), rows };
}
