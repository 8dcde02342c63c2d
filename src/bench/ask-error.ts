import type { CallOutcome } from '../mcp/call-outcome.ts';

/** Why a request that prepares or ends a run had no answer. */
export class AskError extends Error {
  readonly code = 'ASK_FAILED';
  readonly outcome: CallOutcome;
  /** JSON-RPC code of the answer, if it was an error. */
  readonly rpcCode: number | undefined;

  constructor(message: string, outcome: CallOutcome, rpcCode?: number) {
    super(message);
    this.name = 'AskError';
    this.outcome = outcome;
    this.rpcCode = rpcCode;
  }
}

/** What an outcome without an answer is, in a few words. */
export function outcomeText(outcome: CallOutcome): string {
  switch (outcome.kind) {
    case 'answer':
      return `error ${outcome.facts.errorCode ?? ''}${outcome.facts.errorText === undefined ? '' : ` (${outcome.facts.errorText})`}`;
    case 'http':
      return `status ${outcome.statusCode}`;
    case 'cancelled':
      return 'nothing before it was given up';
    case 'unreachable':
      return outcome.errorType === 'connection_refused' ? 'no connection' : 'a broken connection';
    case 'timeout':
      return outcome.phase === 'connect' ? 'no connection in time' : 'no answer in time';
    case 'invalid_http':
      return 'something else than HTTP';
    case 'no_answer':
      return 'an answer without a response in it';
    case 'superseded':
      return 'the answer to another request';
    case 'stopped':
      return 'the end of the process';
    default:
      return outcome satisfies never;
  }
}
