import type { Clock } from '../model/clock.ts';
import type { ObserveExchange } from '../model/exchange.ts';
import type { SessionCensus } from '../model/session-census.ts';
import type { TrafficSink } from '../model/traffic.ts';
import { CallLedger } from './call-ledger.ts';
import { hasMediaType, JSON_TYPE, readTapHeaders } from './http-head.ts';
import { PlainExchange } from './plain-exchange.ts';
import { RpcExchange } from './rpc-exchange.ts';
import { SessionTable } from './session-table.ts';
import { shapeFor, type TapContext } from './tap-context.ts';
import type { TapOptions } from './tap-options.ts';

/** A tap and what it knows at the moment. */
export interface HttpTap {
  readonly observe: ObserveExchange;
  /** Closes silent sessions and gives up calls that were not resumed; call it every few seconds. */
  readonly sweep: () => void;
  /** Calls whose answer is expected; not those that only a resumed stream could bring. */
  readonly callsPending: () => number;
  /** Age of the call that has waited longest for its answer, in milliseconds; 0 if none waits. */
  readonly oldestCallAgeMs: () => number;
  /** Calls whose stream is open without their answer for longer than the limit; undefined: there is none. */
  readonly callsParked: () => number | undefined;
  /** The open sessions, counted now. */
  readonly census: () => SessionCensus;
}

/**
 * Watches MCP over HTTP in all its forms (Streamable HTTP of both eras,
 * HTTP+SSE) and the plain HTTP beside it.
 * @param onThrow told of errors inside the tap that happen outside of the proxy's guard.
 */
export function createHttpTap(
  options: () => TapOptions,
  sink: TrafficSink,
  clock: Clock,
  onThrow: (error: unknown) => void,
): HttpTap {
  const ledger = new CallLedger(sink, clock, options);
  const sessions = new SessionTable(options, ledger, sink, clock);
  const context: TapContext = { options, sink, clock, ledger, sessions, shape: shapeFor(options), onThrow };
  return {
    observe: (head) => {
      sink.exchangeSeen();
      const headers = readTapHeaders(head.rawHeaders);
      const isRpc = head.method === 'POST' && hasMediaType(headers.contentType, JSON_TYPE);
      return new (isRpc ? RpcExchange : PlainExchange)(context, head, headers);
    },
    sweep: () => sessions.sweep(),
    callsPending: () => ledger.awaited(),
    oldestCallAgeMs: () => ledger.oldestAgeMs(),
    callsParked: () => {
      const { parkedAfterMs } = options();
      return parkedAfterMs === 0 ? undefined : ledger.parked(parkedAfterMs);
    },
    census: () => sessions.census(),
  };
}
