import type { ConnectionEnd, ConnectionObserver, ObserveConnection } from '../model/connection.ts';
import type { OnObserverError } from './guarded-observer.ts';

/**
 * Stands between a connection and its observer: after a throw the observer
 * hears nothing more but the end, which it needs to let go of what it holds.
 */
export class DatabaseObserver {
  #observer: ConnectionObserver | undefined;
  #broken = false;
  readonly #onError: OnObserverError;

  constructor(observe: ObserveConnection | undefined, onError: OnObserverError) {
    this.#onError = onError;
    try {
      this.#observer = observe?.();
    } catch (error) {
      this.#break(error);
    }
  }

  fromClient(chunk: Buffer): void {
    if (this.#observer === undefined || this.#broken) return;
    try {
      this.#observer.fromClient(chunk);
    } catch (error) {
      this.#break(error);
    }
  }

  fromServer(chunk: Buffer): void {
    if (this.#observer === undefined || this.#broken) return;
    try {
      this.#observer.fromServer(chunk);
    } catch (error) {
      this.#break(error);
    }
  }

  serverEnded(): void {
    if (this.#observer === undefined || this.#broken) return;
    try {
      this.#observer.serverEnded?.();
    } catch (error) {
      this.#break(error);
    }
  }

  /** Undefined where nobody can tell. */
  isIdle(): boolean | undefined {
    if (this.#observer === undefined || this.#broken) return undefined;
    try {
      return this.#observer.isIdle?.();
    } catch (error) {
      this.#break(error);
      return undefined;
    }
  }

  /** Only the first call counts. */
  end(outcome: ConnectionEnd): void {
    const observer = this.#observer;
    this.#observer = undefined;
    try {
      observer?.end(outcome);
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
