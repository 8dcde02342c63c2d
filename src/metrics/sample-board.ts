import { Counter, Gauge, type Registry } from '@prometheus-io/client';
import { SAMPLE_METRICS, type Sample, type SampleLabel, type SampleName } from '../model/sample.ts';
import { CATALOG, type MetricName } from './catalog.ts';
import type { LabelOf } from './instruments.ts';

/** Names of samples whose labels are not those of the catalog: the compiler holds it to be none. */
type Differing = {
  [Name in SampleName]: [SampleLabel<Name>, LabelOf<Name>] extends [LabelOf<Name>, SampleLabel<Name>]
    ? never
    : Name;
}[SampleName];

/** What sources measured last: all of it is on the next exposition, and nothing else. */
export interface SampleBoard {
  /** Puts up what a source measured, in place of what it had put up before. */
  readonly put: (source: string, samples: readonly Sample[]) => void;
  /** Puts up one metric that is measured anew at each exposition. */
  readonly putLive: (source: string, name: SampleName, read: () => readonly Sample[]) => void;
  /** Takes down everything of a source. */
  readonly clear: (source: string) => void;
  /** What is on the board of a metric; of samples with equal labels only that of the source of the higher rank. */
  readonly samplesOf: (name: SampleName) => readonly Sample[];
}

/**
 * Sources from the highest rank to the lowest: what the sidecar sees itself, then what it asks a program about, then
 * what others have measured.
 */
export const SOURCE_RANKS: readonly string[] = [
  'database',
  'process',
  'postgres',
  'redis',
  'scrape',
  'prometheus',
];

const isName = (name: string): name is Exclude<SampleName, Differing> & MetricName => name in SAMPLE_METRICS;

const labelsText = ({ labels }: Sample): string =>
  JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => a.localeCompare(b)));

/**
 * Makes the board and the metrics that show it. Gauges are not set but made
 * anew at each exposition, so that what nobody measures any more is absent
 * instead of frozen; counters show the totals of where they are counted.
 * @param onClash told once of each series that two sources fill; the one of the lower rank is left out.
 * @param ranks sources from the highest rank to the lowest; any other comes after them, by name.
 */
export function createSampleBoard(
  registry: Registry,
  onClash: (text: string) => void,
  ranks: readonly string[] = SOURCE_RANKS,
): SampleBoard {
  const entries = new Map<string, (name: SampleName) => readonly Sample[]>();
  const told = new Set<string>();
  const rankOf = (source: string): number => {
    const rank = ranks.indexOf(source);
    return rank === -1 ? ranks.length : rank;
  };
  // Not in the order of the readings, or a series would change its source whenever a reading fails.
  const ranked = () =>
    [...entries].toSorted(([one], [other]) => rankOf(one) - rankOf(other) || one.localeCompare(other));

  const samplesOf = (name: SampleName): readonly Sample[] => {
    const first = new Map<string, { readonly source: string; readonly sample: Sample }>();
    for (const [source, read] of ranked()) {
      for (const sample of read(name)) {
        const text = labelsText(sample);
        const other = first.get(text);
        if (other === undefined) {
          first.set(text, { source, sample });
          continue;
        }
        const clash = `${name} ${text}`;
        if (!told.has(clash)) onClash(`${clash}: want one source, got ${other.source} and ${source}`);
        told.add(clash);
      }
    }
    return [...first.values()].map(({ sample }) => sample);
  };

  for (const name of Object.keys(SAMPLE_METRICS).filter(isName)) {
    const { type, help, labels } = CATALOG[name];
    const show = (metric: Gauge<string> | Counter<string>): void => {
      metric.reset();
      // One without labels begins at 0 by itself, which here would be a value that nobody measured.
      if (labels.length === 0) metric.remove();
      for (const sample of samplesOf(name)) metric.inc(sample.labels, sample.value);
    };
    const shared = { name, help, labelNames: [...labels], registers: [registry] };
    const metric: Gauge<string> | Counter<string> =
      type === 'counter'
        ? new Counter({ ...shared, collect: () => show(metric) })
        : new Gauge({ ...shared, collect: () => show(metric) });
  }

  return {
    put: (source, samples) =>
      void entries.set(source, (name) => samples.filter((sample) => sample.name === name)),
    putLive: (source, liveName, read) =>
      void entries.set(source, (name) => (name === liveName ? read() : [])),
    clear: (source) => void entries.delete(source),
    samplesOf,
  };
}
