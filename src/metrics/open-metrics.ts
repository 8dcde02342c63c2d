import type { Registry } from '@prometheus-io/client';
import { canonicalNumber, specialNumber } from './canonical-number.ts';

type Family = Awaited<ReturnType<Registry['getMetricsAsJSON']>>[number];

interface Exemplar {
  readonly labelSet: Readonly<Record<string, string>>;
  readonly value: number;
  /** Unix time in seconds. */
  readonly timestamp: number;
}

/** Units that the last word of a name may state (OpenMetrics 1.0, "Unit"). */
const UNIT = /_(seconds|bytes|ratio)$/;

const escapeText = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

const numberText = (value: number): string => (Number.isFinite(value) ? String(value) : specialNumber(value));

/**
 * The head of a metric: what OpenMetrics calls its family goes without `_total`. The samples keep the names that
 * they have in the older format, so that a rule sees the same series whichever a scraper takes; a counter
 * that does not end in `_total` is therefore of unknown type.
 * @param escapedHelp with quotes escaped, too.
 */
export function familyHead(name: string, type: string, escapedHelp: string): string {
  const isCounter = type === 'counter' && name.endsWith('_total');
  const family = isCounter ? name.slice(0, -'_total'.length) : name;
  const known = type === 'counter' && !isCounter ? 'unknown' : type === 'untyped' ? 'unknown' : type;
  const unit = UNIT.exec(family)?.[1];
  return [
    `# TYPE ${family} ${known}`,
    ...(unit === undefined ? [] : [`# UNIT ${family} ${unit}`]),
    `# HELP ${family} ${escapedHelp}`,
  ].join('\n');
}

/** The label that is a number, by the type of its metric. */
const NUMBER_LABEL: Readonly<Record<string, string>> = { histogram: 'le', summary: 'quantile' };

type LabelValues = Readonly<Record<string, string | number | undefined>>;

function labelsText(labels: LabelValues, numberLabel?: string): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(labels)) {
    if (value === undefined) continue;
    const isNumber = name === numberLabel && value !== '+Inf';
    parts.push(`${name}="${isNumber ? canonicalNumber(Number(value)) : escapeText(String(value))}"`);
  }
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

/** A sample may have no labels at all, whatever the types of the registry say. */
const labelsOf = (sample: { readonly labels?: LabelValues | undefined }): LabelValues => sample.labels ?? {};

/** What the registry keeps beside a bucket's value; its types do not say so. */
function exemplarText(sample: object): string {
  const exemplar = 'exemplar' in sample ? sample.exemplar : undefined;
  if (!isExemplar(exemplar)) return '';
  const labels = labelsText(exemplar.labelSet) || '{}';
  return ` # ${labels} ${numberText(exemplar.value)} ${exemplar.timestamp}`;
}

const isExemplar = (value: unknown): value is Exemplar =>
  typeof value === 'object' && value !== null && 'labelSet' in value && 'timestamp' in value;

function renderFamily({ name, type, help, values }: Family): string {
  const lines = [familyHead(name, type, escapeText(help))];
  for (const sample of values) {
    const series = 'metricName' in sample && typeof sample.metricName === 'string' ? sample.metricName : name;
    const labels = labelsText(labelsOf(sample), NUMBER_LABEL[type]);
    lines.push(`${series}${labels} ${numberText(sample.value)}${exemplarText(sample)}`);
  }
  return `${lines.join('\n')}\n`;
}

/**
 * Renders a registry's metrics with their exemplars in OpenMetrics 1.0, without the end mark. The registry's own
 * rendering is not used: it renames the counters for good, so that the next page in the older format would have others.
 */
export async function renderOpenMetrics(registry: Registry): Promise<string> {
  const families = await registry.getMetricsAsJSON();
  return families.map(renderFamily).join('');
}

const COMMENT = /^# (HELP|TYPE) (\S+) ?(.*)$/;
const BOUND = /(?<=[{,]le=")[^"]*(?=")/;

/**
 * Renders a page of the text format 0.0.4 in OpenMetrics 1.0, without the end mark. It has to be one of ours or of the
 * OpenTelemetry exporter: each metric in one piece, its HELP before its TYPE, no timestamps.
 */
export function toOpenMetrics(text: string): string {
  const lines: string[] = [];
  let help = '';
  for (const line of text.split('\n')) {
    const [, kind, name = '', rest = ''] = COMMENT.exec(line) ?? [];
    if (kind === 'HELP') help = rest.replaceAll('"', '\\"');
    else if (kind === 'TYPE') lines.push(familyHead(name, rest, help));
    else if (line !== '' && !line.startsWith('#')) {
      lines.push(line.replace(BOUND, (bound) => (bound === '+Inf' ? bound : canonicalNumber(Number(bound)))));
    }
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
