import type { FailureAnswer } from './failure.ts';

/** How long, and how far, the rest of a request is awaited when the upstream failed. */
const REQUEST_WAIT_MS = 1_000;
const REQUEST_MAX_BYTES = 1024 * 1024;

/**
 * The answer that the proxy gives in the upstream's place. It waits for the
 * rest of the request, within bounds: a client may not read before it has
 * written, and the observer may not know the request's id before.
 */
export class FailureReply {
  readonly failure: FailureAnswer;
  readonly #send: (failure: FailureAnswer) => void;
  #timer: NodeJS.Timeout | undefined;
  #sent = false;

  constructor(failure: FailureAnswer, send: (failure: FailureAnswer) => void) {
    this.failure = failure;
    this.#send = send;
  }

  /** Sends it when the request has been read, or that takes too long. */
  awaitRequest(): void {
    this.#timer = setTimeout(() => this.send(), REQUEST_WAIT_MS);
  }

  /** Takes note of how much of the request's body has come. */
  onRequestBytes(total: number): void {
    if (total > REQUEST_MAX_BYTES) this.send();
  }

  /** Sends it now, unless it was sent. */
  send(): void {
    this.stop();
    if (this.#sent) return;
    this.#sent = true;
    this.#send(this.failure);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
