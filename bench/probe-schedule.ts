import { once } from 'node:events';
import process from 'node:process';
import {
  canPin,
  freePort,
  killAll,
  startPinned,
  untilListening,
  type PinnedProcess,
} from './pinned-process.ts';
import type { ScheduleFigures } from './probe-runner.ts';
import { table } from './table.ts';

// Whether 500 probes on a 10-second schedule run on one core without missing a beat.
const MEASURED_MS = 60_000;
const BAR_P99_MS = 100;

process.once('exit', killAll);
process.exitCode = await measure();

async function measure(): Promise<0 | 1> {
  const program = (name: string, ...args: string[]): string[] => [
    process.execPath,
    `${import.meta.dirname}/${name}.ts`,
    ...args,
  ];
  const port = await freePort();
  const [cpuOfProbes, cpuOfServer] = canPin ? [0, 1] : [undefined, undefined];
  const server = startPinned(program('probe-server', String(port)), { cpu: cpuOfServer, ipc: true });
  await untilListening(server, port);
  const runner = startPinned(program('probe-runner', String(port), String(MEASURED_MS)), {
    cpu: cpuOfProbes,
    ipc: true,
  });
  const idle = startPinned(program('metronome', String(MEASURED_MS)), { cpu: cpuOfProbes, ipc: true });
  const messageOf = async ({ child }: PinnedProcess): Promise<unknown> => {
    const gone = once(child, 'exit').then(() => [undefined]);
    const [message] = (await Promise.race([once(child, 'message'), gone])) as [unknown];
    return message;
  };
  const [message, idleP99] = await Promise.all([messageOf(runner), messageOf(idle)]);
  const figures = message as ScheduleFigures | undefined;
  await Promise.all([runner.stop(), idle.stop()]);
  await server.stop();
  if (figures === undefined) throw new Error(`probe runner: want figures, got ${runner.output()}`);

  const { runs, failures, skipped, expectedRuns, latenessMs, cpu, heapMib } = figures;
  console.log(
    table(
      ['500 probes every 10 s, one core', ''],
      [
        ['runs in a minute', `${runs} of ${expectedRuns}`],
        ['failed', String(failures)],
        ['left out, since the one before was under way', String(skipped)],
        ['lateness P50', `${latenessMs.p50.toFixed(2)} ms`],
        ['lateness P99', `${latenessMs.p99.toFixed(1)} ms`],
        ['lateness, most', `${latenessMs.max.toFixed(1)} ms`],
        ['lateness P99 of an idle process on the same core', `${Number(idleP99).toFixed(1)} ms`],
        ['CPU', cpu.toFixed(2)],
        ['heap', `${heapMib.toFixed(0)} MiB`],
      ],
    ),
  );
  // Those at the edges of the minute may fall on either side.
  const noneMissed = skipped === 0 && failures === 0 && Math.abs(runs - expectedRuns) <= expectedRuns * 0.01;
  const met = noneMissed && latenessMs.p99 < BAR_P99_MS;
  console.log(`bar: none missed, P99 of the lateness below ${BAR_P99_MS} ms: ${met ? 'pass' : 'FAIL'}`);
  return met ? 0 : 1;
}
