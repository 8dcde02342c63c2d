import { messageShape, type Shape } from '../mcp/message-shape.ts';
import type { Clock } from '../model/clock.ts';
import type { TrafficSink } from '../model/traffic.ts';
import type { CallLedger } from './call-ledger.ts';
import type { SessionTable } from './session-table.ts';
import type { TapOptions } from './tap-options.ts';

/** What all exchanges of one tap share. */
export interface TapContext {
  /** Asked each time, so that a reload takes effect at once. */
  readonly options: () => TapOptions;
  readonly sink: TrafficSink;
  readonly clock: Clock;
  readonly ledger: CallLedger;
  readonly sessions: SessionTable;
  readonly shape: () => Shape;
  /** For what is thrown outside of the proxy's guard: counts it. */
  readonly onThrow: (error: unknown) => void;
}

/** The shape of messages for the options in force; made anew only when the batch tools change. */
export function shapeFor(options: () => TapOptions): () => Shape {
  const { traced } = options();
  let { batchTools } = options();
  let shape = messageShape(batchTools.values(), traced);
  return () => {
    const inForce = options().batchTools;
    if (inForce !== batchTools) {
      batchTools = inForce;
      shape = messageShape(batchTools.values(), traced);
    }
    return shape;
  };
}
