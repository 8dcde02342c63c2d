import { isThenable } from './override-method.ts';

/** Takes what goes wrong in our own code, so that it never reaches the code that is observed. */
export interface Faults {
  /** Counts a fault; never throws. */
  readonly count: (error: unknown) => void;
  /** Runs our own code; what it throws is counted, and the answer is undefined. */
  readonly guard: <T>(run: () => T) => T | undefined;
}

/**
 * Makes the place where our own faults end.
 * @param onFault told each fault: it counts, and may throw without harm, at once or by a promise.
 */
export function createFaults(onFault: (error: unknown) => unknown): Faults {
  const count = (error: unknown): void => {
    try {
      ignoreRejection(onFault(error));
    } catch {
      // There is nobody left to tell: the server that is observed must not hear of it.
    }
  };
  return {
    count,
    guard: (run) => {
      try {
        return run();
      } catch (error) {
        count(error);
        return undefined;
      }
    },
  };
}

function ignoreRejection(value: unknown): void {
  if (isThenable(value)) value.then(undefined, () => undefined);
}
