/** What a command sees of its process. */
export interface CommandIo {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Where answers to questions come from; nobody is asked where it is absent or no terminal. */
  readonly stdin?: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly env: NodeJS.ProcessEnv;
}

/** Runs a command with the arguments after its name and resolves to the exit code of the process. */
export type Command = (argv: readonly string[], io: CommandIo) => Promise<number>;

/** Exit codes: 0 done, 1 a finding or a failure at work, 2 wrong use or a broken configuration. */
export const exitCode = { ok: 0, failed: 1, misused: 2 } as const;

/** Writes every problem as a line of its own. */
export function printProblems(io: CommandIo, problems: readonly string[]): void {
  for (const problem of problems) io.stderr.write(`mcp-vitals: ${problem}\n`);
}

/** A command's own options, taken out of its arguments. */
export interface OwnOptions {
  /** Values by the option's name, e.g. `--for` → `30s`. */
  readonly values: ReadonlyMap<string, string>;
  /** The arguments that are left, for `loadConfig`. */
  readonly rest: readonly string[];
  readonly problems: readonly string[];
}

/** Takes options with a value (`--for 30s` or `--for=30s`) out of arguments, up to a `--`. */
export function takeOptions(argv: readonly string[], names: readonly string[]): OwnOptions {
  const values = new Map<string, string>();
  const rest: string[] = [];
  const problems: string[] = [];
  for (let i = 0; i < argv.length; i += 1) {
    const arg = argv[i] ?? '';
    if (arg === '--') {
      rest.push(...argv.slice(i));
      break;
    }
    const [name = '', ...inline] = arg.split('=');
    if (!names.includes(name)) rest.push(arg);
    else if (inline.length > 0) values.set(name, inline.join('='));
    else if (argv[i + 1] === undefined || argv[i + 1]?.startsWith('--') === true) {
      problems.push(`${name}: want a value, got none`);
    } else {
      i += 1;
      values.set(name, argv[i] ?? '');
    }
  }
  return { values, rest, problems };
}
