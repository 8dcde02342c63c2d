import { downsample } from '../history/downsample.ts';
import type { RecentHistory } from '../history/recent-history.ts';
import type { PageRecent } from '../model/page-recent.ts';

const HOUR_MS = 3_600_000;
const STEP_MS = 60_000;

/** The last hour of some series, a value a minute; those that are not known are left out. */
export function recentSection(recent: RecentHistory, names: readonly string[], nowMs: number): PageRecent {
  const toMs = Math.floor((recent.newestMs ?? nowMs) / recent.stepMs) * recent.stepMs;
  const stride = STEP_MS / recent.stepMs;
  const known = [...new Set(names)].filter((name) => recent.has(name));
  return {
    fromMs: toMs - HOUR_MS + STEP_MS,
    stepMs: STEP_MS,
    values: Object.fromEntries(
      known.map((name) => [name, downsample(recent.read(name, toMs - HOUR_MS, toMs), stride).mean]),
    ),
  };
}
