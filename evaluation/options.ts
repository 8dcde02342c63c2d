import { parseArgs } from 'node:util';
import { FAMILIES, KINDS, parseSeriesId, type Family, type Kind, type SeriesId } from './series-id.ts';

/** What a run of the evaluation does. */
export interface Options {
  readonly family: Family;
  readonly seed: number;
  readonly series: number;
  readonly kinds: readonly Kind[];
  readonly className: string | undefined;
  readonly stepMs: number;
  readonly threads: number;
  readonly competitors: boolean;
  readonly misses: boolean;
  readonly explain: SeriesId | undefined;
  readonly output: 'terminal' | 'markdown' | 'json';
}

/** What `--help` prints. */
export const USAGE = `evaluation/detectors.ts [options]
  --family tune|report   family of seeds; tune on one, report the other (default report)
  --seed N               which series of the family (default 1)
  --series N             how many of each kind, half of them leaking (default 1500)
  --kind KIND            only memory or connections
  --class NAME           only this class, as many as --series says
  --sample SECONDS       distance of samples, e.g. 60s (default 15s)
  --no-competitors       only our own detectors
  --threads N            default 2
  --misses               lists what went wrong, with its parameters
  --explain ID           replays one series and prints how its verdict changed
  --markdown, --json     instead of the tables for a terminal`;

function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new Error(`--${option}: want a whole number from ${min} to ${max}, got ${text}`);
}

function oneOf<T extends string>(option: string, text: string, known: readonly T[]): T {
  const found = known.find((one) => one === text);
  if (found !== undefined) return found;
  throw new Error(`--${option}: want one of ${known.join(', ')}, got ${text}`);
}

/** Reads the command line; undefined if it asks for help. Throws an Error that says what was wanted. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      family: { type: 'string', default: 'report' },
      seed: { type: 'string', default: '1' },
      series: { type: 'string', default: '1500' },
      kind: { type: 'string' },
      class: { type: 'string' },
      sample: { type: 'string', default: '15s' },
      threads: { type: 'string', default: '2' },
      competitors: { type: 'boolean', default: true },
      misses: { type: 'boolean', default: false },
      explain: { type: 'string' },
      markdown: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    family: oneOf('family', values.family, FAMILIES),
    seed: wholeNumber('seed', values.seed, 0, 1e9),
    series: wholeNumber('series', values.series, 1, 1e6),
    kinds: values.kind === undefined ? KINDS : [oneOf('kind', values.kind, KINDS)],
    className: values.class,
    stepMs: 1000 * wholeNumber('sample', values.sample.replace(/s$/, ''), 1, 300),
    threads: wholeNumber('threads', values.threads, 1, 64),
    competitors: values.competitors,
    misses: values.misses,
    explain: values.explain === undefined ? undefined : parseSeriesId(values.explain),
    output: values.json ? 'json' : values.markdown ? 'markdown' : 'terminal',
  };
}
