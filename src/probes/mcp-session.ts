import {
  Client,
  SSEClientTransport,
  StreamableHTTPClientTransport,
  type JSONRPCMessage,
  type Transport,
  type VersionNegotiationOptions,
} from '@modelcontextprotocol/client';
import { isNoMessage } from './judge-failure.ts';
import type { HttpTarget, ProbeDefinition, StdioTarget } from '../model/probe.ts';
import type { Exchange, HttpCarrier } from './http-carrier.ts';
import { ProbeFailure } from './probe-failure.ts';
import type { ProbeRun } from './probe-run.ts';
import { noteConnection, openCarrier } from './run-carrier.ts';
import { createStdioTransport } from './stdio-transport.ts';
import { watchTransport, type TransportWatcher } from './watched-transport.ts';

/** An MCP session of one run. */
export interface McpSession {
  readonly client: Client;
  /** Makes a request that is measured; rejects as soon as it is known that no answer will come. */
  readonly call: <T>(request: (options: RequestLimits) => Promise<T>) => Promise<T>;
  /** Makes a request that is not measured. */
  readonly ask: <T>(request: (options: RequestLimits) => Promise<T>) => Promise<T>;
}

/** What each request of the client is given. */
export interface RequestLimits {
  readonly signal: AbortSignal;
  /** The client's own limit, out of the way of the run's deadline. */
  readonly timeout: number;
}

/** The first version that is negotiated by server/discover. */
const MODERN_VERSION = '2026-07-28';
/** How long after the end of an answer's body the client may take to read the message in it. */
const READ_GRACE_MS = 250;

const clientInfo = { name: 'mcp-vitals-probe', version: '1' };

/** A server over pipes that leaves server/discover unanswered is asked with initialize in good time. */
const negotiation = ({ era, timeoutMs, target }: ProbeDefinition): VersionNegotiationOptions => ({
  mode: era === 'modern' ? { pin: MODERN_VERSION } : era,
  ...(target.over === 'stdio' && { probe: { timeoutMs: timeoutMs / 3 } }),
});

/** The ids of requests that wait for their answer, and what becomes known of them. */
interface Awaited {
  readonly sent: (message: JSONRPCMessage) => void;
  /** False for an answer that nothing waits for. */
  readonly answered: (message: JSONRPCMessage) => boolean;
  readonly has: (id: string | number) => boolean;
}

function createAwaited(): Awaited {
  const waiting = new Set<string | number>();
  const settled = new Set<string | number>();
  return {
    sent: (message) => {
      if ('method' in message && 'id' in message) waiting.add(message.id);
    },
    answered: (message) => {
      if ('method' in message || !('id' in message)) return true;
      if (message.id === undefined) return false;
      // A second answer to one request is the server's fault too, but hides nothing from its caller.
      if (!waiting.delete(message.id)) return settled.has(message.id);
      settled.add(message.id);
      return true;
    },
    has: (id) => waiting.has(id),
  };
}

/** Follows which requests have their answers, and tells of answers and errors that must not be. */
const watcherOf = (run: ProbeRun, awaited: Awaited, fail: (error: unknown) => void): TransportWatcher => ({
  sent: awaited.sent,
  received: (message) => {
    run.phases.messageCame();
    if (awaited.answered(message)) return;
    fail(
      new ProbeFailure('protocol', `want an answer to a request of ours, got one with id ${idText(message)}`),
    );
  },
  failed: (error) => {
    // Others concern the stream beside the requests, which a server need not offer.
    if (isNoMessage(error)) fail(error);
  },
});

const idText = (message: JSONRPCMessage): string => ('id' in message ? JSON.stringify(message.id) : 'none');

/** What an exchange's end means for the request in it: an answer that can come no more. */
function endedWithout(
  exchange: Exchange,
  awaited: Awaited,
  fail: (error: unknown) => void,
  error: ProbeFailure | undefined,
): void {
  const { rpcId, status = 0, resumable } = exchange;
  if (rpcId === undefined || status >= 300 || resumable) return;
  const timer = setTimeout(() => {
    if (!awaited.has(rpcId)) return;
    fail(
      error ??
        new ProbeFailure(
          'protocol',
          `want the answer to request ${rpcId}, got the end of the body without it`,
        ),
    );
  }, READ_GRACE_MS);
  timer.unref();
}

async function httpTransport(
  target: HttpTarget,
  run: ProbeRun,
  awaited: Awaited,
  fail: (error: unknown) => void,
): Promise<{ readonly transport: Transport; readonly carrier: HttpCarrier }> {
  const carrier = await openCarrier(run, target, {
    onFirstByte: ({ rpcId }) => {
      if (rpcId !== undefined) run.phases.byteCame();
    },
    onEnd: (exchange, error) => {
      if (target.transport === 'streamable') endedWithout(exchange, awaited, fail, error);
      // The stream of HTTP+SSE carries every answer.
      else if (exchange.method === 'GET')
        fail(error ?? new ProbeFailure('reset', 'want the stream open, got its end'));
    },
  });
  const options = {
    fetch: carrier.fetch,
    ...(run.credentials.oauth && { authProvider: run.credentials.oauth }),
  };
  const url = new URL(target.url);
  return {
    carrier,
    transport:
      target.transport === 'sse'
        ? new SSEClientTransport(url, options)
        : new StreamableHTTPClientTransport(url, options),
  };
}

/**
 * Opens a session: connects, and agrees on a version. Whatever was opened is
 * closed by the run's clean-up, the session on the server included.
 * @throws what is wrong, as `judgeFailure` reads it.
 */
export async function openSession(run: ProbeRun, target: HttpTarget | StdioTarget): Promise<McpSession> {
  const { phases, signal, findings, definition } = run;
  const awaited = createAwaited();
  const broken = Promise.withResolvers<never>();
  // Nothing may wait for it, as after the verdict.
  broken.promise.catch(() => {});
  const fail = (error: unknown): void => broken.reject(error);
  const orBroken = <T>(work: Promise<T>): Promise<T> => Promise.race([work, broken.promise]);
  const limits: RequestLimits = { signal, timeout: definition.timeoutMs + 10_000 };
  const client = new Client(clientInfo, { capabilities: {}, versionNegotiation: negotiation(definition) });

  const startMs = run.nowMs();
  let carrier: HttpCarrier | undefined;
  let transport: Transport;
  if (target.over === 'stdio') {
    const pipes = createStdioTransport(target, run.credentials.env, run.recorder, fail);
    transport = pipes;
    run.cleanUp(async () => {
      await phases.time('close', async () => {
        findings.leftBehind = (await pipes.end()).leftBehind;
        await client.close();
      });
    });
    const start = transport.start.bind(transport);
    transport.start = () => phases.time('start', start);
  } else {
    const carried = await httpTransport(target, run, awaited, fail);
    ({ transport, carrier } = carried);
    run.cleanUp(() =>
      phases.time('close', async () => {
        await carried.carrier.endSessions();
        await client.close();
        await carried.carrier.close();
      }),
    );
  }
  try {
    const watched = watchTransport(transport, watcherOf(run, awaited, fail), target.over === 'stdio');
    await orBroken(client.connect(watched, limits));
  } finally {
    const connectingMs = carrier === undefined ? (phases.phases().start ?? 0) : noteConnection(run, carrier);
    phases.add('handshake', run.nowMs() - startMs - connectingMs);
  }
  const version = client.getNegotiatedProtocolVersion();
  if (version !== undefined) findings.protocolVersion = version;
  const server = client.getServerVersion();
  if (server !== undefined) findings.server = `${server.name} ${server.version}`;
  return {
    client,
    call: (request) => phases.call(() => orBroken(request(limits))),
    ask: (request) => orBroken(request(limits)),
  };
}
