import type { BenchMeasure } from '../model/bench-figure.ts';

/** Measures that a threshold can be set on. */
const MEASURES = [
  'p50',
  'p75',
  'p90',
  'p95',
  'p99',
  'p99.9',
  'mean',
  'max',
  'throughput',
  'errors',
  'cpu',
  'memory',
  'recovery',
] as const satisfies readonly BenchMeasure[];

type ThresholdMeasure = (typeof MEASURES)[number];

/** A condition under which a run fails, as it was written and as it is meant. */
export interface Threshold {
  readonly text: string;
  /** One tool; absent: the run as a whole. */
  readonly tool?: string;
  readonly measure: ThresholdMeasure;
  readonly fails: 'above' | 'below';
  /** A multiple of the baseline's figure, or a figure in the measure's unit. */
  readonly limit: { readonly timesBaseline: number } | { readonly value: number };
}

/** A threshold, or what is wrong with its text. */
export type ParsedThreshold =
  { readonly ok: true; readonly threshold: Threshold } | { readonly ok: false; readonly problem: string };

interface Unit {
  readonly wanted: string;
  /** Factor of each unit's name to the measure's unit. */
  readonly factors: Readonly<Record<string, number>>;
}

const LATENCY: Unit = { wanted: 'a latency such as 300ms or 1.5s', factors: { ms: 1, s: 1000 } };
const SHARE: Unit = { wanted: 'a share such as 2%', factors: { '%': 0.01 } };

function unitOf(measure: ThresholdMeasure): Unit {
  switch (measure) {
    case 'p50':
    case 'p75':
    case 'p90':
    case 'p95':
    case 'p99':
    case 'p99.9':
    case 'mean':
    case 'max':
      return LATENCY;
    case 'throughput':
      return { wanted: 'a rate such as 800/s', factors: { '/s': 1 } };
    case 'errors':
    case 'cpu':
      return SHARE;
    case 'memory':
      return { wanted: 'a size such as 512MiB or 2GiB', factors: { MiB: 1024 ** 2, GiB: 1024 ** 3 } };
    case 'recovery':
      return { wanted: 'a time such as 60s or 3m', factors: { s: 1, m: 60 } };
    default:
      return measure satisfies never;
  }
}

const isMeasure = (word: string): word is ThresholdMeasure => MEASURES.some((measure) => measure === word);

function limitOf(measure: ThresholdMeasure, text: string): Threshold['limit'] | undefined {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(\D+)$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  if (unit === 'x') return { timesBaseline: Number(digits) };
  const { factors } = unitOf(measure);
  const factor = Object.hasOwn(factors, unit) ? factors[unit] : undefined;
  return factor === undefined ? undefined : { value: Number(digits) * factor };
}

/** Reads a condition such as `p99>1.2x`, `errors>2%` or `tool:get_user:p99>300ms`. */
export function parseThreshold(given: string): ParsedThreshold {
  const text = given.replaceAll(/\s+/g, '');
  const problem = (wanted: string, got: string) =>
    ({ ok: false, problem: `--fail-on ${JSON.stringify(given)}: want ${wanted}, got ${got}` }) as const;
  const [, subject, sign, value] = /^([^<>]*)([<>])([^<>]*)$/.exec(text) ?? [];
  if (subject === undefined || value === undefined) {
    return problem(
      'MEASURE>VALUE or MEASURE<VALUE, e.g. p99>1.2x',
      text === '' ? 'nothing' : JSON.stringify(given),
    );
  }
  const [, tool, word = ''] = /^(?:tool:(.+):)?(.*)$/.exec(subject) ?? [];
  if (subject.startsWith('tool:') && tool === undefined) {
    return problem('tool:NAME:MEASURE', JSON.stringify(subject));
  }
  if (!isMeasure(word)) {
    return problem(`one of ${MEASURES.join(', ')}`, word === '' ? 'nothing' : JSON.stringify(word));
  }
  if (tool !== undefined && (word === 'cpu' || word === 'memory' || word === 'recovery')) {
    return problem('a latency, throughput or errors of a tool', word);
  }
  const limit = limitOf(word, value);
  if (limit === undefined) {
    return problem(
      `${unitOf(word).wanted}, or a multiple of the baseline such as 1.2x`,
      value === '' ? 'nothing' : JSON.stringify(value),
    );
  }
  return {
    ok: true,
    threshold: {
      text,
      ...(tool !== undefined && { tool }),
      measure: word,
      fails: sign === '>' ? 'above' : 'below',
      limit,
    },
  };
}
