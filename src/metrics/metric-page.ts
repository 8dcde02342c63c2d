import type { Registry } from '@prometheus-io/client';
import { CATALOG } from './catalog.ts';
import type { MetricSpec } from './metric-spec.ts';
import type { Selector, SeriesName } from '../model/series-selector.ts';

/** One series of our own page with its value. */
interface PageSeries extends SeriesName {
  readonly value: number;
}

/** Our own metrics at one moment: each is looked up once, however often it is asked for. */
export interface MetricPage {
  /** Values of the series that match; the selector must name a metric. */
  readonly valuesOf: (selector: Selector) => Promise<readonly number[]>;
}

/** Series of a histogram stand under names of their own. */
const PART = /_(?:bucket|count|sum)$/;

const metricOf = (registry: Registry, name: string) =>
  registry.getSingleMetric(name) ?? registry.getSingleMetric(name.replace(PART, ''));

const specs: ReadonlyMap<string, MetricSpec> = new Map(Object.entries(CATALOG));

/** Whether a series of that name can be on the page that is read here, which is without OpenTelemetry's. */
export function isReadable(name: string): boolean {
  const spec = specs.get(name) ?? specs.get(name.replace(PART, ''));
  return spec !== undefined && spec.origin !== 'opentelemetry';
}

async function readSeries(registry: Registry, name: string): Promise<readonly PageSeries[]> {
  const metric = metricOf(registry, name);
  if (metric === undefined) return [];
  const { values } = await metric.get();
  return values.map((series) => ({
    name: 'metricName' in series && typeof series.metricName === 'string' ? series.metricName : name,
    labels: new Map(
      Object.entries(series.labels).flatMap(([label, value]): [string, string][] =>
        value === undefined || value === '' ? [] : [[label, String(value)]],
      ),
    ),
    value: series.value,
  }));
}

/** Opens the page for one sampling. */
export function openMetricPage(registry: Registry): MetricPage {
  const read = new Map<string, Promise<readonly PageSeries[]>>();
  return {
    valuesOf: async (selector) => {
      const { name } = selector;
      if (name === undefined) return [];
      const series = read.get(name) ?? readSeries(registry, name);
      read.set(name, series);
      return (await series).filter(selector.matches).map(({ value }) => value);
    },
  };
}
