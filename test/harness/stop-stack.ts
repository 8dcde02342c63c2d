/** Things to end when a test file is done, last started first. */
export interface StopStack {
  /** Registers something that was started and hands it back. */
  readonly use: <T extends { readonly stop: () => Promise<unknown> }>(started: T) => T;
  /** Registers a closing action. */
  readonly defer: (stop: () => Promise<unknown>) => void;
  /** Ends everything; reports every failure, but only after all were tried. */
  readonly stopAll: () => Promise<void>;
}

/** Creates an empty stack; give `stopAll` to afterAll. */
export function createStopStack(): StopStack {
  const stops: (() => Promise<unknown>)[] = [];
  return {
    use: (started) => {
      stops.push(started.stop);
      return started;
    },
    defer: (stop) => void stops.push(stop),
    stopAll: async () => {
      const errors: unknown[] = [];
      for (let stop = stops.pop(); stop; stop = stops.pop()) {
        try {
          await stop();
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw new AggregateError(errors, 'stop: want a clean end, got errors');
    },
  };
}
