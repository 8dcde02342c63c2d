import type { DetectConfig, DetectQuery } from './detect-config.ts';
import type { FileContents } from './read-secrets.ts';
import { given } from './given.ts';
import type { Settings } from './schema.ts';
import { clientTls } from './to-backends.ts';
import { PROFILE_UNITS } from './to-detectors.ts';

type Query = Settings['detect']['queries'][number];

/** An entry whose form was checked. */
function toQuery(entry: Query): DetectQuery {
  const { limit, limitQuery, loadQuery, startQuery, on, detector } = entry;
  const shared = given({ limit: limit?.value, limitQuery, loadQuery, startQuery, on });
  if (detector !== undefined) return { ...shared, detector, selector: entry.selector ?? '' };
  const { name = '', query = '', profile = 'memory' } = entry;
  return { ...shared, name, query, profile, unit: entry.unit ?? PROFILE_UNITS[profile] };
}

/** The detectors over a fleet as configured. */
export function toDetect({ detect }: Settings, files: FileContents): DetectConfig {
  const { url, username, maxSeries, shard } = detect;
  return {
    ...given({
      url: url?.replace(/\/$/, ''),
      username,
      password: files.secrets.get('detect.password'),
      token: files.secrets.get('detect.token'),
    }),
    tls: clientTls(files.detectTls, detect.tls),
    queries: detect.queries.map(toQuery),
    intervalMs: detect.interval,
    stepMs: detect.step,
    historyMs: detect.history,
    delayMs: detect.delay,
    timeoutMs: detect.timeout,
    forgetMs: detect.forget,
    maxSeries,
    shard,
  };
}
