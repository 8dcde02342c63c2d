import { CLIENT_FAULT_CODES, isNegotiation, RPC_ERROR_TYPES } from '../mcp/error-codes.ts';
import type { MessageFacts } from '../mcp/message-facts.ts';
import type { Fault } from '../model/traffic.ts';
import type { ErrorPattern } from './tap-options.ts';

/** How a call came to its end. */
export type CallOutcome =
  /** A JSON-RPC response; the HTTP status that carried it, where there was one. */
  | { readonly kind: 'answer'; readonly facts: MessageFacts; readonly statusCode?: number | undefined }
  /** An HTTP answer without a JSON-RPC response. */
  | { readonly kind: 'http'; readonly statusCode: number }
  /** The client said so (`notifications/cancelled`), or left. */
  | { readonly kind: 'cancelled'; readonly by: 'notification' | 'disconnect' }
  /** The upstream could not be reached or its connection broke. */
  | { readonly kind: 'unreachable'; readonly errorType: 'connection_refused' | 'connection_reset' }
  | { readonly kind: 'timeout'; readonly phase: 'connect' | 'headers' }
  /** The upstream's bytes were not HTTP; the client got 502. */
  | { readonly kind: 'invalid_http' }
  /** A proper end of the answer, but without a response in it. */
  | { readonly kind: 'no_answer' }
  /** Another request of the session took its id. */
  | { readonly kind: 'superseded' }
  /** The sidecar or the server process stopped. */
  | { readonly kind: 'stopped' };

/** The labels that an outcome comes to; see CallObservation in the model. */
export interface Judgement {
  readonly status: string;
  readonly errorType: string | undefined;
  /** Undefined where nothing failed. */
  readonly fault: Fault | undefined;
  readonly rpcErrorCode: number | undefined;
}

const judgement = (status: string, errorType?: string, fault?: Fault, rpcErrorCode?: number): Judgement => ({
  status,
  errorType,
  fault,
  rpcErrorCode,
});

const OK = judgement('ok');

/** Error types that name a mistake of the caller, whoever reports it. */
const CLIENT_FAULT_TYPES: ReadonlySet<string> = new Set(['invalid_params', 'unknown_tool']);

const HTTP_ERROR_TYPES: ReadonlyMap<number, string> = new Map([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [429, 'rate_limit_exceeded'],
  [500, 'internal_error'],
  [502, 'bad_gateway'],
  [503, 'service_unavailable'],
  [504, 'gateway_timeout'],
]);

/**
 * Says what an outcome counts as. Cancellations are no failure and carry no fault.
 * @param method the call's JSON-RPC (or HTTP) method.
 * @param patterns tried in order against the error's text.
 */
export function judge(outcome: CallOutcome, method: string, patterns: readonly ErrorPattern[]): Judgement {
  switch (outcome.kind) {
    case 'answer':
      return judgeAnswer(outcome.facts, outcome.statusCode, method, patterns);
    case 'http':
      return judgeHttp(outcome.statusCode, method);
    case 'cancelled':
      return judgement('cancelled', outcome.by === 'notification' ? 'cancelled' : 'client_disconnected');
    case 'unreachable':
      return judgement('unreachable', outcome.errorType, 'server');
    case 'timeout':
      return judgement(
        'timeout',
        outcome.phase === 'connect' ? 'connection_timeout' : 'response_timeout',
        'server',
      );
    case 'invalid_http':
      return judgement('502', 'invalid_http', 'server');
    case 'no_answer':
      return judgement('other', 'no_answer', 'server');
    case 'superseded':
      return judgement('other', 'duplicate_id', 'client');
    case 'stopped':
      return judgement('other', 'stopped', 'server');
    default:
      return outcome satisfies never;
  }
}

function judgeAnswer(
  facts: MessageFacts,
  statusCode: number | undefined,
  method: string,
  patterns: readonly ErrorPattern[],
): Judgement {
  if (facts.hasError) {
    const code = facts.errorCode;
    const known = code === undefined ? undefined : RPC_ERROR_TYPES.get(code);
    const status = known === undefined ? 'other' : String(code);
    // A gateway's own JSON error looks like JSON-RPC; without an id or a known code it is none.
    if (known === undefined && facts.id === undefined && isErrorStatus(statusCode)) {
      return judgeHttp(statusCode, method);
    }
    if (isNegotiation(method, code, statusCode)) {
      return judgement(status, 'version_negotiation', undefined, code);
    }
    // HTTP 404 with a session id is how a server says that the session is gone, whatever code it adds.
    if (statusCode === 404 && code === -32001) return judgement(status, 'session_not_found', 'client', code);
    const type = matchText(facts.errorText, patterns) ?? known ?? 'other';
    const clientFault = (code !== undefined && CLIENT_FAULT_CODES.has(code)) || isClientStatus(statusCode);
    return judgement(status, type, clientFault ? 'client' : 'server', code);
  }
  if (facts.isError) {
    const type = matchText(facts.errorText, patterns) ?? 'tool_error';
    return judgement('tool_error', type, CLIENT_FAULT_TYPES.has(type) ? 'client' : 'server');
  }
  if (facts.resultType === 'input_required' || facts.resultType === 'task')
    return judgement(facts.resultType);
  // Before 2026-07-28 a task is told by the member of that name alone.
  if (facts.hasTask && method === 'tools/call') return judgement('task');
  return OK;
}

function judgeHttp(statusCode: number, method: string): Judgement {
  if (statusCode < 300) return OK;
  // A redirect is neither an answer nor a failure: the client goes on elsewhere.
  if (statusCode < 400) return judgement(String(statusCode));
  if (isNegotiation(method, undefined, statusCode)) {
    return judgement(String(statusCode), 'version_negotiation');
  }
  // How a server says that it offers no GET stream, or does not let clients end sessions.
  if (statusCode === 405 && (method === 'GET' || method === 'DELETE')) {
    return judgement('405', 'method_not_allowed');
  }
  const type = HTTP_ERROR_TYPES.get(statusCode) ?? (statusCode < 500 ? 'http_4xx' : 'http_5xx');
  return judgement(String(statusCode), type, isClientStatus(statusCode) ? 'client' : 'server');
}

const isErrorStatus = (statusCode: number | undefined): statusCode is number =>
  statusCode !== undefined && statusCode >= 400;

const isClientStatus = (statusCode: number | undefined): boolean =>
  statusCode !== undefined && statusCode >= 400 && statusCode < 500;

const matchText = (text: string | undefined, patterns: readonly ErrorPattern[]): string | undefined =>
  text === undefined ? undefined : patterns.find(({ pattern }) => pattern.test(text))?.type;
