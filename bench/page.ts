/**
 * What the status page costs: the memory of its history, and twenty pages that listen for an hour.
 *
 *     npm run bench:page
 *
 * The hour is played: a clock that is turned by hand, two seconds for each update, real sockets, a server with 200
 * tools. CPU is that of the whole process, clients included.
 */
import http from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import express from 'express';
import { RecentHistory } from '../src/history/recent-history.ts';
import { listenOn } from '../src/model/listen-on.ts';
import type { PageModel } from '../src/model/page-model.ts';
import { createEventHub } from '../src/status/event-hub.ts';
import { createHandClock } from '../test/commands/detector-stage.ts';
import { readEvents } from '../test/harness/event-reader.ts';
import { startPageSidecar } from '../test/harness/page-sidecar.ts';

const TOOLS = 200;
const CLIENTS = 20;
const UPDATES = Number(process.env['UPDATES'] ?? 1800);
const UPDATE_MS = 2000;
const MIB = 1024 ** 2;

const collect = globalThis.gc;
if (collect === undefined) throw new Error('bench: want node --expose-gc, got none');
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const mib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;

function heldBytes(): number {
  collect?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Memory of a history that is full. */
function measureHistory(series: number, spanHours: number): void {
  const before = heldBytes();
  const history = new RecentHistory({ stepMs: 15_000, spanMs: spanHours * 3_600_000, mostSeries: series });
  const names = Array.from({ length: series }, (_, n) => `tool_p99_ms/some_tool_${n}`);
  for (let step = 0; step < spanHours * 240; step++) {
    history.put(
      1e12 + step * 15_000,
      names.map((name) => [name, step]),
    );
  }
  const bytes = heldBytes() - before;
  print(
    `history: ${series} series over ${spanHours} h: ${mib(bytes)}, ${Math.round(bytes / series)} bytes a series (values alone ${mib(history.bytes)})`,
  );
}

measureHistory(100, 6);
measureHistory(1500, 6);

const clock = createHandClock();
const sidecar = await startPageSidecar([], { clock });
for (let tool = 0; tool < TOOLS; tool++) await sidecar.call(`some_tool_${tool}`);
clock.pass(15_000);
await sidecar.page.tick();
const page: PageModel = await sidecar.page.readPage();
const { history } = page.sources.sidecar;
print(
  `sidecar with ${TOOLS} tools: ${history.series} series, ${mib(history.bytes)} of history; the page as JSON ${mib(JSON.stringify(page).length)}`,
);

const hub = createEventHub({
  clock,
  read: sidecar.page.readPage,
  // Only when it is hurried.
  updateMs: () => 3_600_000,
  mostListeners: () => CLIENTS,
  isAllowed: () => true,
  onError: (error) => {
    throw error;
  },
});
const app = express();
app.get('/events', hub.listen);
const server = http.createServer(app);
const { port } = await listenOn(server, { host: '127.0.0.1', port: 0 });
const readers = Array.from({ length: CLIENTS }, () =>
  readEvents(`http://127.0.0.1:${port}/events`, {}, false),
);
await Promise.all(readers.map(({ status }) => status));

const held: number[] = [];
let cpuMs = 0;
const startedMs = performance.now();
for (let update = 1; update <= UPDATES; update++) {
  await sidecar.call(`some_tool_${update % TOOLS}`);
  clock.pass(UPDATE_MS);
  if (update % 8 === 0) await sidecar.page.tick();
  const before = process.cpuUsage();
  await sidecar.page.readPage();
  hub.hurry();
  // Until all of it is written and taken.
  for (let turns = 0; turns < 20; turns++) await turn();
  const { user, system } = process.cpuUsage(before);
  cpuMs += (user + system) / 1000;
  if (update % Math.floor(UPDATES / 6) === 0) held.push(heldBytes());
}
const tookSeconds = (performance.now() - startedMs) / 1000;
print(
  `${UPDATES} updates to ${CLIENTS} clients in ${tookSeconds.toFixed(0)} s: skipped ${hub.figures().skipped}, dropped ${hub.figures().dropped}`,
);
print(
  `CPU ${(cpuMs / UPDATES).toFixed(2)} ms an update: ${((cpuMs / UPDATES / UPDATE_MS) * 100).toFixed(2)} % of a core at one in ${UPDATE_MS / 1000} s`,
);
print(`held after each sixth: ${held.map(mib).join(', ')}`);

for (const reader of readers) reader.close();
await hub.stop();
server.close();
await sidecar.stop();
