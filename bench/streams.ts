import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HoldStreamsReport, Order, QuietStreamReport, Route, StreamEventsReport } from './orders.ts';
import { quantile } from './statistics.ts';

/** How many streams are opened at a time. */
const BATCH = 100;

/** How long one stream may take to open. */
const OPEN_LIMIT_MS = 10_000;

type StreamKind = 'idle' | 'events' | 'quiet';

const held: net.Socket[] = [];

function connectStream(route: Route, kind: StreamKind): net.Socket {
  const head = [
    `GET ${route.path}?stream=${kind} HTTP/1.1`,
    `Host: 127.0.0.1:${route.port}`,
    'Accept: text/event-stream',
    ...(route.sessionId === undefined ? [] : [`Mcp-Session-Id: ${route.sessionId}`]),
    'Mcp-Protocol-Version: 2025-06-18',
    'User-Agent: bench',
  ];
  const socket = net.connect({ port: route.port, host: '127.0.0.1', noDelay: true });
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  return socket;
}

// Resolves with the stream once its first comment has arrived, so that head and body both flow.
async function openIdleStream(route: Route): Promise<net.Socket> {
  const socket = connectStream(route, 'idle');
  await new Promise<void>((resolve, reject) => {
    const giveUp = setTimeout(() => {
      socket.destroy();
      reject(new Error(`idle stream: want its first event within ${OPEN_LIMIT_MS} ms, got none`));
    }, OPEN_LIMIT_MS);
    let text = '';
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      if (!text.includes(': open')) return;
      clearTimeout(giveUp);
      socket.off('data', onData);
      socket.resume();
      resolve();
    };
    socket.on('data', onData);
    socket.on('error', reject);
    socket.once('close', () => {
      clearTimeout(giveUp);
      reject(new Error('idle stream: want it open, got it closed'));
    });
  });
  return socket;
}

/** Opens idle streams until `count` are held, and keeps them. */
export async function holdStreams(
  order: Extract<Order, { kind: 'hold-streams' }>,
): Promise<HoldStreamsReport> {
  while (held.length < order.count) {
    const batch = Math.min(BATCH, order.count - held.length);
    held.push(...(await Promise.all(Array.from({ length: batch }, () => openIdleStream(order.route)))));
  }
  return { held: held.filter((socket) => !socket.destroyed).length };
}

/** Lets all held streams go. */
export function releaseStreams(): HoldStreamsReport {
  for (const socket of held.splice(0)) socket.destroy();
  return { held: 0 };
}

/** Receives timed events on some streams; both processes read the same monotonic clock of the machine. */
export async function receiveEvents(
  order: Extract<Order, { kind: 'stream-events' }>,
): Promise<StreamEventsReport> {
  const delaysMs: number[] = [];
  let measuring = false;
  const sockets = Array.from({ length: order.streams }, () => {
    const socket = connectStream(order.route, 'events');
    let rest = '';
    socket.on('data', (chunk) => {
      const nowNs = process.hrtime.bigint();
      rest += chunk.toString('latin1');
      let used = 0;
      for (const match of rest.matchAll(/"sentNs":"(\d+)"/g)) {
        used = match.index + match[0].length;
        if (measuring) delaysMs.push(Number(nowNs - BigInt(match[1] ?? '0')) / 1e6);
      }
      rest = used > 0 ? rest.slice(used) : rest.slice(-256);
    });
    // A stream that breaks shows as events that are missing.
    socket.on('error', () => socket.destroy());
    return socket;
  });
  await sleep(order.warmupMs);
  measuring = true;
  await sleep(order.measureMs);
  for (const socket of sockets) socket.destroy();
  return { events: delaysMs.length, p50Ms: quantile(delaysMs, 0.5), p99Ms: quantile(delaysMs, 0.99) };
}

/** Opens a stream on which the upstream sends nothing but the head, and waits for that. */
export async function awaitQuietHead(
  order: Extract<Order, { kind: 'quiet-stream' }>,
): Promise<QuietStreamReport> {
  const startMs = performance.now();
  const socket = connectStream(order.route, 'quiet');
  const headMs = await new Promise<number | undefined>((resolve) => {
    const giveUp = setTimeout(() => resolve(undefined), order.waitMs);
    socket.once('data', () => {
      clearTimeout(giveUp);
      resolve(performance.now() - startMs);
    });
    socket.once('error', () => {
      clearTimeout(giveUp);
      resolve(undefined);
    });
  });
  socket.destroy();
  return { headMs };
}
