import type { ExchangeEnd, ExchangeHead, ExchangeObserver, ObserveExchange } from '../model/exchange.ts';

/** Is told once per exchange (or pipe) what an observer threw. */
export type OnObserverError = (error: unknown) => void;

/**
 * Stands between an exchange and its observer: after a throw the observer hears
 * nothing more but the end, which it needs to let go of what it holds.
 */
export class GuardedObserver {
  #observer: ExchangeObserver | undefined;
  #broken = false;
  readonly #onError: OnObserverError;

  constructor(observe: ObserveExchange | undefined, head: ExchangeHead, onError: OnObserverError) {
    this.#onError = onError;
    if (observe === undefined) return;
    try {
      this.#observer = observe(head);
    } catch (error) {
      this.#break(error);
    }
  }

  requestBody(chunk: Buffer): void {
    if (this.#observer === undefined || this.#broken) return;
    try {
      this.#observer.requestBody(chunk);
    } catch (error) {
      this.#break(error);
    }
  }

  requestEnd(): void {
    if (this.#observer === undefined || this.#broken) return;
    try {
      this.#observer.requestEnd();
    } catch (error) {
      this.#break(error);
    }
  }

  responseHead(statusCode: number, rawHeaders: readonly string[]): void {
    if (this.#observer === undefined || this.#broken) return;
    try {
      this.#observer.responseHead(statusCode, rawHeaders);
    } catch (error) {
      this.#break(error);
    }
  }

  responseBody(chunk: Buffer): void {
    if (this.#observer === undefined || this.#broken) return;
    try {
      this.#observer.responseBody(chunk);
    } catch (error) {
      this.#break(error);
    }
  }

  failureBody(statusCode: number, reason: string): string | undefined {
    if (this.#observer === undefined || this.#broken) return undefined;
    try {
      return this.#observer.failureBody(statusCode, reason);
    } catch (error) {
      this.#break(error);
      return undefined;
    }
  }

  end(outcome: ExchangeEnd, overheadMs: number): void {
    const observer = this.#observer;
    this.#observer = undefined;
    try {
      observer?.end(outcome, overheadMs);
    } catch (error) {
      this.#break(error);
    }
  }

  #break(error: unknown): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#onError(error);
  }
}
