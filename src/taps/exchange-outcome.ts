import type { ExchangeEnd } from '../model/exchange.ts';
import type { CallOutcome } from '../mcp/call-outcome.ts';

/**
 * What the end of an exchange means for a call that it did not answer.
 * @param complete what it means if the exchange itself went well.
 */
export function exchangeOutcome<Complete>(end: ExchangeEnd, complete: Complete): CallOutcome | Complete {
  switch (end.kind) {
    case 'complete':
      return complete;
    case 'client_gone':
      return { kind: 'cancelled', by: 'disconnect' };
    case 'upstream_unreachable':
      return { kind: 'unreachable', errorType: 'connection_refused' };
    case 'upstream_reset':
      return { kind: 'unreachable', errorType: 'connection_reset' };
    case 'upstream_timeout':
      return { kind: 'timeout', phase: end.phase };
    case 'upstream_invalid':
      return { kind: 'invalid_http' };
    case 'shutdown':
      return { kind: 'stopped' };
    default:
      return end satisfies never;
  }
}
