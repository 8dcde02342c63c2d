import type { ErrorPattern } from '../model/error-pattern.ts';
import type { CallObservation, Fault } from '../model/traffic.ts';
import { CLIENT_FAULT_CODES, isNegotiation, RPC_ERROR_TYPES } from './error-codes.ts';
import { isClientStatus, judgeHttp } from './judge-http.ts';
import type { MessageFacts } from './message-facts.ts';

/** The labels that a call's end comes to. */
export type Judgement = Pick<CallObservation, 'status' | 'errorType' | 'fault' | 'rpcErrorCode'>;

/** What has to be known of a JSON-RPC response to judge it. */
export type AnswerFacts = Pick<
  MessageFacts,
  'id' | 'hasError' | 'errorCode' | 'errorText' | 'isError' | 'resultType' | 'hasTask'
>;

/** Makes a judgement; without a fault nothing failed. */
export const judgement = (
  status: string,
  errorType?: string,
  fault?: Fault,
  rpcErrorCode?: number,
): Judgement => ({ status, errorType, fault, rpcErrorCode });

const OK = judgement('ok');

/** What a cancelled call counts as: no failure, and nobody's fault. */
export const cancelled = (by: 'notification' | 'disconnect'): Judgement =>
  judgement('cancelled', by === 'notification' ? 'cancelled' : 'client_disconnected');

/** What a call counts as whose id another request of its client took. */
export const SUPERSEDED = judgement('other', 'duplicate_id', 'client');

/** Error types that name a mistake of the caller, whoever reports it. */
const CLIENT_FAULT_TYPES: ReadonlySet<string> = new Set(['invalid_params', 'unknown_tool']);

/**
 * Says what a JSON-RPC response counts as.
 * @param statusCode HTTP status that carried it; undefined where there was none.
 * @param method the call's method.
 * @param patterns tried in order against the error's text.
 */
export function judgeAnswer(
  facts: AnswerFacts,
  statusCode: number | undefined,
  method: string,
  patterns: readonly ErrorPattern[],
): Judgement {
  if (facts.hasError) return judgeError(facts, statusCode, method, patterns);
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

function judgeError(
  facts: AnswerFacts,
  statusCode: number | undefined,
  method: string,
  patterns: readonly ErrorPattern[],
): Judgement {
  const code = facts.errorCode;
  const known = code === undefined ? undefined : RPC_ERROR_TYPES.get(code);
  const status = known === undefined ? 'other' : String(code);
  // A gateway's own JSON error looks like JSON-RPC; without an id or a known code it is none.
  if (known === undefined && facts.id === undefined && statusCode !== undefined && statusCode >= 400) {
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

const matchText = (text: string | undefined, patterns: readonly ErrorPattern[]): string | undefined =>
  text === undefined ? undefined : patterns.find(({ pattern }) => pattern.test(text))?.type;
