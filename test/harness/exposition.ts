/** One line of a scrape. */
export interface ScrapedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/gy;

function unescapeLabel(value: string): string {
  return value.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
}

function parseLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let end = 0;
  for (const match of text.matchAll(LABEL)) {
    labels[match[1] ?? ''] = unescapeLabel(match[2] ?? '');
    end = match.index + match[0].length;
  }
  if (end !== text.length) throw new Error(`exposition: want labels, got ${line}`);
  return labels;
}

function parseValue(text: string): number {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return Number(text);
}

/**
 * Reads Prometheus' text format 0.0.4 (comments left out, no timestamps).
 * @throws Error naming the line if it is not in that format or appears twice.
 */
export function parseExposition(text: string): ScrapedSample[] {
  const seen = new Set<string>();
  const samples: ScrapedSample[] = [];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const match = LINE.exec(line);
    if (!match) throw new Error(`exposition: want a sample, got ${line}`);
    const [, name = '', labelText = '', valueText = ''] = match;
    const series = `${name}{${labelText}}`;
    if (seen.has(series)) throw new Error(`exposition: want each series once, got ${series} again`);
    seen.add(series);
    samples.push({ name, labels: parseLabels(labelText, line), value: parseValue(valueText) });
  }
  return samples;
}

/** The samples of one name whose labels contain `labels`. */
export function select(
  samples: readonly ScrapedSample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): ScrapedSample[] {
  return samples.filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
}

/** Sum of the selected samples; 0 where there are none. */
export function total(
  samples: readonly ScrapedSample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  return select(samples, name, labels).reduce((sum, sample) => sum + sample.value, 0);
}

/**
 * The selected samples other than 0 summed by some of their labels: keys are the labels'
 * values with a space between, `-` for a label that is absent.
 */
export function totalBy(
  samples: readonly ScrapedSample[],
  name: string,
  by: readonly string[],
  labels: Readonly<Record<string, string>> = {},
): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const sample of select(samples, name, labels)) {
    if (sample.value === 0) continue;
    const key = by.map((label) => sample.labels[label] || '-').join(' ');
    sums[key] = (sums[key] ?? 0) + sample.value;
  }
  return sums;
}
