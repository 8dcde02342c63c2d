import type { Clock } from '../../src/model/clock.ts';
import type { ExchangeObserver } from '../../src/model/exchange.ts';
import type { CallObservation, TrafficSink } from '../../src/model/traffic.ts';
import { createHttpTap, type HttpTap } from '../../src/taps/http-tap.ts';
import type { TapOptions } from '../../src/taps/tap-options.ts';

/** A clock that a test turns. */
export interface ManualClock extends Clock {
  advance: (ms: number) => void;
}

export function manualClock(): ManualClock {
  let ms = 1000;
  return { nowMs: () => ms, wallMs: () => ms, advance: (by) => void (ms += by) };
}

export const defaultOptions: TapOptions = {
  maxBodyBytes: 1 << 20,
  maxDecodedBytes: 1 << 26,
  maxPending: 1000,
  resumeTimeoutMs: 60_000,
  parkedAfterMs: 300_000,
  maxSessions: 100,
  sessionIdleTimeoutMs: 600_000,
  batchTools: new Map([['process_batch', 'items']]),
  errorPatterns: [{ type: 'database_deadlock', pattern: /deadlock/i }],
  traced: false,
};

/** A sink that writes down all that it is told, one line per call but for the observations. */
export class RecordingSink implements TrafficSink {
  readonly calls: CallObservation[] = [];
  readonly lines: string[] = [];
  /** Names of clients, in the order of their introduction. */
  readonly introduced: (string | undefined)[] = [];
  pending = 0;
  seen = 0;
  ended = 0;

  exchangeSeen = (): void => void this.seen++;
  call = (observation: CallObservation): void => void this.calls.push(observation);
  callPending = (): void => void this.pending++;
  callSettled = (): void => void this.pending--;
  notification = (method: string, direction: string): void =>
    void this.lines.push(`notification ${method} ${direction}`);
  clientWait = (kind: string, ms: number): void => void this.lines.push(`wait ${kind} ${ms}`);
  sessionOpened = (how: string): void => void this.lines.push(`session opened ${how}`);
  sessionIntroduced = (client: string | undefined): void => void this.introduced.push(client);
  sessionClosed = (reason: string, ms: number, transport: string, version: string | undefined): void =>
    void this.lines.push(`session closed ${reason} ${ms} ${transport} ${version}`);
  streamOpened = (kind: string): void => void this.lines.push(`stream opened ${kind}`);
  streamClosed = (kind: string, ms: number): void => void this.lines.push(`stream closed ${kind} ${ms}`);
  declared = (kind: string, names: readonly string[]): void =>
    void this.lines.push(`declared ${kind} ${names.join()}`);
  exchange = (dropped: string | undefined): void => {
    this.ended++;
    if (dropped !== undefined) this.lines.push(`exchange dropped ${dropped}`);
  };
  dropped = (reason: string): void => void this.lines.push(`dropped ${reason}`);
  overhead = (): void => {};

  /** Calls in one line each: method, target, status, and what failed. */
  summary(): string[] {
    return this.calls.map(({ method, target, status, errorType, fault }) =>
      [method, target.name, status, errorType, fault].filter((part) => part !== undefined).join(' '),
    );
  }
}

type Headers = Record<string, string>;
const raw = (headers: Headers): string[] => Object.entries(headers).flat();

/** One exchange, driven by hand as the proxy would. */
export class DrivenExchange {
  readonly observer: ExchangeObserver;

  constructor(observer: ExchangeObserver) {
    this.observer = observer;
  }

  /** Answers at once, whole. */
  answer(statusCode: number, headers: Headers, body: string | Buffer = ''): void {
    this.head(statusCode, headers);
    if (body.length > 0) this.body(body);
    this.observer.end({ kind: 'complete' }, 0.1);
  }

  json(message: unknown, statusCode = 200, headers: Headers = {}): void {
    this.answer(statusCode, { 'Content-Type': 'application/json', ...headers }, JSON.stringify(message));
  }

  head(statusCode: number, headers: Headers = {}): void {
    this.observer.responseHead(statusCode, raw(headers));
  }

  sse(headers: Headers = {}): void {
    this.head(200, { 'content-type': 'text/event-stream', ...headers });
  }

  event(message: unknown, fields = ''): void {
    this.body(`${fields}data: ${typeof message === 'string' ? message : JSON.stringify(message)}\n\n`);
  }

  body(bytes: string | Buffer): void {
    this.observer.responseBody(Buffer.from(bytes));
  }

  end(kind: 'complete' | 'client_gone' | 'shutdown' = 'complete'): void {
    this.observer.end({ kind }, 0.1);
  }
}

/** A tap with a clock and a sink that a test can look into. */
export interface TapDriver {
  readonly tap: HttpTap;
  readonly sink: RecordingSink;
  readonly clock: ManualClock;
  readonly errors: unknown[];
  post: (message: unknown, headers?: Headers, target?: string) => DrivenExchange;
  get: (headers?: Headers, target?: string) => DrivenExchange;
  request: (method: string, headers?: Headers, target?: string) => DrivenExchange;
}

export function driveTap(options: Partial<TapOptions> = {}): TapDriver {
  const clock = manualClock();
  const sink = new RecordingSink();
  const errors: unknown[] = [];
  const inForce = { ...defaultOptions, ...options };
  const tap = createHttpTap(
    () => inForce,
    sink,
    clock,
    (error) => errors.push(error),
  );
  const request: TapDriver['request'] = (method, headers = {}, target = '/mcp') => {
    const rawHeaders = raw({ Host: 'x', ...headers });
    const observer = tap.observe({ method, target, rawHeaders, receivedAtMs: clock.nowMs() });
    if (!observer) throw new Error('tap: want an observer, got none');
    return new DrivenExchange(observer);
  };
  return {
    tap,
    sink,
    clock,
    errors,
    request,
    get: (headers = {}, target) => request('GET', { Accept: 'text/event-stream', ...headers }, target),
    post: (message, headers = {}, target) => {
      const exchange = request('POST', { 'content-type': 'application/json', ...headers }, target);
      const bytes = Buffer.isBuffer(message)
        ? message
        : Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
      exchange.observer.requestBody(bytes);
      exchange.observer.requestEnd();
      return exchange;
    },
  };
}

/** A tools/call request. */
export const toolCall = (id: unknown, name = 'get_user', args: object = {}): object => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args },
});

export const result = (id: unknown, more: object = {}): object => ({
  jsonrpc: '2.0',
  id,
  result: { content: [], ...more },
});
export const rpcError = (id: unknown, code: number, message = 'no'): object => ({
  jsonrpc: '2.0',
  id,
  error: { code, message },
});
