import {
  InsecureTokenEndpointError,
  OAuthClientFlowError,
  OAuthError,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  SseError,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { causeOf, messageOf, nameOf } from '../model/error-facts.ts';
import type { FailureReason } from '../model/probe-result.ts';
import { ProbeFailure } from './probe-failure.ts';

/** A reason with one line that says more. */
export interface JudgedFailure {
  readonly reason: FailureReason;
  readonly message: string;
}

/** What a status of HTTP that is no success counts as. */
export function reasonOfStatus(status: number): FailureReason {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status >= 500) return 'http_5xx';
  if (status >= 400) return 'http_4xx';
  return status >= 300 ? 'http_3xx' : 'protocol';
}

/** The error and its causes, outermost first; bounded, for a chain may be a ring. */
function chainOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let each = error; each !== undefined && each !== null && chain.length < 10;) {
    chain.push(each);
    each = causeOf(each);
  }
  return chain;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, 500);

/** What is thrown for JSON that is none, and for JSON that is no message (zod's errors have names of their own). */
export const isNoMessage = (error: unknown): boolean => /^SyntaxError$|ZodError$/.test(nameOf(error));

function judgeOne(error: unknown): JudgedFailure | undefined {
  const judged = (reason: FailureReason, message = messageOf(error)): JudgedFailure => ({
    reason,
    message: oneLine(message),
  });
  if (error instanceof ProbeFailure) return judged(error.reason);
  if (error instanceof UnauthorizedError) return judged('unauthorized', 'want an answer, got HTTP 401');
  if (error instanceof InsecureTokenEndpointError) return judged('credentials');
  if (error instanceof OAuthError || error instanceof OAuthClientFlowError) return judged('unauthorized');
  if (error instanceof SdkHttpError) {
    return judged(reasonOfStatus(error.status), `want HTTP 2xx, got ${error.status}: ${error.message}`);
  }
  if (error instanceof SseError && error.code !== undefined && error.code >= 300) {
    return judged(reasonOfStatus(error.code), `want HTTP 2xx, got ${error.code}`);
  }
  if (error instanceof ProtocolError) return judged('rpc_error', `JSON-RPC ${error.code}: ${error.message}`);
  if (error instanceof SdkError) {
    return judged(error.code === SdkErrorCode.RequestTimeout ? 'timeout' : 'protocol');
  }
  if (isNoMessage(error)) {
    return judged('protocol', `want a JSON-RPC message, got something else: ${messageOf(error)}`);
  }
  return undefined;
}

/**
 * Says why a run failed. What was found on the wire (a `ProbeFailure` anywhere
 * among the causes) goes before the client's own words for it.
 */
export function judgeFailure(error: unknown): JudgedFailure {
  const chain = chainOf(error);
  const onTheWire = chain.find((each) => each instanceof ProbeFailure);
  const found = [onTheWire, ...chain.toReversed()].map(judgeOne).find((each) => each !== undefined);
  if (found !== undefined) return found;
  return { reason: 'internal', message: oneLine(messageOf(error)) };
}
