/** About what a request with its answer and a closure that holds on to them takes. */
const BYTES_PER_REQUEST = 100 * 1024;
/** More than the limit that the demo watches; a demonstration must not take the machine down. */
const MOST_BYTES = 640 * 1024 ** 2;

/** A leak on purpose: each call of what it returns keeps memory for good, up to a bound. */
export function createMemoryLeak(): () => void {
  const kept: Buffer[] = [];
  return () => {
    // Filled, for memory that was never written to is not resident.
    if (kept.length * BYTES_PER_REQUEST < MOST_BYTES) kept.push(Buffer.alloc(BYTES_PER_REQUEST, 1));
  };
}
