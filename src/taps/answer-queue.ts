/**
 * Keeps what an answer brings waiting while its request is still being
 * decoded: an answer can only be matched with requests that are known.
 */
export class AnswerQueue {
  readonly #maxBytes: number;
  readonly #onFull: () => void;
  readonly #waiting: (() => void)[] = [];
  #bytes = 0;
  #open = false;
  #full = false;

  /** @param onFull told once when more waits than `maxBytes`; bytes beyond are passed over. */
  constructor(maxBytes: number, onFull: () => void) {
    this.#maxBytes = maxBytes;
    this.#onFull = onFull;
  }

  /** Runs an action when its turn has come: now, once the queue is open. */
  run(action: () => void): void {
    if (this.#open) action();
    else this.#waiting.push(action);
  }

  /** Hands bytes on when their turn has come; until then a copy waits. */
  pass(chunk: Buffer, action: (chunk: Buffer) => void): void {
    if (this.#open) {
      action(chunk);
      return;
    }
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) {
      if (!this.#full) this.#onFull();
      this.#full = true;
      return;
    }
    const copy = Buffer.from(chunk);
    this.#waiting.push(() => action(copy));
  }

  /** The request is read: runs what waits, in order. */
  open(): void {
    this.#open = true;
    for (const action of this.#waiting.splice(0)) action();
  }
}
