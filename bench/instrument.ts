// What measuring a server from inside costs for each tools/call: CPU time and P50, against the bare server.
//   node bench/instrument.ts [--rounds 61] [--calls 4000]
import { execFile, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { errorMessage } from './error-text.ts';
import type { Round, Variant } from './instrument-server.ts';
import { spreadOf, type Spread } from './statistics.ts';
import { table } from './table.ts';

const PEER = '@shinzolabs/instrumentation-mcp';
const PEER_VERSION = '1.1.0';
const peerFolder = join(import.meta.dirname, '..', '.cache', 'bench', 'instrumentation-mcp');

/** Installs the package to compare with (200 MB) where it is not; false, with a line on stderr, if that fails. */
async function installPeer(): Promise<boolean> {
  if (existsSync(join(peerFolder, 'node_modules', PEER))) return true;
  mkdirSync(peerFolder, { recursive: true });
  process.stderr.write(`installing ${PEER}@${PEER_VERSION} into .cache/bench\n`);
  const flags = ['--prefix', peerFolder, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
  try {
    await promisify(execFile)('npm', ['install', ...flags, `${PEER}@${PEER_VERSION}`], { timeout: 90_000 });
    return true;
  } catch (error) {
    process.stderr.write(`${PEER}: left out, it could not be installed: ${errorMessage(error)}\n`);
    return false;
  }
}

/** Takes what OpenTelemetry exporters send, as a collector on the same machine would. */
async function startCollector(): Promise<{ readonly url: string; readonly stop: () => void }> {
  const collector = createServer((request, response) => {
    request.resume().once('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const address = collector.address();
  if (address === null || typeof address === 'string') throw new Error('collector: want a port, got none');
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    stop: () => {
      collector.close();
      collector.closeAllConnections();
    },
  };
}

/** The next message of a server. @throws Error if it ends instead. */
async function reply<T>(child: ChildProcess): Promise<T> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`server of the benchmark: want a message, got exit ${String(code)}`);
  });
  try {
    const [message]: T[] = await Promise.race([once(child, 'message', { signal }), ended]);
    if (message === undefined) throw new Error('server of the benchmark: want a message, got none');
    return message;
  } finally {
    // What is no longer waited for is rejected, and heard by nobody.
    ended.catch(() => undefined);
    waiting.abort();
  }
}

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '61' }, calls: { type: 'string', default: '4000' } },
});
const rounds = Number(values.rounds);
const calls = Number(values.calls);

const variants: Variant[] = ['bare', 'bare again', 'mcp-vitals/instrument'];
if (await installPeer()) variants.push(PEER);
const collector = await startCollector();
const children = new Map<Variant, ChildProcess>();
const figures = new Map<Variant, Round[]>(variants.map((variant) => [variant, []]));
try {
  for (const variant of variants) {
    const child = fork(join(import.meta.dirname, 'instrument-server.ts'), [
      variant,
      collector.url,
      peerFolder,
    ]);
    children.set(variant, child);
    await reply(child);
  }
  // The first rounds warm up; then the order turns from round to round, so that no server has the better place.
  for (let round = -2; round < rounds; round++) {
    for (let n = 0; n < variants.length; n++) {
      const variant = variants[(n + round + 2) % variants.length];
      const child = variant && children.get(variant);
      if (!child) continue;
      child.send({ calls });
      const measured = await reply<Round>(child);
      if (round >= 0) figures.get(variant)?.push(measured);
    }
  }
} finally {
  for (const child of children.values()) child.kill();
  collector.stop();
}

const bare = figures.get('bare') ?? [];
/** The figures of one variant against those of the bare server in the same rounds. */
const against = (of: readonly Round[], field: keyof Round) => ({
  own: spreadOf(of.map((round) => round[field])),
  added: spreadOf(of.map((round, n) => round[field] - (bare[n]?.[field] ?? Number.NaN))),
  ratio: spreadOf(of.map((round, n) => round[field] / (bare[n]?.[field] ?? Number.NaN))),
});
const show = ({ median, min, max }: Spread, digits: number): string =>
  `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
const rows = [...figures].flatMap(([variant, of]) =>
  (['cpuUs', 'p50Us'] as const).map((field) => {
    const { own, added, ratio } = against(of, field);
    return [
      variant,
      field === 'cpuUs' ? 'CPU' : 'P50',
      show(own, 1),
      ...(variant === 'bare' ? ['', ''] : [show(added, 1), show(ratio, 2)]),
    ];
  }),
);
process.stdout.write(
  `tools/call over an in-memory transport, SDK 1.x, one call after another: µs a call,\n` +
    `median of ${rounds} rounds of ${calls} calls (least–greatest)\n\n` +
    `${table(['server', 'figure', 'µs', 'added µs', 'ratio to bare'], rows)}\n`,
);
