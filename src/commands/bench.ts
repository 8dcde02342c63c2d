import { cpus, release, totalmem } from 'node:os';
import { readFile } from 'node:fs/promises';
import { BENCH_SCHEMA_VERSION, type BenchMachine, type BenchRun } from '../bench/bench-report.ts';
import { BUILT_IN_PROFILES } from '../bench/built-in-profiles.ts';
import { chooseTools } from '../bench/choose-tools.ts';
import { errorKind } from '../bench/error-kind.ts';
import { listTools, tryTools } from '../bench/inspect-server.ts';
import { listSome } from '../bench/list-some.ts';
import { systemTime } from '../bench/load-time.ts';
import { startThreadPacer } from '../bench/pacer.ts';
import type { BenchProfile } from '../bench/profile.ts';
import type { Pulse } from '../bench/recorder.ts';
import type { RunParts } from '../bench/run-parts.ts';
import { runProfile } from '../bench/run-profile.ts';
import type { Config } from '../config/config.ts';
import { startDemo, type Demo } from '../demo/start-demo.ts';
import { judge } from '../mcp/call-outcome.ts';
import type { ProcessTarget } from '../sources/process-source.ts';
import { readBenchCredentials } from './bench-credentials.ts';
import { readBenchOptions, suggestBenchOption, type BenchOptions } from './bench-options.ts';
import { prepareBenchOutput } from './bench-output.ts';
import { planBench } from './bench-plan.ts';
import { startProgress, type ProgressView } from './bench-progress.ts';
import { withDemoArguments } from './demo-arguments.ts';
import { openBenchSessions, type BenchSessions } from './bench-sessions.ts';
import { findBenchTarget, type BenchServerTarget } from './bench-target.ts';
import { enduranceVerdicts } from './bench-verdicts.ts';
import { exitCode, printProblems, type CommandIo } from './command.ts';
import { errorMessage } from './error-text.ts';
import { loadSettings } from './load-settings.ts';
import { untilSignal } from './signals.ts';
import { takeBenchOutput } from './take-bench-output.ts';
import { watchServer, type ServerWatch } from './watch-server.ts';

type Stops = (() => Promise<void> | void)[];

/** How often the server's process is looked at. */
const LEAST_WATCH_MS = 250;
const MOST_WATCH_MS = 5000;

async function programVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return /"version": "([^"]+)"/.exec(text)?.[1] ?? 'unknown';
}

function machine(): BenchMachine {
  const all = cpus();
  return {
    cpus: Math.max(1, all.length),
    cpuModel: all[0]?.model.trim() || 'unknown',
    memoryBytes: totalmem(),
    platform: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
  };
}

/** What a target is called in a report. */
const addressOf = (target: BenchServerTarget): string =>
  target.over === 'stdio'
    ? (target.command[0] ?? '')
    : target.endpoints.map(({ url }) => url.replace(/\?.*$/s, '')).join(', ');

/** The process of the server, where it can be told which one it is. */
function processTarget(
  options: BenchOptions,
  target: BenchServerTarget,
  sessions: BenchSessions,
  demo: Demo | undefined,
): ProcessTarget | undefined {
  if (options.pid !== undefined) return { pid: options.pid };
  const own = demo?.serverPid ?? sessions.pid;
  if (own !== undefined) return { pid: own };
  if (target.over === 'stdio' || !target.isLocal || target.endpoints.length > 1) return undefined;
  const port = Number(new URL(target.endpoints[0]?.url ?? '').port);
  return port > 0 ? { port } : undefined;
}

/** How long all of a profile takes, as far as that is known. */
function durationMs({ load, warmUpMs }: BenchProfile): number {
  switch (load.kind) {
    case 'open':
      return warmUpMs + load.stages.reduce((sum, stage) => sum + stage.durationMs, 0);
    case 'closed':
      return warmUpMs + (load.durationMs ?? 0);
    case 'scaling':
    case 'tools':
      return warmUpMs + load.durationMs;
    default:
      return load satisfies never;
  }
}

/** Aborts at Ctrl-C, at SIGTERM and at the cap, with the reason. */
function untilEnded(maxDurationMs: number, startedMs: number): { signal: AbortSignal; stop: () => void } {
  const ended = new AbortController();
  const waiting = new AbortController();
  const timer = setTimeout(
    () => ended.abort(new Error('--max-duration is over')),
    Math.min(maxDurationMs, 2 ** 31 - 1),
  );
  void (async () => {
    const signal = await untilSignal(['SIGINT', 'SIGTERM'], waiting.signal);
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    ended.abort(new Error(`${signal === 'SIGINT' ? 'Ctrl-C' : signal} after ${seconds} s`));
  })();
  return {
    signal: ended.signal,
    stop: () => {
      clearTimeout(timer);
      waiting.abort();
    },
  };
}

/** What a run needs that is the same for all repeats. */
interface Prepared {
  readonly options: BenchOptions;
  readonly profile: BenchProfile;
  readonly parts: Omit<RunParts, 'onProgress' | 'onPulse' | 'server'>;
  readonly watch: ServerWatch | undefined;
}

async function runOnce(prepared: Prepared, number: number, view: ProgressView): Promise<BenchRun> {
  const { options, profile, parts, watch } = prepared;
  const pulses: Pulse[] = [];
  const run = await runProfile(profile, {
    ...parts,
    server: (fromMs, toMs) => watch?.between(fromMs, toMs),
    onPulse: (pulse) => pulses.push(pulse),
    onProgress: (progress) => view.show({ ...progress, profile: profile.name, run: [number, options.runs] }),
  });
  view.clear();
  if (run.hours === undefined) return run;
  const startMs = performance.now() - (Date.now() - Date.parse(run.startedAt));
  const readings = watch?.readings() ?? [];
  return { ...run, verdicts: enduranceVerdicts({ run, readings, startMs, minutes: pulses }) };
}

/** Warnings about what was measured, and how. */
function warningsOf(
  runs: readonly BenchRun[],
  { honorRetryAfter }: BenchOptions,
  watch: ServerWatch | undefined,
): string[] {
  const warnings: string[] = [];
  const late = runs.reduce((sum, run) => sum + (run.lateStarts?.requests ?? 0), 0);
  const all = runs.reduce((sum, run) => sum + (run.lateStarts === undefined ? 0 : run.requests), 0);
  if (late > all / 100) {
    const most = Math.max(...runs.map((run) => run.lateStarts?.maxMs ?? 0));
    warnings.push(
      `${late} of ${all} requests started late, up to ${Math.round(most)} ms: --max-in-flight was reached, or this machine was too busy; their latency counts from when they were due`,
    );
  }
  const limited = runs.reduce((sum, run) => sum + (run.errors['rate_limit_exceeded'] ?? 0), 0);
  if (limited > 0 && !honorRetryAfter) {
    warnings.push(`the server limited the rate ${limited} times; --honor-retry-after does what it asks for`);
  }
  const problem = watch?.problem();
  if (problem !== undefined) warnings.push(`CPU and memory of the server were not seen: ${problem}`);
  return warnings;
}

async function measure(
  options: BenchOptions,
  profile: BenchProfile,
  config: Config,
  io: CommandIo,
  view: ProgressView,
  stops: Stops,
): Promise<{ readonly runs: readonly BenchRun[]; readonly warnings: readonly string[] }> {
  const isDemo = options.targets.length === 0 && options.command.length === 0;
  let demo: Demo | undefined;
  if (isDemo) {
    view.say('Starting the demo server (an MCP server on an embedded PostgreSQL) ...');
    demo = await startDemo({ onFailure: (reason) => view.say(`demo: ${reason}`) });
    stops.push(demo.stop);
  }
  const found = await findBenchTarget(
    demo === undefined ? options : { ...options, targets: [demo.serverUrl] },
    config,
  );
  if (!found.ok) throw new Misuse(found.problems);
  const { target } = found;
  const credentials = await readBenchCredentials(
    target.credentials,
    target.over === 'http' ? target.headers : {},
    target.over === 'http' ? target.endpoints[0]?.url : undefined,
    io.env,
    view.say,
  );
  stops.push(credentials.stop);
  const sessions = await openBenchSessions(target, credentials, io.env);
  stops.push(sessions.stop);
  const { agreement, first } = sessions;
  view.say(
    `${addressOf(target)}: ${agreement.server ?? 'a server without a name'}, MCP ${agreement.protocolVersion}`,
  );

  const mix = chooseTools(
    await listTools(first, profile.timeoutMs),
    demo === undefined ? profile : withDemoArguments(profile),
  );
  if (!mix.ok) throw new Misuse(mix.problems);
  const trial = await tryTools(first, mix.tools, options.seed);
  for (const note of [...mix.notes, ...trial.notes]) view.say(note);
  if (trial.tools.length === 0) {
    throw new Misuse([
      'want a tool that takes what was made up for it, got none: --arguments FILE gives them their arguments',
    ]);
  }
  view.say(
    `calls ${listSome(trial.tools.map(({ tool, share }) => `${tool.name} ${Math.round(share * 1000) / 10} %`))}`,
  );

  const server = processTarget(options, target, sessions, demo);
  const watch =
    server &&
    watchServer(server, Math.min(MOST_WATCH_MS, Math.max(LEAST_WATCH_MS, durationMs(profile) / 1000)));
  if (watch !== undefined) stops.push(watch.stop);

  const ended = untilEnded(options.maxDurationMs, performance.now());
  stops.push(ended.stop);
  const prepared: Prepared = {
    options,
    profile,
    watch,
    parts: {
      time: systemTime,
      wallMs: Date.now,
      startPacer: startThreadPacer,
      openCallers: sessions.openCallers,
      endpoints: sessions.endpoints,
      tools: trial.tools,
      agreement,
      transport: target.over === 'http' ? 'streamable-http' : 'stdio',
      target: {
        address: addressOf(target),
        ...(agreement.server !== undefined && { server: agreement.server }),
      },
      machine: machine(),
      timeScale: options.timeScale,
      seed: options.seed,
      wire: sessions.wire,
      kindOf: (outcome) => errorKind(judge(outcome, 'tools/call', config.tap.errorTypes)),
      maxInFlight: options.maxInFlight,
      honorRetryAfter: options.honorRetryAfter,
      signal: ended.signal,
    },
  };
  const runs: BenchRun[] = [];
  for (let number = 1; number <= options.runs && !ended.signal.aborted; number += 1) {
    const run = await runOnce(prepared, number, view);
    runs.push(run);
    if (run.end.how !== 'complete') {
      view.say(`ended before its time: ${run.end.why}`);
      break;
    }
  }
  return { runs, warnings: [...warningsOf(runs, options, watch), ...trial.notes] };
}

/** What the user asked for cannot be. */
class Misuse extends Error {
  readonly code = 'MISUSE';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.name = 'Misuse';
    this.problems = problems;
  }
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
  let measured: Awaited<ReturnType<typeof measure>>;
  try {
    measured = await measure(options, profile, config, io, view, stops);
  } catch (error) {
    view.clear();
    printProblems(io, error instanceof Misuse ? error.problems : [errorMessage(error)]);
    return error instanceof Misuse ? exitCode.misused : exitCode.failed;
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
  return output.finish({ schemaVersion: BENCH_SCHEMA_VERSION, version: await programVersion(), ...measured });
}
