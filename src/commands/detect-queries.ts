import type { DetectQuery } from '../config/detect-config.ts';
import { PROFILES } from '../detectors/profiles.ts';
import { knownQueries } from '../fleet/known-queries.ts';
import type { WatchedQuery } from '../fleet/watched-query.ts';

/** What is to be asked for a configured query; a detector that is known may need several. */
export function watchedQueries(query: DetectQuery): readonly WatchedQuery[] {
  const { limit, limitQuery, loadQuery, startQuery, on } = query;
  const told = {
    ...(limit !== undefined && { limit }),
    ...(limitQuery !== undefined && { limitQuery }),
    ...(loadQuery !== undefined && { loadQuery }),
    ...(startQuery !== undefined && { startQuery }),
    ...(on !== undefined && { on }),
  };
  if ('detector' in query) {
    return knownQueries(query.detector, query.selector).map((known) => ({ ...known, ...told }));
  }
  const { name, profile, unit } = query;
  return [{ detector: name, settings: { ...PROFILES[profile], unit }, query: query.query, ...told }];
}
