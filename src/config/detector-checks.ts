import { parseSelector } from '../model/series-selector.ts';
import type { Conflict } from './conflict.ts';
import type { Settings } from './schema.ts';
import { seriesKinds, toCustomDetector } from './to-detectors.ts';

type Custom = Settings['detectors']['custom'][string];

function kindProblem(custom: Custom): string | undefined {
  const kinds = seriesKinds(custom);
  if (kinds.length === 1) return undefined;
  return `want one of sample, scrape and query, got ${kinds.length === 0 ? 'none' : kinds.join(' and ')}`;
}

function limitProblem(name: string, custom: Custom): string | undefined {
  const { profile, unit } = toCustomDetector(name, custom);
  const { limit } = custom;
  if (limit === undefined) {
    return profile === 'memory' || profile === 'connections'
      ? `want a limit for the profile ${profile}, got none`
      : undefined;
  }
  if (limit.unit === undefined || limit.unit === unit) return undefined;
  return `want a limit in ${unit}, got one in ${limit.unit}`;
}

function loadProblem({ load, query, sample }: Custom): string | undefined {
  if (load === undefined || query !== undefined) return undefined;
  try {
    const { name } = parseSelector(load);
    if (name !== undefined || sample === undefined) return undefined;
  } catch {
    // Told below.
  }
  const wanted = sample === undefined ? 'a selector of series' : 'a selector with the name of a metric';
  return `want ${wanted} as load, got ${JSON.stringify(load)}`;
}

function sourceProblem({ scrape, query }: Custom, { sources }: Settings): string | undefined {
  if (scrape !== undefined && sources.scrape.url === undefined)
    return 'want sources.scrape.url beside it, got none';
  if (query !== undefined && sources.prometheus.url === undefined)
    return 'want sources.prometheus.url beside it, got none';
  return undefined;
}

function refillConflicts({ detectors: { refill } }: Settings): Conflict[] {
  const name = refill.selector === undefined ? undefined : parseSelector(refill.selector).name;
  if (name === undefined) return [];
  const problem = `want matchers only such as {job="mcp-vitals"}, got the name ${name}`;
  return [{ names: ['detectors.refill.selector'], problem }];
}

/** Settings of the detectors that cannot be together. */
export function detectorConflicts(settings: Settings): Conflict[] {
  const custom = Object.entries(settings.detectors.custom).flatMap(([name, each]): Conflict[] => {
    const problem =
      kindProblem(each) ?? limitProblem(name, each) ?? loadProblem(each) ?? sourceProblem(each, settings);
    return problem === undefined ? [] : [{ names: ['detectors.custom'], problem: `${name}: ${problem}` }];
  });
  return [...custom, ...refillConflicts(settings)];
}
