import { extname } from 'node:path';
import { parseThreshold, type Threshold } from '../bench/threshold.ts';

/** What a report can be written as. */
export type ReportFormat = 'table' | 'json' | 'markdown';

/** What is to be done with the figures of a run. */
export interface BenchOutputOptions {
  /** Written to the standard output. */
  readonly format: ReportFormat;
  /** Files that the report is written to as well. */
  readonly files: readonly { readonly path: string; readonly format: ReportFormat }[];
  readonly thresholds: readonly Threshold[];
  /** Whether a figure that became worse than in `compare` fails the command. */
  readonly failsOnRegression: boolean;
  /** An earlier report as JSON. */
  readonly compare?: string;
  /** The file that the figures are written to as a baseline. */
  readonly saveBaseline?: string;
  /** Whether an existing file is overwritten by it. */
  readonly force: boolean;
  /** Admin server of a running sidecar. */
  readonly push?: URL;
}

/** The options of the output, the arguments that are left, and every problem. */
export interface TakenBenchOutput {
  readonly options: BenchOutputOptions;
  readonly rest: readonly string[];
  readonly problems: readonly string[];
}

const FORMATS: Readonly<Record<string, ReportFormat>> = {
  '.json': 'json',
  '.md': 'markdown',
  '.txt': 'table',
};

const WITH_VALUE = new Set(['--output', '--fail-on', '--compare', '--save-baseline', '--push']);
const SWITCHES = new Set(['--json', '--markdown', '--force']);

/** Options with all of their values, in the order given; switches have none. */
function collect(argv: readonly string[]) {
  const values = new Map<string, string[]>();
  const rest: string[] = [];
  const problems: string[] = [];
  const add = (name: string, value: string) => values.set(name, [...(values.get(name) ?? []), value]);
  for (let i = 0; i < argv.length; i += 1) {
    const arg = argv[i] ?? '';
    if (arg === '--') {
      rest.push(...argv.slice(i));
      break;
    }
    const [name = '', ...inline] = arg.split('=');
    if (SWITCHES.has(arg)) add(arg, '');
    else if (!WITH_VALUE.has(name)) rest.push(arg);
    else if (inline.length > 0) add(name, inline.join('='));
    else if (argv[i + 1] === undefined || argv[i + 1]?.startsWith('--') === true) {
      problems.push(`${name}: want a value, got none`);
    } else {
      i += 1;
      add(name, argv[i] ?? '');
    }
  }
  return { values, rest, problems };
}

function pushUrl(text: string, problems: string[]): URL | undefined {
  const url = URL.parse(text);
  const isUsable =
    url !== null &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    url.username + url.password + url.search + url.hash === '';
  if (isUsable) return url;
  // What was given may hold a password: it is not repeated.
  problems.push('--push: want the admin URL of a sidecar such as http://127.0.0.1:9464, got another text');
  return undefined;
}

/** Takes `--json`, `--markdown`, `--output`, `--fail-on`, `--compare`, `--save-baseline`, `--force` and `--push` out of the arguments of `bench`. */
export function takeBenchOutput(argv: readonly string[]): TakenBenchOutput {
  const { values, rest, problems } = collect(argv);
  const single = (name: string): string | undefined => {
    const given = values.get(name) ?? [];
    if (given.length > 1) problems.push(`${name}: want it once, got it ${given.length} times`);
    return given[0];
  };
  if (values.has('--json') && values.has('--markdown')) {
    problems.push('--json: want it without --markdown, got both; --output FILE.md writes a second form');
  }
  const files = (values.get('--output') ?? []).flatMap((path) => {
    const format = FORMATS[extname(path)];
    if (format !== undefined) return [{ path, format }];
    problems.push(
      `--output: want a file that ends in ${Object.keys(FORMATS).join(', ')}, got ${JSON.stringify(path)}`,
    );
    return [];
  });
  const conditions = (values.get('--fail-on') ?? []).flatMap((text) => text.split(','));
  const thresholds = conditions
    .filter((text) => text.trim() !== 'regression')
    .flatMap((text) => {
      const parsed = parseThreshold(text);
      if (parsed.ok) return [parsed.threshold];
      problems.push(parsed.problem);
      return [];
    });
  const failsOnRegression = conditions.some((text) => text.trim() === 'regression');
  const compare = single('--compare');
  if (failsOnRegression && compare === undefined) {
    problems.push('--fail-on regression: want --compare FILE beside it, got none');
  }
  const saveBaseline = single('--save-baseline');
  const pushText = single('--push');
  const push = pushText === undefined ? undefined : pushUrl(pushText, problems);
  const options: BenchOutputOptions = {
    format: values.has('--json') ? 'json' : values.has('--markdown') ? 'markdown' : 'table',
    files,
    thresholds,
    failsOnRegression,
    ...(compare !== undefined && { compare }),
    ...(saveBaseline !== undefined && { saveBaseline }),
    force: values.has('--force'),
    ...(push !== undefined && { push }),
  };
  return { options, rest, problems };
}
