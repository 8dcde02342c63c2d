import { cancelled, judgeAnswer, judgement, SUPERSEDED, type Judgement } from './judge-answer.ts';
import { judgeHttp } from './judge-http.ts';
import type { MessageFacts } from './message-facts.ts';
import type { ErrorPattern } from '../model/error-pattern.ts';

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
      return cancelled(outcome.by);
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
      return SUPERSEDED;
    case 'stopped':
      return judgement('other', 'stopped', 'server');
    default:
      return outcome satisfies never;
  }
}
