import { posix } from 'node:path';
import { importSpecifiers } from './import-specifiers.ts';

/** What each folder of src may import beside itself; the table of ARCHITECTURE.md. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  model: [],
  mcp: ['model'],
  http: [],
  postgres: ['model'],
  config: ['model'],
  proxy: ['model', 'http', 'postgres'],
  taps: ['model', 'mcp', 'postgres'],
  traces: ['model'],
  metrics: ['model'],
  sources: ['model'],
  detectors: ['model'],
  fleet: ['model', 'detectors'],
  evidence: ['model'],
  history: ['model'],
  probes: ['model', 'mcp'],
  baselines: ['model'],
  bench: ['model', 'mcp', 'http'],
  rules: ['model', 'metrics', 'baselines'],
  dashboards: ['model', 'baselines', 'rules'],
  status: ['model', 'page'],
  page: ['model'],
  browser: ['model', 'page'],
  instrument: ['model', 'mcp', 'postgres', 'metrics'],
  demo: ['model', 'mcp', 'instrument'],
};

/** Source texts by their path below src, e.g. `proxy/headers.ts`. */
export type Sources = ReadonlyMap<string, string>;

const folderOf = (path: string) => (path.includes('/') ? (path.split('/')[0] ?? '') : '');

function allowed(from: string, to: string): boolean {
  const [fromFolder, toFolder] = [folderOf(from), folderOf(to)];
  if (fromFolder === toFolder && fromFolder !== '') return true;
  if (from === 'main.ts') return toFolder === 'commands';
  if (fromFolder === 'commands') return toFolder !== '';
  return mayImport[fromFolder]?.includes(toFolder) ?? false;
}

function placeProblems(path: string): string[] {
  const depth = path.split('/').length - 1;
  if (depth > 1) return [`${path}: want src/<folder>/<file>.ts, got a deeper folder`];
  if (depth === 0) return path === 'main.ts' ? [] : [`${path}: want a folder of src, got none`];
  const folder = folderOf(path);
  return folder === 'commands' || folder in mayImport
    ? []
    : [`${path}: want a folder of the table, got ${folder}`];
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function importProblem(
  from: string,
  specifier: string | undefined,
  sources: Sources,
  packages: readonly string[],
) {
  if (specifier === undefined) return `${from}: want a plain string in import(), got something else`;
  if (specifier.startsWith('node:')) return undefined;
  if (!specifier.startsWith('.')) {
    const name = packageOf(specifier);
    return packages.includes(name) ? undefined : `${from}: want a package of "dependencies", got ${name}`;
  }
  const to = posix.join(posix.dirname(from), specifier);
  if (!sources.has(to)) return `${from}: want a file of src, got ${specifier}`;
  return allowed(from, to) ? undefined : `${from}: must not import ${to}`;
}

/** Every cycle among files, found once, from its first file in the order of names. */
function cycles(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const found = new Set<string>();
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at !== -1) {
      const loop = trail.slice(at);
      const first = loop.indexOf(loop.toSorted()[0] ?? '');
      const turned = [...loop.slice(first), ...loop.slice(0, first)];
      found.add(`${turned.join(' -> ')} -> ${turned[0]}: want no cycle`);
      return;
    }
    if (done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of [...edges.keys()].toSorted()) visit(path, []);
  return [...found];
}

/** Everything in which source files break the rules; `packages` are the declared dependencies. */
export function folderRuleProblems(sources: Sources, packages: readonly string[]): string[] {
  const edges = new Map<string, string[]>();
  const problems: string[] = [];
  for (const [path, code] of sources) {
    problems.push(...placeProblems(path));
    const imports = importSpecifiers(code);
    for (const { specifier } of imports) {
      const problem = importProblem(path, specifier, sources, packages);
      if (problem !== undefined) problems.push(problem);
    }
    const relative = imports.flatMap(({ specifier }) =>
      specifier?.startsWith('.') === true ? [specifier] : [],
    );
    edges.set(
      path,
      relative.map((specifier) => posix.join(posix.dirname(path), specifier)),
    );
  }
  return [...problems, ...cycles(edges)];
}
