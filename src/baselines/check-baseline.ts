import type { z } from 'zod';
import { baselineSchema, type BaselineTables } from './baseline-schema.ts';

/** One mistake in a baseline. */
export interface BaselineProblem {
  /** Keys and positions that lead to it. */
  readonly path: readonly PropertyKey[];
  /** What was wanted; undefined for a key that does not exist. */
  readonly wanted?: string;
}

/** A user's own figures: each table that is given replaces the built-in one of its name, each tool and each result its own. */
export type OwnBaseline = Partial<Omit<BaselineTables, 'results' | 'environment'>> & {
  readonly results?: Partial<BaselineTables['results']>;
  readonly environment?: Partial<BaselineTables['environment']>;
};

/** The tables in force and what of them is the user's own, or every mistake. */
export type CheckedBaseline =
  | { readonly ok: true; readonly tables: BaselineTables; readonly own: OwnBaseline }
  | { readonly ok: false; readonly problems: readonly BaselineProblem[] };

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Sections of single figures are taken over figure by figure, tables as a whole. */
const byFigure = new Set(['environment', 'results', 'tools']);

function merged(base: BaselineTables, own: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const result: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(own)) {
    const before = result[name];
    const inner = byFigure.has(name) && isMapping(before) && isMapping(value);
    Object.defineProperty(result, name, {
      value: inner ? { ...before, ...value } : value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return result;
}

/** What of the tables in force came from the user. */
function ownPart(tables: BaselineTables, own: Readonly<Record<string, unknown>>): OwnBaseline {
  const entries = Object.entries(own).map(([name, value]) => {
    const checked: unknown = Reflect.get(tables, name);
    if (!byFigure.has(name) || !isMapping(value) || !isMapping(checked)) return [name, checked];
    return [name, Object.fromEntries(Object.keys(value).map((key) => [key, checked[key]]))];
  });
  return Object.fromEntries(entries);
}

function problemsOf(issue: z.core.$ZodIssue): BaselineProblem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: [...issue.path, key] }));
  if (issue.code === 'invalid_key') {
    return [{ path: issue.path, wanted: issue.issues[0]?.message ?? issue.message }];
  }
  return [{ path: issue.path, wanted: issue.message }];
}

/**
 * Lays a user's own figures over the built-in ones and checks the whole.
 * @param own what a file holds, as parsed from YAML: any subset of the schema's tables.
 */
export function checkBaseline(base: BaselineTables, own: unknown): CheckedBaseline {
  if (!isMapping(own)) return { ok: false, problems: [{ path: [], wanted: 'a mapping of tables' }] };
  const result = baselineSchema.safeParse(merged(base, own));
  if (!result.success) return { ok: false, problems: result.error.issues.flatMap(problemsOf) };
  const tables = result.data;
  return { ok: true, tables, own: ownPart(tables, own) };
}
