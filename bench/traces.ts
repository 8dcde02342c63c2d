// `npm run bench:traces`: what spans cost the sidecar, CPU at full load and memory, by the share of requests sampled.
//   node bench/traces.ts [--rounds 9] [--window-ms 1500] [--beside DIRECTORY]
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startGenerator, type Generator } from './generator-process.ts';
import { rotated } from './measure.ts';
import { openSession } from './open-session.ts';
import type { Route } from './orders.ts';
import {
  canPin,
  freePort,
  killAll,
  startPinned,
  untilListening,
  type PinnedProcess,
} from './pinned-process.ts';
import { allowedCpus, processTree, rssBytesOf } from './process-cost.ts';
import { spreadOf } from './statistics.ts';
import { table } from './table.ts';
import { watchDisturbance } from './undisturbed.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    'window-ms': { type: 'string', default: '1500' },
    /** Seconds for repeating windows that other processes disturb. */
    patience: { type: 'string', default: '0' },
    /** Another checkout, whose sidecar is measured without traces, too. */
    beside: { type: 'string' },
  },
});

/** Takes what is exported, and counts the requests that brought it. */
async function startCollector(): Promise<{
  readonly url: string;
  readonly bytes: () => number;
  readonly stop: () => void;
}> {
  let bytes = 0;
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => void (bytes += chunk.length));
    request.once('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('collector: want a port, got none');
  return {
    url: `http://127.0.0.1:${address.port}`,
    bytes: () => bytes,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Variant {
  readonly name: string;
  readonly main: string;
  /** Share of requests sampled; undefined: traces are off. */
  readonly ratio: number | undefined;
}

interface Running {
  readonly variant: Variant;
  readonly process: PinnedProcess;
  readonly route: Route;
  readonly rssBytes: number;
  readonly cpuMs: number[];
}

async function start(
  variant: Variant,
  upstreamPort: number,
  collectorUrl: string,
  cpu: number | undefined,
): Promise<Running> {
  const port = await freePort();
  const variables =
    variant.ratio === undefined
      ? []
      : [
          `OTEL_EXPORTER_OTLP_ENDPOINT=${collectorUrl}`,
          'OTEL_TRACES_SAMPLER=parentbased_traceidratio',
          `OTEL_TRACES_SAMPLER_ARG=${variant.ratio}`,
          // Room for full load: a span that is dropped costs less than one that is sent.
          'OTEL_BSP_MAX_QUEUE_SIZE=65536',
        ];
  const addresses = ['--listen', `127.0.0.1:${port}`, '--admin', `127.0.0.1:${await freePort()}`];
  const started = startPinned(
    [
      'env',
      ...variables,
      process.execPath,
      variant.main,
      'serve',
      '--upstream',
      `http://127.0.0.1:${upstreamPort}`,
      ...addresses,
    ],
    { cpu, ipc: false },
  );
  await untilListening(started, port);
  const route = await openSession({ port, path: '/mcp' });
  return { variant, process: started, route, rssBytes: rssBytesOf(processTree(started.pid)), cpuMs: [] };
}

async function cpuMsPerThousand(generator: Generator, running: Running, measureMs: number): Promise<number> {
  const { process: target, route, variant } = running;
  const report = await generator.run<'closed-loop'>({
    kind: 'closed-loop',
    route,
    pids: processTree(target.pid),
    connections: 32,
    warmupMs: 300,
    measureMs,
  });
  if (report.failures.length > 0)
    throw new Error(`${variant.name}: want every request answered, got ${report.failures[0]}`);
  // CPU time comes in ticks of 10 ms: a window in which the machine had no time for the target says nothing.
  if (report.requests < 100) return cpuMsPerThousand(generator, running, measureMs);
  return (report.cpuSeconds * 1e6) / report.requests;
}

process.on('exit', killAll);
const cpus = allowedCpus();
const apart = canPin && cpus.length > 1;
const cpu = apart ? cpus.at(-1) : undefined;
if (apart) spawnSync('taskset', ['-p', '-c', String(cpus[0]), String(process.pid)]);
const here = path.join(import.meta.dirname, '..', 'src', 'main.ts');
const variants: readonly Variant[] = [
  ...(values.beside === undefined
    ? []
    : [
        { name: `off, ${values.beside}`, main: path.join(values.beside, 'src', 'main.ts'), ratio: undefined },
      ]),
  { name: 'off', main: here, ratio: undefined },
  { name: '0 %', main: here, ratio: 0 },
  { name: '1 %', main: here, ratio: 0.01 },
  { name: '10 %', main: here, ratio: 0.1 },
  { name: '100 %', main: here, ratio: 1 },
];

const collector = await startCollector();
const upstreamPort = await freePort();
const upstream = startPinned(
  [process.execPath, path.join(import.meta.dirname, 'upstream.ts'), String(upstreamPort)],
  {
    cpu: apart ? cpus[0] : undefined,
    ipc: true,
  },
);
await untilListening(upstream, upstreamPort);
const generator = startGenerator(apart ? cpus[0] : undefined);
const { undisturbed, othersCpus } = watchDisturbance(Number(values.patience) * 1000);
const running: Running[] = [];
for (const variant of variants) running.push(await start(variant, upstreamPort, collector.url, cpu));
for (const each of running) await cpuMsPerThousand(generator, each, 2500);
for (let round = 0; round < Number(values.rounds); round++) {
  process.stderr.write(`round ${round + 1} of ${values.rounds}\n`);
  for (const each of rotated(running, round)) {
    each.cpuMs.push(await undisturbed(() => cpuMsPerThousand(generator, each, Number(values['window-ms']))));
  }
}

const off = running.find(({ variant }) => variant.name === 'off');
const rows = running.map(({ variant, cpuMs, rssBytes, process: { pid } }) => {
  const spread = spreadOf(cpuMs);
  // Within a round the machine is about the same for all.
  const ratio = spreadOf(cpuMs.map((ms, round) => ms / (off?.cpuMs[round] ?? Number.NaN)));
  return [
    variant.name,
    `${spread.median.toFixed(1)} [${spread.min.toFixed(1)}–${spread.max.toFixed(1)}]`,
    `${ratio.median.toFixed(2)} [${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)}]`,
    (rssBytes / 2 ** 20).toFixed(0),
    (rssBytesOf(processTree(pid)) / 2 ** 20).toFixed(0),
  ];
});
process.stdout.write(
  `${table(['sampled', 'CPU ms / 1,000 requests', '× off', 'MB at the start', 'MB after the load'], rows)}\n\n` +
    `${values.rounds} rounds; the collector took ${(collector.bytes() / 2 ** 20).toFixed(0)} MB; others used ${othersCpus().toFixed(2)} of a CPU; Node ${process.versions.node}.\n`,
);
for (const each of running) await each.process.stop();
await Promise.all([generator.stop(), upstream.stop()]);
collector.stop();

/** Least microseconds that tap, metrics and span took of a call, in three processes of their own. */
const tapMicroseconds = (ratio: string): number =>
  Math.min(
    ...[1, 2, 3].map(() =>
      Number(
        execFileSync(process.execPath, [path.join(import.meta.dirname, 'traced-tap.ts'), ratio], {
          encoding: 'utf8',
        }),
      ),
    ),
  );
const tapRows = ['off', '0', '0.01', '0.1', '1'].map((ratio) => [ratio, tapMicroseconds(ratio).toFixed(1)]);
process.stdout.write(`\n${table(['sampled', 'tap and metrics, µs a call'], tapRows)}\n`);
