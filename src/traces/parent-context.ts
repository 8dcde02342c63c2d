import { createTraceState, TraceFlags, type SpanContext } from '@opentelemetry/api';
import type { CallTrace, SentContext } from '../model/call-trace.ts';

/** W3C Trace Context, 3.2: version, trace id, parent id, flags; later versions may go on after a dash. */
const TRACEPARENT = /^\s*([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?\s*$/;
const ZEROES = /^0+$/;

function spanContext(sent: SentContext | undefined): SpanContext | undefined {
  const [, version, traceId = '', spanId = '', flags = '', more] = TRACEPARENT.exec(sent?.parent ?? '') ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (ZEROES.test(traceId) || ZEROES.test(spanId)) return undefined;
  return {
    traceId,
    spanId,
    isRemote: true,
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    ...(sent?.state !== undefined && { traceState: createTraceState(sent.state) }),
  };
}

/** Where a request stands in its client's trace. */
export interface Ancestry {
  readonly parent: SpanContext | undefined;
  /** A second context that came with it. */
  readonly linked: SpanContext | undefined;
}

/**
 * The parent of a call's span after OpenTelemetry's MCP conventions: what the message itself says in `params._meta`, with a
 * link to what the HTTP request that carried it says; the latter alone is the parent. What is not valid counts as absent.
 */
export function ancestryOf({ meta, header }: CallTrace): Ancestry {
  const ofMessage = spanContext(meta);
  const ofRequest = spanContext(header);
  if (ofMessage === undefined) return { parent: ofRequest, linked: undefined };
  return { parent: ofMessage, linked: ofRequest?.spanId === ofMessage.spanId ? undefined : ofRequest };
}
