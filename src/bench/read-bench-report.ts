import type { z } from 'zod';
import type { BenchReport } from './bench-report.ts';
import { benchReportSchema } from './bench-report-schema.ts';

/** Something that was read and checked, or every problem with it, one line each. */
export type Read<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problems: readonly string[] };

const MOST_PROBLEMS = 20;
const LONGEST_VALUE = 60;

const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, key) =>
      typeof key === 'number' ? `${text}[${key}]` : `${text}${text === '' ? '' : '.'}${String(key)}`,
    '',
  );

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    root,
  );
}

function gotText(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'a mapping';
  const text = JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

function lines(name: string, root: unknown, issue: z.core.$ZodIssue): string[] {
  const place = (path: readonly PropertyKey[]) => (path.length === 0 ? name : `${name} ${pathText(path)}`);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${place([...issue.path, key])}: unknown field`);
  }
  const wanted = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return [`${place(issue.path)}: want ${wanted}, got ${gotText(valueAt(root, issue.path))}`];
}

/** Holds a value against a schema whose messages say what was wanted; `name` begins each problem. */
export function readWith<Value>(schema: z.ZodType<Value>, name: string, given: unknown): Read<Value> {
  const result = schema.safeParse(given);
  if (result.success) return { ok: true, value: result.data };
  const all = result.error.issues.flatMap((issue) => lines(name, given, issue));
  const more = all.length - MOST_PROBLEMS;
  return {
    ok: false,
    problems: more > 0 ? [...all.slice(0, MOST_PROBLEMS), `${name}: ${more} more problems`] : all,
  };
}

/** Reads a report that `bench` wrote as JSON; `name` is that of its file. */
export function readBenchReport(name: string, text: string): Read<BenchReport> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { ok: false, problems: [`${name}: want a report of bench as JSON, got no JSON`] };
  }
  return readWith(benchReportSchema, name, parsed);
}
