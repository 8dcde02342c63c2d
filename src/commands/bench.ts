import { readFile } from 'node:fs/promises';
import { BENCH_SCHEMA_VERSION } from '../bench/bench-report.ts';
import { BUILT_IN_PROFILES } from '../bench/built-in-profiles.ts';
import { readBenchOptions, suggestBenchOption } from './bench-options.ts';
import { prepareBenchOutput } from './bench-output.ts';
import { planBench } from './bench-plan.ts';
import { startProgress } from './bench-progress.ts';
import { exitCode, printProblems, type CommandIo } from './command.ts';
import { errorMessage } from './error-text.ts';
import { loadSettings } from './load-settings.ts';
import { measureBench, Misuse, type Stops } from './measure-bench.ts';
import { takeBenchOutput } from './take-bench-output.ts';

async function programVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return /"version": "([^"]+)"/.exec(text)?.[1] ?? 'unknown';
}

/**
 * `mcp-vitals bench [URL…|PROBE|-- COMMAND]`: puts a server under the load of a profile and reports what came of it.
 * Exit code 0 done, 1 a failure, an unmet threshold or a run that was ended, 2 wrong use.
 */
export async function bench(argv: readonly string[], io: CommandIo): Promise<number> {
  const taken = takeBenchOutput(argv);
  const read = readBenchOptions(taken.rest);
  if (read.ok && read.options.list) {
    const widest = Math.max(...BUILT_IN_PROFILES.map(({ name }) => name.length));
    for (const { name, about } of BUILT_IN_PROFILES) io.stdout.write(`${name.padEnd(widest)}  ${about}\n`);
    return exitCode.ok;
  }
  const loaded = loadSettings({ env: io.env, flags: read.ok ? read.rest : [] });
  const planned = read.ok ? planBench(read.options) : undefined;
  const problems = [
    ...taken.problems,
    ...(read.ok ? [] : read.problems),
    ...(loaded.ok ? [] : loaded.problems.map(suggestBenchOption)),
    ...(planned?.ok === false ? planned.problems : []),
  ];
  if (problems.length > 0 || !read.ok || !loaded.ok || planned?.ok !== true) {
    printProblems(io, problems);
    return exitCode.misused;
  }
  const { options } = read;
  const { config } = loaded;
  const { profile } = planned;
  const output = await prepareBenchOutput(taken.options, config, io, [profile.name]);
  if (!output.ok) {
    printProblems(io, output.problems);
    return exitCode.misused;
  }
  const view = startProgress(io.stderr, io.env);
  const stops: Stops = [];
  let measured: Awaited<ReturnType<typeof measureBench>>;
  try {
    measured = await measureBench({ options, profile, config, env: io.env, view, stops });
  } catch (error) {
    view.clear();
    printProblems(io, error instanceof Misuse ? error.problems : [errorMessage(error)]);
    return error instanceof Misuse ? exitCode.misused : exitCode.failed;
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
  return output.finish({ schemaVersion: BENCH_SCHEMA_VERSION, version: await programVersion(), ...measured });
}
