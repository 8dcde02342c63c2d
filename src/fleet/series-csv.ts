import type { SeriesSample } from '../detectors/detector-settings.ts';

/** Columns that a file may have. */
const COLUMNS = ['time', 'value', 'load', 'started', 'limit'] as const;
type Column = (typeof COLUMNS)[number];

/** Problems that are told of one file; a broken column has as many as lines. */
const MOST_PROBLEMS = 10;
/** From here on a bare number is of milliseconds: as seconds it would be the year 5138. */
const LEAST_MS = 1e11;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
/** Written for no value. */
const NOTHING = /^(?:|nan|null|none|-)$/i;

/** Reads a time: Unix seconds or milliseconds, or ISO 8601, in UTC where it does not say; undefined if it is none. */
export function parseTime(text: string): number | undefined {
  if (NUMBER.test(text)) {
    const number = Number(text);
    return Math.round(Math.abs(number) < LEAST_MS ? number * 1000 : number);
  }
  if (!DATE.test(text)) return undefined;
  const withZone = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text.slice(10)) || text.length === 10 ? text : `${text}Z`;
  const ms = Date.parse(withZone.replace(' ', 'T').replace(',', '.'));
  return Number.isNaN(ms) ? undefined : ms;
}

/** What a file holds, or all that is wrong with it, a line each. */
export type SeriesCsv =
  | { readonly ok: true; readonly samples: readonly SeriesSample[] }
  | { readonly ok: false; readonly problems: readonly string[] };

const cellsOf = (line: string): readonly string[] =>
  line.split(',').map((cell) =>
    cell
      .trim()
      .replace(/^"([^"]*)"$/, '$1')
      .trim(),
  );

const quoted = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

function headProblems(head: readonly string[], at: string): readonly string[] {
  const columns: readonly string[] = COLUMNS;
  const problem = (text: string): string => `${at}: ${text}`;
  return [
    ...(['time', 'value'] as const)
      .filter((name) => !head.includes(name))
      .map((name) => problem(`want a header with a column ${name}, got ${quoted(head.join(','))}`)),
    ...head
      .filter((name) => !columns.includes(name))
      .map((name) => problem(`want columns of ${COLUMNS.join(', ')}, got ${quoted(name)}`)),
    ...(new Set(head).size < head.length ? [problem('want each column once, got one again')] : []),
  ];
}

/** Reads a row; tells what is wrong with it. */
function readRow(
  head: readonly string[],
  cells: readonly string[],
  tell: (problem: string) => void,
): SeriesSample | undefined {
  if (cells.length !== head.length) {
    tell(`want ${head.length} cells, got ${cells.length}`);
    return undefined;
  }
  let isGood = true;
  const read = (column: Column): number | undefined => {
    const text = cells[head.indexOf(column)] ?? '';
    const isTime = column === 'time' || column === 'started';
    if (NOTHING.test(text) && column !== 'time') return undefined;
    const value = isTime ? parseTime(text) : NUMBER.test(text) ? Number(text) : undefined;
    if (value === undefined) {
      isGood = false;
      const wanted = isTime ? 'Unix seconds, milliseconds or ISO 8601' : 'a number';
      tell(`${column}: want ${wanted}, got ${quoted(text)}`);
    }
    return value;
  };
  const [atMs, value] = [read('time'), read('value')];
  const [load, startedAtMs, limit] = [read('load'), read('started'), read('limit')];
  if (!isGood || atMs === undefined) return undefined;
  return { atMs, value: value ?? Number.NaN, load, startedAtMs, limit };
}

/**
 * Reads a series from CSV: a header `time,value[,load][,started][,limit]` in any order, then a row for each sample. An
 * empty cell is a value that was not measured. Rows are put in order of time.
 * @param name of the file, for messages: `memory.csv:12 value: want a number, got "12MB"`.
 */
export function readSeriesCsv(name: string, text: string): SeriesCsv {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first === -1) {
    return { ok: false, problems: [`${name}: want a header such as time,value,load, got nothing`] };
  }
  const head = cellsOf(lines[first] ?? '').map((cell) => cell.toLowerCase());
  const problems = [...headProblems(head, `${name}:${first + 1}`)];
  if (problems.length > 0) return { ok: false, problems };
  let wrong = 0;
  const samples: SeriesSample[] = [];
  for (const [index, line] of lines.entries()) {
    if (index <= first || line.trim() === '') continue;
    const found: string[] = [];
    const sample = readRow(head, cellsOf(line), (problem) => found.push(problem));
    if (sample !== undefined) samples.push(sample);
    wrong += found.length;
    const shown = found.slice(0, Math.max(0, MOST_PROBLEMS - problems.length));
    problems.push(...shown.map((problem) => `${name}:${index + 1} ${problem}`));
  }
  if (wrong > problems.length) problems.push(`${name}: ${wrong - problems.length} more such problems`);
  if (problems.length > 0) return { ok: false, problems };
  if (!samples.some(({ value }) => Number.isFinite(value))) {
    return { ok: false, problems: [`${name}: want rows with values, got none`] };
  }
  return { ok: true, samples: samples.toSorted((a, b) => a.atMs - b.atMs) };
}
