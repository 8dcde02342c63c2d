import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import cluster from 'node:cluster';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../src/model/clock.ts';
import { createProcessSource } from '../src/sources/process-source.ts';
import { exitWithParent } from './child-process.ts';
import { table } from './table.ts';
import { watchDisturbance } from './undisturbed.ts';

// What a sample of the server's process costs the sidecar, with 16 workers of 50 MB that are at work.
const WORKERS = 16;
const WORKER_BYTES = 50 * 1024 * 1024;
const SAMPLES = 200;
const BAR_MS = 5;
// Windows that other processes disturb are repeated, for so long in all.
const WINDOWS = 5;
const PATIENCE_MS = 15_000;

if (process.argv[2] === 'server') runServer();
else process.exitCode = await measure();

/** A Node cluster; each worker writes its memory over, allocates and listens. */
function runServer(): void {
  exitWithParent();
  if (cluster.isPrimary) {
    let listening = 0;
    cluster.on('listening', () => {
      listening += 1;
      if (listening === WORKERS) process.send?.('ready');
    });
    for (let i = 0; i < WORKERS; i += 1) cluster.fork();
    return;
  }
  const held = Buffer.alloc(WORKER_BYTES, 1);
  setInterval(() => {
    held.fill(Date.now() % 256, 0, 1024 * 1024);
    Buffer.alloc(Math.floor(Math.random() * 4 * 1024 * 1024), 1);
  }, 1000);
  const server = createServer((_, response) => response.end());
  server.listen(0, '127.0.0.1', () => (server.address() as AddressInfo).port);
}

async function startServer(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [import.meta.filename, 'server'], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`server: want ${WORKERS} workers, got exit ${code}`)));
  });
  return child;
}

/** CPU time of this process in ms, all threads. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The longest time in ms between two turns of the event loop while something is read. */
async function longestHold(read: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  let reading = true;
  const turn = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (reading) setImmediate(turn);
  };
  setImmediate(turn);
  await read();
  reading = false;
  return longest;
}

async function measure(): Promise<0 | 1> {
  const server = await startServer();
  const ended = new Promise((resolve) => server.once('exit', resolve));
  try {
    const source = createProcessSource({ target: { pid: server.pid ?? 0 }, clock: systemClock });
    const { signal } = new AbortController();
    const read = async (): Promise<number> => {
      const before = cpuMs();
      const samples = await source.read(signal);
      const cost = cpuMs() - before;
      const count = samples.find(({ name }) => name === 'mcp_processes')?.value;
      if (count !== WORKERS + 1) throw new Error(`count: want ${WORKERS + 1}, got ${count}`);
      return cost;
    };
    const first = await read();
    for (let i = 0; i < 20; i += 1) await read();

    const { undisturbed, othersCpus } = watchDisturbance(PATIENCE_MS);
    const costs: number[] = [];
    for (let i = 0; i < WINDOWS; i += 1) {
      const window = await undisturbed(async () => {
        const inWindow: number[] = [];
        for (let k = 0; k < SAMPLES / WINDOWS; k += 1) {
          await sleep(50);
          inWindow.push(await read());
        }
        return inWindow;
      });
      costs.push(...window);
    }
    const held: number[] = [];
    for (let i = 0; i < SAMPLES / 4; i += 1) held.push(await longestHold(() => source.read(signal)));

    const sorted = costs.toSorted((one, other) => one - other);
    const at = (share: number): string => (sorted[Math.floor(share * (SAMPLES - 1))] ?? 0).toFixed(2);
    const mean = costs.reduce((sum, cost) => sum + cost, 0) / SAMPLES;
    const met = mean < BAR_MS;
    console.log(
      table(
        ['process source, 16 workers', 'CPU ms'],
        [
          ['mean of a sample', mean.toFixed(2)],
          ['median', at(0.5)],
          ['P95 (with a look at the sockets)', at(0.95)],
          ['most', at(1)],
          ['the very first', first.toFixed(2)],
        ],
      ),
    );
    const typicalHold = held.toSorted((one, other) => one - other)[Math.floor(held.length / 2)] ?? 0;
    console.log(
      `longest hold of the event loop, median of ${held.length} samples: ${typicalHold.toFixed(1)} ms`,
    );
    console.log(`other processes used ${othersCpus().toFixed(2)} CPUs meanwhile`);
    console.log(`bar: mean below ${BAR_MS} ms: ${met ? 'pass' : 'FAIL'}`);
    await source.stop();
    return met ? 0 : 1;
  } finally {
    server.kill();
    await ended;
  }
}
