import type { SeriesUnit } from '../model/verdict.ts';
import type { SampleTarget, ScrapeConfig, PrometheusConfig } from './backends-config.ts';
import type {
  CustomDetector,
  DetectorProfile,
  DetectorSeriesKind,
  DetectorsConfig,
  StateConfig,
} from './detectors-config.ts';
import { given } from './given.ts';
import type { Settings } from './schema.ts';
import { toEvidence } from './to-evidence.ts';

type Detectors = Settings['detectors'];
type Custom = Detectors['custom'][string];

/** The unit of a series where only its profile is told. */
export const PROFILE_UNITS: Readonly<Record<DetectorProfile, SeriesUnit>> = {
  memory: 'bytes',
  connections: 'count',
  latency: 'seconds',
  throughput: 'per_second',
};

/** The kinds of series that a custom detector names; it must be one. */
export const seriesKinds = (custom: Custom): readonly DetectorSeriesKind[] =>
  (['sample', 'scrape', 'query'] as const).filter((kind) => custom[kind] !== undefined);

/** The profile that was given, or the one that the unit or the metric's name speaks for. */
function profileOf({ profile, unit, sample, scrape, query }: Custom): DetectorProfile {
  if (profile !== undefined) return profile;
  const [name = ''] = /^[\w:]*/.exec(sample ?? scrape ?? query ?? '') ?? [];
  if (unit === 'bytes' || (unit === undefined && name.endsWith('_bytes'))) return 'memory';
  if (unit === 'seconds' || (unit === undefined && name.endsWith('_seconds'))) return 'latency';
  return 'connections';
}

/** A custom detector with all that follows from what was given. */
export function toCustomDetector(name: string, custom: Custom): CustomDetector {
  const [kind = 'sample'] = seriesKinds(custom);
  const profile = profileOf(custom);
  return {
    name,
    kind,
    series: custom[kind] ?? '',
    unit: custom.unit ?? PROFILE_UNITS[profile],
    profile,
    ...given({ load: custom.load, limit: custom.limit?.value }),
  };
}

const customOf = ({ detectors: { enabled, custom } }: Settings): readonly CustomDetector[] =>
  enabled ? Object.entries(custom).map(([name, each]) => toCustomDetector(name, each)) : [];

/** A custom detector's series and its load, as the samples that a source is to make for them. */
function inputs(
  settings: Settings,
  kind: DetectorSeriesKind,
): readonly (SampleTarget & { readonly text: string })[] {
  return customOf(settings)
    .filter((each) => each.kind === kind)
    .flatMap(({ name, series, load }) => {
      const target = (part: string): SampleTarget => ({
        to: 'mcp_detector_input',
        labels: { detector: name, part },
      });
      return [
        { ...target('value'), text: series },
        ...(load === undefined ? [] : [{ ...target('load'), text: load }]),
      ];
    });
}

/** What the server's page is to be read for on behalf of detectors. */
export const detectorMappings = (settings: Settings): ScrapeConfig['map'] =>
  inputs(settings, 'scrape').map(({ text, ...target }) => ({ ...target, from: { value: text } }));

/** What Prometheus is to be asked on behalf of detectors. */
export const detectorQueries = (settings: Settings): PrometheusConfig['queries'] =>
  inputs(settings, 'query').map(({ text, ...target }) => ({ ...target, query: text }));

/** The detectors as configured. */
export function toDetectors(settings: Settings): DetectorsConfig {
  const { enabled, interval, limits, latencyObjectives, refill } = settings.detectors;
  const { memory, ...counts } = limits;
  return {
    enabled,
    intervalMs: interval,
    limits: given({ memoryBytes: memory, ...counts }),
    latencyObjectives: new Map(
      Object.entries(latencyObjectives).map(([tool, ms]) => [tool, { seconds: ms / 1000 }]),
    ),
    custom: customOf(settings),
    refill: { enabled: refill.enabled, ...given({ selector: refill.selector }) },
    ...given({ evidence: toEvidence(settings) }),
  };
}

/** Where state is kept, if anywhere. */
export function toState({ state: { directory } }: Settings): StateConfig | undefined {
  return directory === undefined ? undefined : { directory };
}
