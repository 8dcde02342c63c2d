import type { MessageFacts } from '../mcp/message-facts.ts';
import type { CallTrace, SentContext } from '../model/call-trace.ts';

const TRACEPARENT_KEY = Buffer.from('"traceparent"');

/** Longest `tracestate` that is taken, in characters: W3C asks for at least so much. */
const MAX_STATE_LENGTH = 512;

/** Whether a message could hold a trace context: a native search, so that the others need not be scanned for one. */
export const mayHoldContext = (message: Buffer): boolean => message.includes(TRACEPARENT_KEY);

/** Begins what is kept for the span of a call. @param rawHeaders of the HTTP request that brought it, names and values in turn. */
export const openTrace = (
  requestId: string,
  { traceParent, traceState }: MessageFacts,
  sessionId?: string,
  rawHeaders: readonly string[] = [],
): CallTrace => ({
  requestId,
  sessionId,
  meta: traceParent === undefined ? undefined : { parent: traceParent, state: traceState },
  header: headerContext(rawHeaders),
  endedAtMs: 0,
});

/** The context in the headers; lists of `tracestate` in several headers are one list (W3C Trace Context, 3.3.1). */
function headerContext(rawHeaders: readonly string[]): SentContext | undefined {
  let parent: string | undefined;
  let state: string | undefined;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    const value = rawHeaders[index + 1]!;
    if (name.length === 11 && name.toLowerCase() === 'traceparent') parent ??= value;
    else if (name.length === 10 && name.toLowerCase() === 'tracestate') {
      state = state === undefined ? value : `${state},${value}`;
    }
  }
  if (parent === undefined) return undefined;
  return { parent, state: state !== undefined && state.length <= MAX_STATE_LENGTH ? state : undefined };
}
