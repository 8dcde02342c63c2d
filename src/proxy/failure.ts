import { codeOf } from '../model/error-facts.ts';
import type { ExchangeEnd } from '../model/exchange.ts';
import type { UpstreamFailure } from './upstream-connection.ts';

/** What the client and the observer are told when the upstream gave no proper answer. */
export interface FailureAnswer {
  readonly statusCode: 502 | 504;
  /** One line without a secret, e.g. `upstream: want a connection, got ECONNREFUSED`. */
  readonly reason: string;
  readonly outcome: ExchangeEnd;
}

/** Chooses status, reason and outcome of a failure (RFC 9110 §15.6.3 and §15.6.5). */
export function failureAnswer(failure: UpstreamFailure): FailureAnswer {
  switch (failure.kind) {
    case 'unreachable':
      return {
        statusCode: 502,
        reason: `upstream: want a connection, got ${failure.code}`,
        outcome: { kind: 'upstream_unreachable', code: failure.code },
      };
    case 'timeout':
      return {
        statusCode: 504,
        reason:
          failure.phase === 'connect'
            ? 'upstream: want a connection within the connect timeout, got none'
            : 'upstream: want an answer within the headers timeout, got none',
        outcome: { kind: 'upstream_timeout', phase: failure.phase },
      };
    case 'reset':
      return {
        statusCode: 502,
        reason: `upstream: want an answer, got ${failure.code}`,
        outcome: { kind: 'upstream_reset', code: failure.code },
      };
    default:
      return {
        statusCode: 502,
        reason: `upstream: want an HTTP/1.1 answer, got ${failure.code}`,
        outcome: { kind: 'upstream_invalid', code: failure.code },
      };
  }
}

/**
 * Headers and body of an answer that the proxy makes itself.
 *
 * @param jsonRpc body from the observer: a JSON-RPC error; else the reason goes out as text
 */
export function failureMessage(
  reason: string,
  jsonRpc: string | undefined,
): { headers: string[]; body: Buffer } {
  const body = Buffer.from(jsonRpc ?? `${reason}\n`);
  const type = jsonRpc === undefined ? 'text/plain; charset=utf-8' : 'application/json';
  return { headers: ['Content-Type', type, 'Content-Length', String(body.length)], body };
}

/** Code of what a call threw while a connection was made or a head was checked. */
export const connectCodeOf = (error: unknown): string => codeOf(error) || 'CONNECT_FAILED';
