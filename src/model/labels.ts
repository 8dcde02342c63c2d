/** The labels of a series by name, `__name__` for the metric's. */
export type Labels = Readonly<Record<string, string>>;

const NAME = '__name__';

const sorted = (labels: Labels): readonly (readonly [string, string])[] =>
  Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));

/** One text for each set of labels, whatever their order. */
export function labelsKey(labels: Labels): string {
  return JSON.stringify(sorted(labels));
}

/** A series as PromQL would select it: `memory_bytes{instance="a:9464",job="mcp"}`. */
export function labelsText(labels: Labels): string {
  const name = labels[NAME] ?? '';
  const others = sorted(labels).filter(([label]) => label !== NAME);
  if (others.length === 0 && name !== '') return name;
  return `${name}{${others.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(',')}}`;
}
