import { Client as ModernClient, SSEClientTransport as ModernSse } from '@modelcontextprotocol/client';
import { StreamableHTTPClientTransport as ModernHttp } from '@modelcontextprotocol/client';
import type { VersionNegotiationMode } from '@modelcontextprotocol/client';
import { StdioClientTransport as ModernStdio } from '@modelcontextprotocol/client/stdio';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport as LegacySse } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport as LegacyStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as LegacyHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CallToolResultSchema,
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
  LoggingMessageNotificationSchema,
  ResourceUpdatedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { setTimeout as sleep } from 'node:timers/promises';

/** The official clients: SDK 1.x and, by negotiation mode, SDK 2.x. */
export type ClientKind = 'sdk1' | 'sdk2-legacy' | 'sdk2-auto' | 'sdk2-pinned';

/** Where a client finds its server. */
export type ServerPlace =
  | { readonly http: string }
  | { readonly sse: string }
  | {
      readonly stdio: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
      /** Called with what the process writes to stderr. */
      readonly onStderr?: (text: string) => void;
    };

/** Options of one call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Members of `params._meta`. */
  readonly meta?: Readonly<Record<string, string>>;
  readonly onprogress?: (progress: { progress: number; total?: number | undefined }) => void;
}

/** What tests do with a client, the same for both generations. Results are the plain JSON of the answer. */
export interface TestClient {
  readonly callTool: (
    name: string,
    args?: Readonly<Record<string, unknown>>,
    options?: CallOptions,
  ) => Promise<unknown>;
  readonly listTools: () => Promise<unknown>;
  readonly readResource: (uri: string) => Promise<unknown>;
  readonly getPrompt: (name: string, args?: Readonly<Record<string, string>>) => Promise<unknown>;
  readonly subscribe: (uri: string) => Promise<unknown>;
  /** Opens `subscriptions/listen` (2026-07-28 only); resolves to what closes it. */
  readonly listen: () => Promise<() => Promise<void>>;
  readonly protocolVersion: () => string | undefined;
  /** Methods of notifications received so far. */
  readonly notifications: readonly string[];
  /** Ends the session with DELETE where there is one, then closes the connection. */
  readonly stop: () => Promise<void>;
  /** Closes the connection without ending the session. */
  readonly abandon: () => Promise<void>;
}

/** How long the person behind an elicitation or sampling takes to answer, in milliseconds. */
export const personWaitMs = 1000;

const info = { name: 'acceptance', version: '1.0.0' };
const capabilities = { elicitation: { form: {} }, sampling: {}, roots: { listChanged: true } };

const elicited = {
  action: 'accept' as const,
  content: { name: 'Ada', username: 'ada', email: 'ada@example.org' },
};
const sampled = {
  model: 'test-model',
  role: 'assistant' as const,
  content: { type: 'text' as const, text: 'sampled text' },
  stopReason: 'endTurn',
};
const roots = { roots: [{ uri: 'file:///srv/root', name: 'root' }] };

async function thinkAbout<T>(answer: T): Promise<T> {
  await sleep(personWaitMs);
  return answer;
}

const reconnectionOptions = {
  initialReconnectionDelay: 100,
  maxReconnectionDelay: 500,
  reconnectionDelayGrowFactor: 1.5,
  maxRetries: 10,
};

/** Connects a client of either generation. */
export async function connect(kind: ClientKind, place: ServerPlace): Promise<TestClient> {
  return kind === 'sdk1' ? connectSdk1(place) : connectSdk2(kind, place);
}

async function connectSdk1(place: ServerPlace): Promise<TestClient> {
  const client = new LegacyClient(info, { capabilities });
  const notifications: string[] = [];
  client.setRequestHandler(ElicitRequestSchema, () => thinkAbout(elicited));
  client.setRequestHandler(CreateMessageRequestSchema, () => thinkAbout(sampled));
  client.setRequestHandler(ListRootsRequestSchema, () => roots);
  client.setNotificationHandler(
    LoggingMessageNotificationSchema,
    ({ method }) => void notifications.push(method),
  );
  client.setNotificationHandler(
    ResourceUpdatedNotificationSchema,
    ({ method }) => void notifications.push(method),
  );
  client.fallbackNotificationHandler = async ({ method }) => void notifications.push(method);

  const transport =
    'http' in place ? new LegacyHttp(new URL(place.http), { reconnectionOptions }) : legacyTransport(place);
  const http = transport instanceof LegacyHttp ? transport : undefined;
  await client.connect(transport);
  return {
    callTool: (name, args, options) =>
      client.callTool(callParams(name, args, options), CallToolResultSchema, requestOptions(options)),
    listTools: () => client.listTools(),
    readResource: (uri) => client.readResource({ uri }),
    getPrompt: (name, args) => client.getPrompt({ name, ...(args && { arguments: args }) }),
    subscribe: (uri) => client.subscribeResource({ uri }),
    listen: () => Promise.reject(new Error('listen: want an SDK 2 client on 2026-07-28, got SDK 1')),
    protocolVersion: () => http?.protocolVersion,
    notifications,
    stop: async () => {
      await http?.terminateSession();
      await client.close();
    },
    abandon: () => client.close(),
  };
}

async function connectSdk2(kind: ClientKind, place: ServerPlace): Promise<TestClient> {
  const mode: VersionNegotiationMode =
    kind === 'sdk2-pinned' ? { pin: '2026-07-28' } : kind === 'sdk2-auto' ? 'auto' : 'legacy';
  const client = new ModernClient(info, { capabilities, versionNegotiation: { mode } });
  const notifications: string[] = [];
  client.setRequestHandler('elicitation/create', () => thinkAbout(elicited));
  client.setRequestHandler('sampling/createMessage', () => thinkAbout(sampled));
  client.setRequestHandler('roots/list', () => roots);
  client.setNotificationHandler('notifications/message', ({ method }) => void notifications.push(method));
  client.setNotificationHandler(
    'notifications/resources/updated',
    ({ method }) => void notifications.push(method),
  );
  client.fallbackNotificationHandler = async ({ method }) => void notifications.push(method);

  const transport =
    'http' in place ? new ModernHttp(new URL(place.http), { reconnectionOptions }) : modernTransport(place);
  const http = transport instanceof ModernHttp ? transport : undefined;
  await client.connect(transport);
  return {
    callTool: (name, args, options) =>
      client.callTool(callParams(name, args, options), requestOptions(options)),
    listTools: () => client.listTools({}, { cacheMode: 'bypass' }),
    readResource: (uri) => client.readResource({ uri }, { cacheMode: 'bypass' }),
    getPrompt: (name, args) => client.getPrompt({ name, ...(args && { arguments: args }) }),
    subscribe: (uri) => client.subscribeResource({ uri }),
    listen: async () => {
      const subscription = await client.listen({ toolsListChanged: true });
      return () => subscription.close();
    },
    protocolVersion: () => client.getNegotiatedProtocolVersion(),
    notifications,
    stop: async () => {
      if (http?.sessionId) await http.terminateSession();
      await client.close();
    },
    abandon: () => client.close(),
  };
}

interface CallParams {
  [member: string]: unknown;
  name: string;
  arguments?: Record<string, unknown>;
  _meta?: Record<string, unknown>;
}

const callParams = (
  name: string,
  args: Readonly<Record<string, unknown>> | undefined,
  options: CallOptions | undefined,
): CallParams => ({
  name,
  ...(args && { arguments: args }),
  ...(options?.meta && { _meta: { ...options.meta } }),
});

const requestOptions = ({ meta: _meta, ...options }: CallOptions = {}): Omit<CallOptions, 'meta'> => options;

type OtherPlace = Exclude<ServerPlace, { http: string }>;

function legacyTransport(place: OtherPlace): LegacySse | LegacyStdio {
  if ('sse' in place) return new LegacySse(new URL(place.sse));
  const [command = '', ...args] = place.stdio;
  const transport = new LegacyStdio({ command, args, env: inheritedEnv(place.env), stderr: 'pipe' });
  transport.stderr?.on('data', (chunk: Buffer) => place.onStderr?.(chunk.toString()));
  return transport;
}

function modernTransport(place: OtherPlace): ModernSse | ModernStdio {
  if ('sse' in place) return new ModernSse(new URL(place.sse));
  const [command = '', ...args] = place.stdio;
  const transport = new ModernStdio({ command, args, env: inheritedEnv(place.env), stderr: 'pipe' });
  transport.stderr?.on('data', (chunk: Buffer) => place.onStderr?.(chunk.toString()));
  return transport;
}

function inheritedEnv(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const own = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return { ...Object.fromEntries(own), ...more };
}

/**
 * The answer of a call as plain JSON, or its error's code: what two runs of the same call are compared by.
 * Server-made ids and times must not be part of it.
 */
export async function outcome(call: Promise<unknown>): Promise<unknown> {
  try {
    return JSON.parse(JSON.stringify(await call)) as unknown;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = 'code' in error ? error.code : undefined;
    return { failed: error.message, code };
  }
}
