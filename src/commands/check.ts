import { stringify } from 'yaml';
import { loadSettings } from './load-settings.ts';
import { exitCode, printProblems } from './command.ts';
import type { CommandIo } from './command.ts';

/**
 * `mcp-vitals check [file] [flags]`: prints every problem of the configuration to stderr (exit code 2), or
 * `config ok` and the configuration in force as YAML, without secrets.
 */
export async function check(argv: readonly string[], io: CommandIo): Promise<number> {
  const [first, ...rest] = argv;
  const hasFile = first !== undefined && !first.startsWith('-');
  const loaded = loadSettings({
    ...(hasFile ? { file: first } : {}),
    env: io.env,
    flags: hasFile ? rest : argv,
  });
  if (!loaded.ok) {
    printProblems(io, loaded.problems);
    return exitCode.misused;
  }
  io.stdout.write(`config ok\n${stringify(loaded.effective, { lineWidth: 0, singleQuote: true })}`);
  return exitCode.ok;
}
