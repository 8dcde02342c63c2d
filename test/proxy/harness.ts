import net from 'node:net';
import { once } from 'node:events';
import type { ExchangeEnd, ExchangeHead, ExchangeObserver } from '../../src/model/exchange.ts';
import { systemClock } from '../../src/model/clock.ts';
import { startProxy } from '../../src/proxy/http-proxy.ts';
import type { Proxy, ProxyOptions } from '../../src/proxy/http-proxy.ts';
import type { ProxySettings } from '../../src/proxy/settings.ts';

/** What is to be closed after a test, last opened first. */
const openThings: (() => Promise<void> | void)[] = [];

/** Closes all that the harness opened; for `afterEach`. */
export async function closeAll(): Promise<void> {
  for (const close of openThings.splice(0).toReversed()) await close();
}

/** Registers something to be closed after the test. */
export function closeLater(close: () => Promise<void> | void): void {
  openThings.push(close);
}

/** A TCP server on loopback for bytes written by hand. */
export async function rawUpstream(
  onConnection: (socket: net.Socket) => void,
  options: net.ServerOpts = {},
): Promise<{ url: string; port: number; sockets: Set<net.Socket>; server: net.Server }> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ noDelay: true, ...options }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('listen: no address');
  closeLater(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { url: `http://127.0.0.1:${address.port}`, port: address.port, sockets, server };
}

/** An upstream that keeps what it was sent and answers each complete head with the same bytes. */
export async function cannedUpstream(
  answer: string | Buffer,
  end = false,
): Promise<{ url: string; received: () => string; connections: () => number }> {
  let received = '';
  let connections = 0;
  const { url } = await rawUpstream((socket) => {
    connections++;
    let mine = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      mine += chunk.toString('latin1');
      if (!mine.includes('\r\n\r\n')) return;
      mine = '';
      socket.write(typeof answer === 'string' ? Buffer.from(answer, 'latin1') : answer);
      if (end) socket.end();
    });
  });
  return { url, received: () => received, connections: () => connections };
}

/** Settings with the defaults of the product, but for short limits. */
export function settingsFor(url: string, changes: Partial<ProxySettings> = {}): ProxySettings {
  return {
    upstream: new URL(url),
    connectTimeoutMs: 2_000,
    headersTimeoutMs: 0,
    hostHeader: 'preserve',
    via: false,
    xForwarded: false,
    keepAliveMs: 4_000,
    ...changes,
  };
}

/** A proxy in front of `url`; it is drained after the test. */
export async function proxyTo(
  url: string,
  changes: Partial<ProxySettings> = {},
  options: Partial<ProxyOptions> = {},
): Promise<Proxy & { port: number; url: string }> {
  const settings = settingsFor(url, changes);
  const proxy = await startProxy({
    listen: { host: '127.0.0.1', port: 0 },
    settings: () => settings,
    onObserverError: (error) => {
      throw error;
    },
    clock: systemClock,
    ...options,
  });
  closeLater(() => proxy.drain(0));
  return { ...proxy, port: proxy.address.port, url: `http://127.0.0.1:${proxy.address.port}` };
}

/** A client that speaks bytes. */
export interface RawClient {
  readonly socket: net.Socket;
  /** All bytes that came, latin1. */
  readonly text: () => string;
  /** Resolves when the bytes match or contain it; fails when the connection ends first or after 5 s. */
  readonly until: (wanted: string | RegExp) => Promise<string>;
  readonly closed: Promise<void>;
}

/** Connects and sends the first bytes. */
export async function rawClient(port: number, bytes: string | Buffer = ''): Promise<RawClient> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  closeLater(() => {
    socket.destroy();
  });
  let text = '';
  const checks = new Set<() => void>();
  let gone = false;
  const recheck = (): void => {
    for (const check of checks) check();
  };
  const closed = new Promise<void>((resolve) => {
    const onGone = (): void => {
      gone = true;
      recheck();
      resolve();
    };
    socket.on('end', onGone);
    socket.on('close', onGone);
  });
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    recheck();
  });
  await once(socket, 'connect');
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  const until = (wanted: string | RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const limit = setTimeout(() => fail('5 s passed'), 5_000);
      function settle(): void {
        clearTimeout(limit);
        checks.delete(check);
      }
      function fail(why: string): void {
        settle();
        reject(new Error(`raw client: want ${String(wanted)}, got ${JSON.stringify(text)} (${why})`));
      }
      function check(): void {
        if (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)) {
          settle();
          resolve(text);
        } else if (gone) fail('the connection ended');
      }
      checks.add(check);
      check();
    });
  return { socket, text: () => text, until, closed };
}

/** An observer that writes down what it is told. */
export interface Recording {
  readonly head: ExchangeHead;
  readonly events: string[];
  requestBody: string;
  responseBody: string;
  end: ExchangeEnd | undefined;
  overheadMs: number;
}

/** Makes an `observe` that records each exchange. */
export function recorder(failureBody?: string): {
  observe: (head: ExchangeHead) => ExchangeObserver;
  recordings: Recording[];
} {
  const recordings: Recording[] = [];
  return {
    recordings,
    observe: (head) => {
      const recording: Recording = {
        head,
        events: [],
        requestBody: '',
        responseBody: '',
        end: undefined,
        overheadMs: -1,
      };
      recordings.push(recording);
      const { events } = recording;
      return {
        requestBody: (chunk) => {
          if (events.at(-1) !== 'requestBody') events.push('requestBody');
          recording.requestBody += chunk.toString('latin1');
        },
        requestEnd: () => events.push('requestEnd'),
        responseHead: (statusCode) => events.push(`responseHead ${statusCode}`),
        responseBody: (chunk) => {
          if (events.at(-1) !== 'responseBody') events.push('responseBody');
          recording.responseBody += chunk.toString('latin1');
        },
        failureBody: (statusCode, reason) => {
          events.push(`failureBody ${statusCode} ${reason}`);
          return failureBody;
        },
        end: (outcome, overheadMs) => {
          events.push(`end ${outcome.kind}`);
          recording.end = outcome;
          recording.overheadMs = overheadMs;
        },
      };
    },
  };
}

/** Waits until the condition holds, at most 5 s. */
export async function eventually(holds: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`eventually: want ${what}, got nothing within 5 s`);
}
