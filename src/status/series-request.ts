/** What is asked of `/api/v1/series`. */
export interface SeriesRequest {
  readonly names: readonly string[];
  /** Unix times in milliseconds; values of steps that ended after `fromMs` and not after `toMs`. */
  readonly fromMs: number;
  readonly toMs: number;
  /** A whole number of `leastStepMs`. */
  readonly stepMs: number;
}

/** A request, or every problem with it. */
export type ReadRequest =
  | { readonly ok: true; readonly request: SeriesRequest }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Bounds of a request. */
export interface RequestBounds {
  /** Unix time in milliseconds. */
  readonly nowMs: number;
  /** Between two values that are kept. */
  readonly leastStepMs: number;
}

const MOST_NAMES = 50;
const MOST_POINTS = 11_000;
/** Points where nobody says how many: more than a page is wide. */
const USUAL_POINTS = 600;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const HOUR_MS = 3_600_000;

/**
 * A range widened to whole steps, so that two questions a moment apart are for the same points.
 * @param wantedStepMs default: as many points as a page is wide.
 */
export function wholeSteps(
  fromMs: number,
  toMs: number,
  leastStepMs: number,
  wantedStepMs = (toMs - fromMs) / USUAL_POINTS,
): Omit<SeriesRequest, 'names'> {
  const stepMs = Math.max(1, Math.ceil(wantedStepMs / leastStepMs)) * leastStepMs;
  return {
    fromMs: Math.floor(fromMs / stepMs) * stepMs,
    toMs: Math.ceil(toMs / stepMs) * stepMs,
    stepMs,
  };
}

function durationMs(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  return unitMs === undefined ? undefined : Number(digits) * unitMs;
}

/** A Unix time in milliseconds, `now`, or a while ago (`-6h`). */
function timeMs(text: string, nowMs: number): number | undefined {
  if (text === 'now') return nowMs;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const ago = text.startsWith('-') ? durationMs(text.slice(1)) : undefined;
  return ago === undefined ? undefined : nowMs - ago;
}

const stepOf = (text: string): number | undefined =>
  /^\d{1,12}$/.test(text) ? Number(text) : durationMs(text);

const quoted = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

/** The one text of a parameter; undefined: it is not given. */
function single(value: unknown): string | undefined | { readonly problem: unknown } {
  return value === undefined || typeof value === 'string' ? value : { problem: value };
}

function namesOf(value: unknown): readonly string[] {
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = given.flatMap((each) => (typeof each === 'string' ? each.split(',') : []));
  return [...new Set(texts.map((text) => text.trim()).filter((text) => text !== ''))];
}

/**
 * Reads the parameters `names`, `from`, `to` and `step`.
 * @param query as express reads it.
 */
export function readSeriesRequest(
  query: Readonly<Record<string, unknown>>,
  { nowMs, leastStepMs }: RequestBounds,
): ReadRequest {
  const problems: string[] = [];
  const read = (
    name: string,
    wanted: string,
    parse: (text: string) => number | undefined,
  ): number | undefined => {
    const value = single(query[name]);
    if (value === undefined) return undefined;
    const parsed = typeof value === 'string' ? parse(value) : undefined;
    if (parsed === undefined) problems.push(`${name}: want ${wanted}, got ${quoted(query[name])}`);
    return parsed;
  };
  const names = namesOf(query['names']);
  if (names.length === 0) problems.push('names: want names of series separated by commas, got none');
  if (names.length > MOST_NAMES) problems.push(`names: want at most ${MOST_NAMES}, got ${names.length}`);
  const aTime = 'Unix time in milliseconds, now, or a while ago such as -6h';
  const to = read('to', aTime, (text) => timeMs(text, nowMs)) ?? nowMs;
  const from = read('from', aTime, (text) => timeMs(text, nowMs)) ?? to - HOUR_MS;
  const wantedStep = read('step', 'milliseconds or a duration such as 1m', stepOf);
  if (problems.length === 0 && from >= to)
    problems.push(`from: want a time before to, got ${from} and ${to}`);
  if (wantedStep === 0) problems.push('step: want more than 0, got 0');
  const range = wholeSteps(from, to, leastStepMs, wantedStep);
  const points = (range.toMs - range.fromMs) / range.stepMs;
  if (problems.length === 0 && points > MOST_POINTS) {
    problems.push(
      `step: want at most ${MOST_POINTS} points, got ${points}; take a longer step or a shorter range`,
    );
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, request: { names, ...range } };
}
