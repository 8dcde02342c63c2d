import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Command } from '../../src/commands/command.ts';

/** What a command wrote, and its exit code. */
export interface CommandRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command in this process to its end. */
export async function runCommand(
  command: Command,
  argv: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<CommandRun> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const written = Promise.all([text(stdout), text(stderr)]);
  const code = await command(argv, { stdout, stderr, env });
  stdout.end();
  stderr.end();
  const [out, err] = await written;
  return { code, out, err };
}
