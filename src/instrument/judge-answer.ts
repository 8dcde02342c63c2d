import { CLIENT_FAULT_CODES, isNegotiation, RPC_ERROR_TYPES } from '../mcp/error-codes.ts';
import type { CallObservation } from '../model/traffic.ts';
import type { ErrorPattern } from './error-patterns.ts';
import { membersOf, textOf } from './json-message.ts';

/** The labels that an answer comes to. */
export type Judgement = Pick<CallObservation, 'status' | 'errorType' | 'fault' | 'rpcErrorCode'>;

/** Longest part of an error's message that is looked at, as in the sidecar. */
const MAX_TEXT = 512;

const plain = (status: string): Judgement => ({
  status,
  errorType: undefined,
  fault: undefined,
  rpcErrorCode: undefined,
});
const OK = plain('ok');

/** Error types that name a mistake of the caller, whoever reports it. */
const CLIENT_FAULT_TYPES: ReadonlySet<string> = new Set(['invalid_params', 'unknown_tool']);

/** What a cancelled call counts as: no failure, and nobody's fault. */
export const cancelled = (by: 'notification' | 'disconnect'): Judgement => ({
  ...plain('cancelled'),
  errorType: by === 'notification' ? 'cancelled' : 'client_disconnected',
});

/** What a call counts as whose id another request of its client took. */
export const SUPERSEDED: Judgement = { ...plain('other'), errorType: 'duplicate_id', fault: 'client' };

/**
 * Says what a JSON-RPC response counts as, by the same rules as the sidecar.
 * @param response the message as the server hands it to its transport.
 * @param patterns tried in order against the error's text, which is not kept.
 */
export function judgeAnswer(
  response: Readonly<Record<string, unknown>>,
  method: string,
  patterns: readonly ErrorPattern[],
): Judgement {
  const error = membersOf(response['error']);
  if (error) return judgeError(error, method, patterns);
  const result = membersOf(response['result']);
  if (!result) return OK;
  if (result['isError'] === true) {
    const errorType = matchText(firstText(result['content']), patterns) ?? 'tool_error';
    const fault = CLIENT_FAULT_TYPES.has(errorType) ? 'client' : 'server';
    return { status: 'tool_error', errorType, fault, rpcErrorCode: undefined };
  }
  const resultType = result['resultType'];
  if (resultType === 'input_required' || resultType === 'task') return plain(resultType);
  // Before 2026-07-28 a task is told by the member of that name alone.
  return method === 'tools/call' && result['task'] !== undefined ? plain('task') : OK;
}

function judgeError(
  error: Readonly<Record<string, unknown>>,
  method: string,
  patterns: readonly ErrorPattern[],
): Judgement {
  const code = typeof error['code'] === 'number' ? error['code'] : undefined;
  const known = code === undefined ? undefined : RPC_ERROR_TYPES.get(code);
  const status = known === undefined ? 'other' : String(code);
  if (isNegotiation(method, code, undefined)) {
    return { status, errorType: 'version_negotiation', fault: undefined, rpcErrorCode: code };
  }
  const isClientFault = code !== undefined && CLIENT_FAULT_CODES.has(code);
  return {
    status,
    errorType: matchText(textOf(error['message']), patterns) ?? known ?? 'other',
    fault: isClientFault ? 'client' : 'server',
    rpcErrorCode: code,
  };
}

function firstText(content: unknown): string | undefined {
  if (!Array.isArray(content)) return undefined;
  for (const item of content) {
    const text = textOf(membersOf(item)?.['text']);
    if (text !== undefined) return text;
  }
  return undefined;
}

function matchText(text: string | undefined, patterns: readonly ErrorPattern[]): string | undefined {
  if (text === undefined) return undefined;
  const beginning = text.slice(0, MAX_TEXT);
  return patterns.find(({ pattern }) => pattern.test(beginning))?.type;
}
