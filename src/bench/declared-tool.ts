/** A tool as `tools/list` declares it, as far as a load test needs it. */
export interface DeclaredTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of its arguments, as it was declared. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly annotations: {
    readonly readOnlyHint?: boolean;
    readonly destructiveHint?: boolean;
    readonly openWorldHint?: boolean;
  };
  /** It can only be called as a task, whose result comes later. */
  readonly needsTask: boolean;
}

/** True for a mapping. */
export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const flag = (from: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, boolean>> =>
  typeof from[name] === 'boolean' ? { [name]: from[name] } : {};

/** Reads the tools of one page of `tools/list`; entries without a name are left out. */
export function readTools(result: unknown): readonly DeclaredTool[] {
  const list = isMapping(result) && Array.isArray(result['tools']) ? result['tools'] : [];
  return list.flatMap((entry: unknown): DeclaredTool[] => {
    if (!isMapping(entry) || typeof entry['name'] !== 'string') return [];
    const hints = isMapping(entry['annotations']) ? entry['annotations'] : {};
    const execution = isMapping(entry['execution']) ? entry['execution'] : {};
    return [
      {
        name: entry['name'],
        description: typeof entry['description'] === 'string' ? entry['description'] : '',
        inputSchema: isMapping(entry['inputSchema']) ? entry['inputSchema'] : {},
        annotations: {
          ...flag(hints, 'readOnlyHint'),
          ...flag(hints, 'destructiveHint'),
          ...flag(hints, 'openWorldHint'),
        },
        needsTask: execution['taskSupport'] === 'required',
      },
    ];
  });
}
