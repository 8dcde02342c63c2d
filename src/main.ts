#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { exitCode, printProblems } from './commands/command.ts';
import type { Command, CommandIo } from './commands/command.ts';
import { isCommandName, usages, usageText } from './commands/usage.ts';
import type { CommandName } from './commands/usage.ts';
import { errorDetail } from './commands/error-text.ts';

// Lazily, so that a command loads only what it needs.
const commands: Readonly<Record<CommandName, () => Promise<Command>>> = {
  init: async () => (await import('./commands/init.ts')).init,
  serve: async () => (await import('./commands/serve.ts')).serve,
  stdio: async () => (await import('./commands/stdio.ts')).stdio,
  probe: async () => (await import('./commands/probe.ts')).probe,
  demo: async () => (await import('./commands/demo.ts')).demo,
  detect: async () => (await import('./commands/detect.ts')).detect,
  bench: async () => (await import('./commands/bench.ts')).bench,
  check: async () => (await import('./commands/check.ts')).check,
  baseline: async () => (await import('./commands/baseline.ts')).baseline,
  plan: async () => (await import('./commands/plan.ts')).plan,
  rules: async () => (await import('./commands/rules.ts')).rules,
  generate: async () => (await import('./commands/generate.ts')).generate,
};

const asksForHelp = (argv: readonly string[]) =>
  // What stands behind `--` belongs to the command that `stdio` or `init` starts.
  argv
    .slice(0, argv.includes('--') ? argv.indexOf('--') : undefined)
    .some((arg) => /^(--help|-h)$/.test(arg));

async function version(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return `${/"version": "([^"]+)"/.exec(text)?.[1] ?? 'unknown'}\n`;
}

function unknownCommand(name: string, io: CommandIo): number {
  const known = Object.keys(usages).join(', ');
  printProblems(io, [`${JSON.stringify(name)}: unknown command, want one of ${known} or help`]);
  return exitCode.misused;
}

async function main(argv: readonly string[], io: CommandIo): Promise<number> {
  const [first, ...rest] = argv;
  if (first === undefined) {
    io.stderr.write(usageText());
    return exitCode.misused;
  }
  if (first === '--version' || first === '-v') {
    io.stdout.write(await version());
    return exitCode.ok;
  }
  if (first === 'help' || first === '--help' || first === '-h') {
    const [topic] = rest;
    if (topic !== undefined && !isCommandName(topic)) return unknownCommand(topic, io);
    io.stdout.write(usageText(topic));
    return exitCode.ok;
  }
  if (!isCommandName(first)) return unknownCommand(first, io);
  if (asksForHelp(rest)) {
    io.stdout.write(usageText(first));
    return exitCode.ok;
  }
  const command = await commands[first]();
  return command(rest, io);
}

const { stdin, stdout, stderr, env } = process;
// A log whose reader has left (a closed pipe) is lost; the traffic of the proxy must not be.
stderr.on('error', () => {});
try {
  // Not process.exit: what was written to a pipe must still be flushed.
  process.exitCode = await main(process.argv.slice(2), { stdin, stdout, stderr, env });
} catch (error) {
  stderr.write(`mcp-vitals: ${errorDetail(error)}\n`);
  process.exitCode = exitCode.failed;
}
