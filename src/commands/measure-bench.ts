import { cpus, release, totalmem } from 'node:os';
import type { BenchMachine, BenchRun } from '../bench/bench-report.ts';
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
import { messageOf } from '../model/error-facts.ts';
import type { ProcessTarget } from '../sources/process-source.ts';
import { readBenchCredentials } from './bench-credentials.ts';
import type { BenchOptions } from './bench-options.ts';
import type { ProgressView } from './bench-progress.ts';
import { openBenchSessions, type BenchSessions } from './bench-sessions.ts';
import { findBenchTarget, type BenchServerTarget } from './bench-target.ts';
import { enduranceVerdicts } from './bench-verdicts.ts';
import { benchWarnings } from './bench-warnings.ts';
import { withDemoArguments } from './demo-arguments.ts';
import { untilEnded } from './until-ended.ts';
import { watchServer, type ServerWatch } from './watch-server.ts';

/** What has to be undone at the end, in the order in which it was done. */
export type Stops = (() => Promise<void> | void)[];

/** What is measured, and for whom. */
export interface MeasureOrder {
  readonly options: BenchOptions;
  readonly profile: BenchProfile;
  readonly config: Config;
  readonly env: NodeJS.ProcessEnv;
  readonly view: ProgressView;
  readonly stops: Stops;
}

/** How often the server's process is looked at. */
const LEAST_WATCH_MS = 250;
const MOST_WATCH_MS = 5000;

/** What was asked for cannot be, each reason in one line. */
export class Misuse extends Error {
  readonly code = 'MISUSE';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.name = 'Misuse';
    this.problems = problems;
  }
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

/** Starts the demo if nothing else was named, and finds out what the load goes to. */
async function openTarget({ options, config, view, stops }: MeasureOrder) {
  const isDemo = options.targets.length === 0 && options.command.length === 0;
  let demo: Demo | undefined;
  if (isDemo) {
    view.say('Starting the demo server (an MCP server on an embedded PostgreSQL) ...');
    demo = await startDemo({ onFailure: (reason) => view.say(`demo: ${reason}`) });
    stops.push(demo.stop);
  }
  const whole = demo === undefined ? options : { ...options, targets: [demo.serverUrl] };
  const found = await findBenchTarget(whole, config);
  if (!found.ok) throw new Misuse(found.problems);
  return { target: found.target, demo };
}

/** The sessions, or why there are none, with the name of the target. */
async function opened(target: BenchServerTarget, opening: Promise<BenchSessions>): Promise<BenchSessions> {
  try {
    return await opening;
  } catch (error) {
    throw new Error(`${addressOf(target)}: ${messageOf(error)}`, { cause: error });
  }
}

/** Says what is called, and tries it. */
async function openMix({ options, profile, view }: MeasureOrder, { first }: BenchSessions, isDemo: boolean) {
  const declared = await listTools(first, profile.timeoutMs);
  const mix = chooseTools(declared, isDemo ? withDemoArguments(profile) : profile);
  if (!mix.ok) throw new Misuse(mix.problems);
  const trial = await tryTools(first, mix.tools, options.seed);
  for (const note of [...mix.notes, ...trial.notes]) view.say(note);
  if (trial.tools.length === 0) {
    throw new Misuse([
      'want a tool that takes what was made up for it, got none: --arguments FILE gives them their arguments',
    ]);
  }
  const shares = trial.tools.map(({ tool, share }) => `${tool.name} ${Math.round(share * 1000) / 10} %`);
  view.say(`calls ${listSome(shares)}`);
  return trial;
}

/**
 * Opens the way to the target, runs the profile as often as was asked for, and says what has to be known of the figures.
 * @throws Misuse where it cannot be done as asked, else Error with one line.
 */
export async function measureBench(
  order: MeasureOrder,
): Promise<{ readonly runs: readonly BenchRun[]; readonly warnings: readonly string[] }> {
  const { options, profile, config, env, view, stops } = order;
  const { target, demo } = await openTarget(order);
  const isHttp = target.over === 'http';
  const credentials = await readBenchCredentials(
    target.credentials,
    isHttp ? target.headers : {},
    isHttp ? target.endpoints[0]?.url : undefined,
    env,
    view.say,
  );
  stops.push(credentials.stop);
  const sessions = await opened(target, openBenchSessions(target, credentials, env));
  stops.push(sessions.stop);
  const { agreement } = sessions;
  view.say(
    `${addressOf(target)}: ${agreement.server ?? 'a server without a name'}, MCP ${agreement.protocolVersion}`,
  );
  const trial = await openMix(order, sessions, demo !== undefined);
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
      transport: isHttp ? 'streamable-http' : 'stdio',
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
  return { runs, warnings: [...benchWarnings(runs, options, watch), ...trial.notes] };
}
