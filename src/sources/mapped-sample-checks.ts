import { SAMPLE_METRICS } from '../model/sample.ts';
import type { Sample, SampleName } from '../model/sample.ts';

/** A sample of ours before its value is known. */
export interface SampleTarget {
  readonly to: SampleName;
  readonly labels: Readonly<Record<string, string>>;
}

type Unchecked = {
  readonly name: SampleName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

const RATIOS: ReadonlySet<SampleName> = new Set([
  'cache_hit_rate',
  'connection_pool_usage',
  'mcp_process_cpu_ratio',
]);

function hasItsLabels(sample: Unchecked): sample is Sample {
  const wanted: readonly string[] = SAMPLE_METRICS[sample.name].labels;
  const labels = Object.keys(sample.labels);
  return labels.length === wanted.length && wanted.every((label) => (sample.labels[label] ?? '') !== '');
}

/** The series that a target becomes, e.g. `cache_hit_rate{cache_type="l1"}`: its name in messages, and unique. */
export function targetText({ to, labels }: SampleTarget): string {
  const pairs = Object.keys(labels)
    .toSorted()
    .map((label) => `${label}=${JSON.stringify(labels[label])}`);
  return pairs.length === 0 ? to : `${to}{${pairs.join(',')}}`;
}

/** Whether the metric is a ratio, and the value not one from 0 to 1. */
export const isOutOfRange = (to: SampleName, value: number): boolean =>
  RATIOS.has(to) && (value < 0 || value > 1);

/**
 * Makes the sample.
 * @throws Error if the labels are not those of the metric, e.g.
 * `cache_hit_rate: want the labels cache_type, got none`.
 */
export function toSample({ to, labels }: SampleTarget, value: number): Sample {
  const sample = { name: to, labels, value };
  if (hasItsLabels(sample)) return sample;
  const list = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));
  const got = Object.keys(labels).filter((label) => labels[label] !== '');
  throw new Error(`${to}: want the labels ${list(SAMPLE_METRICS[to].labels)}, got ${list(got)}`);
}

/**
 * Sees that each target has the labels of its metric and is wanted once.
 * @throws Error about the first that does not or is not.
 */
export function checkTargets(targets: readonly SampleTarget[]): void {
  const seen = new Set<string>();
  for (const target of targets) {
    toSample(target, 0);
    const text = targetText(target);
    if (seen.has(text)) throw new Error(`${text}: want one source of it, got a second`);
    seen.add(text);
  }
}
