import type { Registry } from '@prometheus-io/client';
import type { MetricName } from './catalog.ts';

/** Values of a gauge or counter by one of its labels, others summed up; empty where it has no sample. */
export async function readByLabel(
  registry: Registry,
  name: MetricName,
  label: string,
): Promise<ReadonlyMap<string, number>> {
  const values = (await registry.getSingleMetric(name)?.get())?.values ?? [];
  const found = new Map<string, number>();
  for (const { labels, value } of values) {
    const key = String(Object.entries(labels).find(([each]) => each === label)?.[1] ?? '');
    found.set(key, (found.get(key) ?? 0) + value);
  }
  return found;
}

/** Sum of all samples of a gauge or counter; undefined where it has none. */
export async function readSum(registry: Registry, name: MetricName): Promise<number | undefined> {
  const values = (await registry.getSingleMetric(name)?.get())?.values ?? [];
  return values.length === 0 ? undefined : values.reduce((sum, { value }) => sum + value, 0);
}
