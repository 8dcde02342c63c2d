import { createHash } from 'node:crypto';
import type { RecordedTool, ToolDrift, ToolSnapshot } from '../model/probe-result.ts';
import { TOOL_CHANGES, type ToolChange } from '../model/probe.ts';

/** What of a declared tool is recorded. */
export interface DeclaredTool {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly inputSchema?: unknown;
  readonly outputSchema?: unknown;
  readonly annotations?: unknown;
}

/** JSON with sorted keys: the order of keys is no change. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

const digest = (value: unknown): string =>
  createHash('sha256').update(canonical(value)).digest('hex').slice(0, 16);

/** Records a list of tools: a digest of each of their parts. */
export function recordTools(tools: readonly DeclaredTool[]): ToolSnapshot {
  const recorded = tools.map((tool): [string, RecordedTool] => [
    tool.name,
    {
      input_schema: digest(tool.inputSchema),
      output_schema: digest(tool.outputSchema),
      annotations: digest(tool.annotations),
      description: digest([tool.title, tool.description]),
    },
  ]);
  return Object.fromEntries(recorded.toSorted(([a], [b]) => a.localeCompare(b)));
}

/** Tools by the way in which they differ from the recorded ones. */
export function driftOf(recorded: ToolSnapshot, seen: ToolSnapshot): ToolDrift {
  const differing = (change: Exclude<ToolChange, 'added' | 'removed'>): readonly string[] =>
    Object.entries(recorded)
      .filter(([name, tool]) => Object.hasOwn(seen, name) && seen[name]?.[change] !== tool[change])
      .map(([name]) => name);
  return {
    added: Object.keys(seen).filter((name) => !Object.hasOwn(recorded, name)),
    removed: Object.keys(recorded).filter((name) => !Object.hasOwn(seen, name)),
    input_schema: differing('input_schema'),
    output_schema: differing('output_schema'),
    annotations: differing('annotations'),
    description: differing('description'),
  };
}

/** The drift in words, of the given kinds: `added: a, b; input_schema: c`; empty where there is none. */
export const driftText = (drift: ToolDrift, kinds: readonly ToolChange[] = TOOL_CHANGES): string =>
  kinds
    .filter((change) => drift[change].length > 0)
    .map((change) => `${change}: ${drift[change].slice(0, 10).join(', ')}`)
    .join('; ');
