import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace as api, type Tracer } from '@opentelemetry/api';
import type { TraceCall } from '../model/spans.ts';
import type { Clock } from '../model/clock.ts';
import { ancestryOf } from './parent-context.ts';
import { isSampled, type Sampling } from './sampling.ts';
import { bounded, isFailure, spanAttributes, type ServerAddress } from './span-attributes.ts';
import type { SpanBook } from './span-book.ts';
import { createWallTime } from './wall-time.ts';

/** What spans are made with. */
export interface TraceCallParts {
  readonly tracer: Tracer;
  readonly sampling: Sampling;
  readonly book: SpanBook;
  /** Asked for each span; undefined: it has no address. */
  readonly server: () => ServerAddress | undefined;
  readonly clock: Clock;
  /** Told what went wrong in here; the call is none the worse for it. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Makes the function that turns calls into spans, whole ones with the true times, once they have ended: while a call runs
 * there is nothing to keep, and for one that is not sampled nothing is made.
 */
export function createTraceCall(parts: TraceCallParts): TraceCall {
  const { tracer, sampling, book } = parts;
  const wallTime = createWallTime(parts.clock);

  const traceCall: TraceCall = (call, trace, name) => {
    const { parent, linked } = ancestryOf(trace);
    if (!isSampled(sampling, parent) || !book.hasRoom()) return undefined;
    const endMs = wallTime(trace.endedAtMs);
    const span = tracer.startSpan(
      bounded(name),
      {
        kind: SpanKind.SERVER,
        startTime: endMs - call.durationMs,
        attributes: spanAttributes(call, trace, parts.server()),
        ...(linked && { links: [{ context: linked }] }),
      },
      parent ? api.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT,
    );
    if (isFailure(call)) span.setStatus({ code: SpanStatusCode.ERROR });
    book.ended();
    span.end(endMs);
    const { traceId, spanId } = span.spanContext();
    return { traceId, spanId };
  };

  return (call, trace, name) => {
    try {
      return traceCall(call, trace, name);
    } catch (error) {
      book.faulty();
      parts.onFault(error);
      return undefined;
    }
  };
}
