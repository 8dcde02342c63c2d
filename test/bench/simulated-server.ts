import type { Callers } from '../../src/bench/load-parts.ts';
import type { LoadParts } from '../../src/bench/load-parts.ts';
import { pacerOn } from '../../src/bench/pacer.ts';
import type { EndedCall } from '../../src/bench/recorder.ts';
import { errorKind } from '../../src/bench/error-kind.ts';
import { judge, type CallOutcome } from '../../src/mcp/call-outcome.ts';
import { emptyFacts } from '../../src/mcp/message-facts.ts';
import type { VirtualTime } from './virtual-time.ts';

/** How a simulated server answers. */
export interface SimulatedServer {
  /** How long it works at a request that arrives at this moment, in milliseconds. */
  readonly serviceMs: (arrivedMs: number, index: number) => number;
  /** A stretch in which it answers nothing; what is due then is answered at its end. */
  readonly stall?: { readonly fromMs: number; readonly toMs: number };
  readonly outcome?: (index: number) => CallOutcome | undefined;
  readonly retryAfterMs?: (index: number) => number | undefined;
}

export const OK: CallOutcome = {
  kind: 'answer',
  facts: { ...emptyFacts(), id: 'n1', hasResult: true },
  statusCode: 200,
};

/** Users of a server that exists in the simulation only. */
export function simulatedCallers(time: VirtualTime, users: number, server: SimulatedServer): Callers {
  let index = 0;
  return {
    users,
    call: (_user, _call, done) => {
      const own = index;
      index += 1;
      const arrivedMs = time.nowMs();
      let isDone = false;
      const settle = (outcome: CallOutcome): void => {
        if (isDone) return;
        isDone = true;
        const retryAfterMs = server.retryAfterMs?.(own);
        done({ outcome, endMs: time.nowMs(), firstByteMs: undefined, retryAfterMs });
      };
      let endMs = arrivedMs + server.serviceMs(arrivedMs, own);
      const { stall } = server;
      if (stall !== undefined && endMs >= stall.fromMs && endMs < stall.toMs) endMs = stall.toMs;
      time.at(endMs, () => settle(server.outcome?.(own) ?? OK));
      return { abandon: (outcome) => void time.at(time.nowMs(), () => settle(outcome)) };
    },
  };
}

/** What a loop needs in a simulation; `calls` is what it records. */
export function simulatedParts(
  time: VirtualTime,
  callers: Callers,
  own: Partial<LoadParts> = {},
): { readonly parts: LoadParts; readonly calls: EndedCall[] } {
  const calls: EndedCall[] = [];
  const parts: LoadParts = {
    time,
    startPacer: pacerOn(time),
    callers,
    draw: () => ({ tool: 'x', row: 0, before: '', beforeBytes: 0, isAscii: true, headers: '' }),
    kindOf: (outcome) => errorKind(judge(outcome, 'tools/call', [])),
    timeoutMs: 30_000,
    maxInFlight: 10_000,
    abort: { connectionFailures: 50 },
    honorRetryAfter: false,
    signal: new AbortController().signal,
    record: (call) => calls.push(call),
    onProgress: () => {},
    ...own,
  };
  return { parts, calls };
}
