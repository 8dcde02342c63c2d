import type { ExchangeHead } from '../model/exchange.ts';
import { judge, type CallOutcome } from '../mcp/call-outcome.ts';
import { publicPath } from '../mcp/call-target.ts';
import { pathOf } from './call-target.ts';
import type { TapContext } from './tap-context.ts';

/** What is known of an HTTP exchange that no JSON-RPC request stands for. */
export interface WholeExchange {
  /** Undefined for an HTTP request beside MCP, whose method is HTTP's. */
  readonly rpcMethod: string | undefined;
  readonly protocolVersion: string | undefined;
  readonly outcome: CallOutcome;
  readonly atMs: number;
  readonly timeToFirstByteMs: number | undefined;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

/** Records a whole exchange as one call of its path. */
export function recordExchange(tap: TapContext, head: ExchangeHead, exchange: WholeExchange): void {
  const { rpcMethod, outcome, atMs, ...known } = exchange;
  const method = rpcMethod ?? head.method;
  tap.sink.call({
    ...known,
    ...judge(outcome, method, tap.options().errorPatterns),
    method,
    isMcp: rpcMethod !== undefined,
    target: { kind: 'path', name: publicPath(pathOf(head.target)) },
    transport: rpcMethod === undefined ? 'http' : 'streamable_http',
    durationMs: atMs - head.receivedAtMs,
    clientWaitMs: 0,
    batchSize: undefined,
  });
}
