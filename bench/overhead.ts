// `npm run bench:overhead`: what the sidecar costs, beside other proxies and gateways, in one interleaved run.
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { checkBar, type TapCount } from './bar.ts';
import { errorMessage } from './error-text.ts';
import { figuresOf } from './figures.ts';
import { startGenerator } from './generator-process.ts';
import {
  measureMemory,
  measureRounds,
  noObservations,
  type Measuring,
  type Observations,
} from './measure.ts';
import { canPin, freePort, killAll, startPinned, untilListening } from './pinned-process.ts';
import { readPlan, USAGE, type Plan } from './plan.ts';
import { allowedCpus, openFilesLimit } from './process-cost.ts';
import { report } from './report.ts';
import { observedToolCalls } from './tap-count.ts';
import {
  startTarget,
  TARGET_NAMES,
  whyMissing,
  type Surroundings,
  type Target,
  type TargetName,
} from './targets.ts';
import { watchDisturbance } from './undisturbed.ts';

// Read before this process pins itself.
const allowedCpuCount = allowedCpus().length;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Which CPU carries the target and which the load; both undefined where they cannot be kept apart. */
function chooseCpus(notes: string[]): { load: number | undefined; target: number | undefined } {
  const cpus = allowedCpus();
  if (!canPin || cpus.length < 2) {
    notes.push(
      `Not pinned (${canPin ? 'only one CPU' : 'taskset is not installed'}): the load disturbs the targets.`,
    );
    return { load: undefined, target: undefined };
  }
  const [load] = cpus;
  const target = cpus.at(-1);
  spawnSync('taskset', ['-p', '-c', String(load), String(process.pid)]);
  return { load, target };
}

function streamCountsThatFit(plan: Plan, notes: string[]): number[] {
  // A proxy holds two sockets for each stream.
  const most = Math.floor((openFilesLimit() - 200) / 2);
  const fitting = plan.streamCounts.filter((count) => count <= most);
  if (fitting.length < plan.streamCounts.length) {
    notes.push(
      `Open files are limited to ${openFilesLimit()}: memory was measured with up to ${fitting.at(-1) ?? 0} streams.`,
    );
  }
  return fitting;
}

async function countTap(
  targets: readonly Target[],
  observed: Measuring['observed'],
): Promise<TapCount | undefined> {
  const sidecar = targets.find(({ name }) => name === 'sidecar');
  const seen = observed.get('sidecar');
  if (sidecar === undefined || seen === undefined) return undefined;
  const atFullLoad = seen.fullLoad.reduce((sum, { requests }) => sum + requests, 0);
  const atRates = [...seen.openLoop.values()].flat();
  const made = atRates.reduce((sum, { requests, unanswered }) => sum + requests - unanswered, atFullLoad);
  return { made, observed: await observedToolCalls(sidecar) };
}

// The run is about the sidecar; of the others it can do without one that does not start, if it says so.
async function startOrSayWhyNot(name: TargetName, around: Surroundings): Promise<Target | string> {
  try {
    return await startTarget(name, around);
  } catch (error) {
    if (name === 'direct' || name === 'sidecar') throw error;
    return `${name}: not measured, it did not start: ${errorMessage(error)}`;
  }
}

async function run(given: Plan): Promise<boolean> {
  const startedMs = performance.now();
  const notes: string[] = [];
  const cpus = chooseCpus(notes);
  const plan = { ...given, streamCounts: streamCountsThatFit(given, notes) };
  const names = TARGET_NAMES.filter((name) => {
    const why = plan.targets.includes(name) ? whyMissing(name) : 'left out by --targets';
    if (why !== undefined) notes.push(`${name}: not measured, ${why}.`);
    return why === undefined;
  });

  const upstreamPort = await freePort();
  const upstreamFile = path.join(import.meta.dirname, 'upstream.ts');
  const upstream = startPinned([process.execPath, upstreamFile, String(upstreamPort)], {
    cpu: cpus.load,
    ipc: true,
  });
  await untilListening(upstream, upstreamPort);
  const generator = startGenerator(cpus.load);
  const around = { upstreamPort, cpu: cpus.target, sidecarNodeOptions: plan.sidecarNodeOptions };
  const observed = new Map<TargetName, Observations>(names.map((name) => [name, noObservations()]));
  const disturbance = watchDisturbance(plan.patienceMs);
  const measuring: Measuring = {
    plan,
    generator,
    around,
    observed,
    undisturbed: disturbance.undisturbed,
    say,
  };

  let tap: TapCount | undefined;
  if (plan.phases.some((phase) => phase !== 'memory')) {
    const targets: Target[] = [];
    for (const name of names) {
      const started = await startOrSayWhyNot(name, around);
      if (typeof started === 'string') notes.push(started);
      else targets.push(started);
    }
    await measureRounds(measuring, targets);
    notes.push(
      `Other processes used ${disturbance.othersCpus().toFixed(2)} of a CPU meanwhile: with more than 0.1, run again, or with --patience.`,
    );
    tap = await countTap(targets, observed);
    await Promise.all(targets.map((target) => target.stop()));
  }
  if (plan.phases.includes('memory')) {
    for (const name of plan.memoryTargets) if (names.includes(name)) await measureMemory(measuring, name);
  }
  await Promise.all([generator.stop(), upstream.stop()]);

  for (const [name, seen] of observed) {
    for (const [rate, reports] of seen.openLoop) {
      const unanswered = reports.reduce((sum, one) => sum + one.unanswered, 0);
      if (unanswered > 0)
        notes.push(`${name}: could not keep up with ${rate}/s, ${unanswered} calls stayed open.`);
    }
  }
  const figures = names.map((name) =>
    figuresOf(name, observed.get(name) ?? noObservations(), observed.get('direct')),
  );
  const bar = checkBar(figures, tap);
  notes.push(
    `${plan.rounds} rounds in ${((performance.now() - startedMs) / 1000).toFixed(0)} s on ${allowedCpuCount} CPUs, Node ${process.versions.node}; medians, [least–greatest] of the rounds.`,
  );
  process.stdout.write(`${report(figures, bar, notes)}\n`);
  if (plan.jsonFile !== undefined) {
    const observations = Object.fromEntries(
      [...observed].map(([name, seen]) => [name, { ...seen, openLoop: Object.fromEntries(seen.openLoop) }]),
    );
    await writeFile(
      plan.jsonFile,
      `${JSON.stringify({ figures, bar, notes, tap, observations }, undefined, 2)}\n`,
    );
  }
  return bar.every(({ outcome }) => outcome === 'pass');
}

process.on('exit', killAll);
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.once(signal, () => process.exit(code));
}

try {
  const plan = readPlan(process.argv.slice(2));
  if (plan === undefined) process.stdout.write(`${USAGE}\n`);
  else if (!(await run(plan)) && plan.strict) process.exitCode = 1;
} catch (error) {
  say(`bench: ${errorMessage(error)}`);
  process.exit(2);
}
