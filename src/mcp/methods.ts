import type { ClientWaitKind } from '../model/traffic.ts';

/** Requests that MCP defines, both eras; a method that is not here is a stranger to be bounded. */
export const KNOWN_METHODS: ReadonlySet<string> = new Set([
  'initialize',
  'ping',
  'server/discover',
  'tools/list',
  'tools/call',
  'prompts/list',
  'prompts/get',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'subscriptions/listen',
  'completion/complete',
  'logging/setLevel',
  'tasks/get',
  'tasks/result',
  'tasks/list',
  'tasks/cancel',
  'tasks/update',
  'elicitation/create',
  'sampling/createMessage',
  'roots/list',
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/progress',
  'notifications/message',
  'notifications/elicitation/complete',
  'notifications/resources/updated',
  'notifications/resources/list_changed',
  'notifications/tools/list_changed',
  'notifications/prompts/list_changed',
  'notifications/roots/list_changed',
  'notifications/tasks/status',
  'notifications/subscriptions/acknowledged',
]);

/** The request that opens a stream of notifications in the modern era. */
export const LISTEN = 'subscriptions/listen';

/** With it a server says that it works at a call. */
export const PROGRESS = 'notifications/progress';

/** Server-to-client requests during which the server waits for the client, or a person. */
export const CLIENT_WAITS: ReadonlyMap<string, ClientWaitKind> = new Map([
  ['elicitation/create', 'elicitation'],
  ['sampling/createMessage', 'sampling'],
  ['roots/list', 'roots'],
]);

/** First protocol version without sessions and without server-to-client requests. */
const FIRST_MODERN_VERSION = '2026-07-28';

/** Whether a protocol version (a date) belongs to the modern era; versions compare as text. */
export const isModern = (protocolVersion: string | undefined): boolean =>
  protocolVersion !== undefined && /^\d{4}-/.test(protocolVersion) && protocolVersion >= FIRST_MODERN_VERSION;
