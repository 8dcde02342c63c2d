import type { CustomDetector, DetectorsConfig } from '../config/detectors-config.ts';
import { BUILT_IN_WATCHES, latencyWatches } from '../detectors/built-in-watches.ts';
import { PROFILES } from '../detectors/profiles.ts';
import type { Reading, Watch } from '../detectors/watch.ts';
import { parseSelector } from '../model/series-selector.ts';

/** A counter is followed as its rate. */
const isCounter = (selector: string): boolean => parseSelector(selector).name?.endsWith('_total') === true;

/** Where a detector of the user's own reads one of its two figures: what is not ours, a source has put on our page. */
function readingOf({ name, kind }: CustomDetector, text: string, part: 'value' | 'load'): Reading {
  const selector = kind === 'sample' ? text : `mcp_detector_input{detector="${name}",part="${part}"}`;
  // What Prometheus is asked it can be asked of the past.
  if (kind === 'query') return { from: 'page', selector, past: text };
  return { from: 'page', selector, isCounter: isCounter(text) };
}

function customWatch(custom: CustomDetector): Watch {
  const { name, series, load, limit, unit } = custom;
  const profile = PROFILES[custom.profile];
  return {
    detector: name,
    series: '',
    // What counts as little is in the unit that the profile was made for.
    settings: { ...profile, unit, leastGrowth: unit === profile.unit ? profile.leastGrowth : 0 },
    value: readingOf(custom, series, 'value'),
    limits: limit === undefined ? [] : [{ fixed: limit }],
    load: load === undefined ? { from: 'requests' } : readingOf(custom, load, 'load'),
    needsLoad: false,
    // Of the server's own page, or of whatever a query asks for.
    endsWithProcess: custom.kind !== 'query',
  };
}

/**
 * Every series to follow.
 * @param tools bounded names of the tools that were called.
 */
export function detectorWatches(config: DetectorsConfig, tools: Iterable<string>): readonly Watch[] {
  return [
    ...BUILT_IN_WATCHES,
    ...config.custom.map(customWatch),
    ...[...tools].flatMap((tool) => latencyWatches(tool, config.latencyObjectives.get(tool)?.seconds)),
  ];
}
