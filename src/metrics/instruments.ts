import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client';
import { CATALOG, type MetricName } from './catalog.ts';
import type { MetricSpec } from './metric-spec.ts';

type Catalog = typeof CATALOG;

/** The label names of a metric, as a type. */
export type LabelOf<Name extends MetricName> = Catalog[Name]['labels'][number];

/** The instrument that a metric's type asks for, with its labels. */
export type Instrument<Name extends MetricName> = Catalog[Name]['type'] extends 'counter'
  ? Counter<LabelOf<Name>>
  : Catalog[Name]['type'] extends 'gauge'
    ? Gauge<LabelOf<Name>>
    : Histogram<LabelOf<Name>>;

/**
 * Makes a metric's instrument, just as the catalog describes it.
 * @param collect called before each exposition, for values that are read at that moment.
 * @param exemplars whether a histogram keeps an exemplar for each bucket; `observe` then takes one object.
 * @throws Error if the registry has the metric already.
 */
export function instrument<Name extends MetricName>(
  name: Name,
  registry: Registry,
  collect?: (instrument: Instrument<Name>) => void,
  exemplars = false,
): Instrument<Name> {
  const spec: MetricSpec = CATALOG[name];
  const shared = {
    name,
    help: spec.help,
    labelNames: [...spec.labels],
    registers: [registry],
    ...(collect && { collect: () => collect(made) }),
  };
  const create = () => {
    switch (spec.type) {
      case 'counter':
        return new Counter(shared);
      case 'gauge':
        return new Gauge(shared);
      case 'histogram': {
        const options = { ...shared, buckets: [...(spec.buckets ?? [])] };
        if (!exemplars) return new Histogram(options);
        // A registry whose own format is the text refuses one with exemplars; it is rendered in both formats here.
        const histogram = new Histogram({ ...options, registers: [], enableExemplars: true });
        registry.registerMetric(histogram);
        return histogram;
      }
      default:
        return spec.type satisfies never;
    }
  };
  // The compiler cannot see that the catalog's type of a metric and the branch taken agree.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const made = create() as Instrument<Name>;
  return made;
}

type CounterName = {
  [Name in MetricName]: Catalog[Name]['type'] extends 'counter' ? Name : never;
}[MetricName];

/**
 * Exports a total that is counted elsewhere, read at each exposition: on a hot
 * path adding to a number is much cheaper than to a counter.
 */
export function countElsewhere(name: CounterName, registry: Registry, read: () => number): void {
  let exported = 0;
  instrument(name, registry, (counter) => {
    const total = read();
    if (total <= exported) return;
    counter.inc(total - exported);
    exported = total;
  });
}
