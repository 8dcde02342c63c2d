import { baselineInForce, type BaselineInForce } from '../baselines/baseline-in-force.ts';
import { TABLE_NAMES, type BaselineTables } from '../baselines/baseline-schema.ts';
import { checkBaseline, type BaselineProblem, type OwnBaseline } from '../baselines/check-baseline.ts';
import { documentTables } from '../baselines/document-tables.ts';
import type { BaselineFigures } from '../baselines/expect-profile.ts';
import type { Config } from '../config/config.ts';
import type { Layer } from '../config/layer.ts';
import { PERCENTILES } from '../model/baseline.ts';
import { isMapping, pathText, valueAt, valueText } from '../config/raw-settings.ts';
import { readYaml } from '../config/read-yaml.ts';
import { didYouMean } from '../config/suggest.ts';

/** The tables that a configuration puts into force, or every problem with them, one line each. */
export type ReadBaseline =
  ({ readonly ok: true } & BaselineFigures) | { readonly ok: false; readonly problems: readonly string[] };

const percentiles = PERCENTILES.map(({ field }) => field);

/** Keys that would have been right where one is wrong. */
function siblings(parent: readonly PropertyKey[]): string[] {
  if (parent.length === 0) return TABLE_NAMES;
  if (parent[0] === 'tools' && parent.length === 2) {
    return [...percentiles, ...Object.values(documentTables.tools).flatMap((tool) => Object.keys(tool))];
  }
  const at = valueAt(documentTables, parent);
  const example: unknown = isMapping(at) ? at : valueAt(documentTables, [...parent.slice(0, -1), 0]);
  return isMapping(example) ? Object.keys(example) : [];
}

/** What was meant by a key: the shortest one that begins so, or else the nearest. */
function meant(key: string, known: readonly string[]): string {
  const [longer] = known
    .filter((each) => each.startsWith(key))
    .toSorted((one, other) => one.length - other.length);
  return longer === undefined ? didYouMean(key, known) : `, did you mean ${longer}?`;
}

function line(layer: Layer, { path, wanted }: BaselineProblem): string {
  const key = pathText(path);
  const place = `${layer.sourceOf(path)}${key === '' ? '' : ` ${key}`}`;
  if (wanted === undefined) {
    const parent = path.slice(0, -1);
    return `${place}: unknown figure${meant(String(path.at(-1)), [...new Set(siblings(parent))])}`;
  }
  const got = valueAt(layer.raw, path);
  return `${place}: want ${wanted}, got ${Array.isArray(got) && got.length === 0 ? 'an empty list' : valueText(got)}`;
}

/** What of the stated set-up no table knows. */
function setUpProblems(tables: BaselineTables, { server }: Config): string[] {
  const stated: [name: string, value: string | undefined, known: string[]][] = [
    [
      'tier',
      server.tier === undefined ? undefined : String(server.tier),
      tables.tiers.rows.map((row) => String(row.tier)),
    ],
    ['cacheStrategy', server.cacheStrategy, tables.cacheStrategies.rows.map((row) => row.strategy)],
    ['serialization', server.serialization, tables.serialization.rows.map((row) => row.format)],
  ];
  return stated.flatMap(([name, value, known]) =>
    value === undefined || known.includes(value)
      ? []
      : [`server.${name}: want one of ${known.join(', ')}, got ${value}`],
  );
}

function ownBaseline(
  file: string | undefined,
):
  | { readonly ok: true; readonly tables: BaselineTables; readonly own: OwnBaseline }
  | { readonly ok: false; readonly problems: readonly string[] } {
  if (file === undefined) return { ok: true, tables: documentTables, own: {} };
  const layer = readYaml(file);
  if (layer.problems.length > 0) return { ok: false, problems: layer.problems };
  const checked = checkBaseline(documentTables, layer.raw);
  if (checked.ok) return checked;
  const lineOf = (problem: BaselineProblem) => layer.lineOf?.(problem.path) ?? 0;
  const inOrder = checked.problems.toSorted((a, b) => lineOf(a) - lineOf(b));
  return { ok: false, problems: inOrder.map((problem) => line(layer, problem)) };
}

/** Reads the user's own figures, if a file is named, and works out what the server is held against. */
export function readBaseline(config: Config): ReadBaseline {
  const read = ownBaseline(config.baseline.file);
  if (!read.ok) return read;
  const problems = setUpProblems(read.tables, config);
  if (problems.length > 0) return { ok: false, problems };
  const { tables, own } = read;
  return { ok: true, tables, own, ...baselineInForce(tables, own, config.server) };
}

/**
 * The baseline of a configuration that was checked when it was loaded.
 * @throws Error with every problem, if the file was changed to something broken since.
 */
export function requireBaseline(config: Config): BaselineInForce {
  const read = readBaseline(config);
  if (!read.ok) throw new Error(read.problems.join('; '));
  return read;
}
