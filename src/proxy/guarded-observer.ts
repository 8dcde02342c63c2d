import type { ExchangeEnd, ExchangeHead, ExchangeObserver, ObserveExchange } from '../model/exchange.ts';
import { ObserverGuard, type OnObserverError } from './observer-guard.ts';

/** The observer of an exchange, guarded. */
export class GuardedObserver extends ObserverGuard<ExchangeObserver> {
  constructor(observe: ObserveExchange | undefined, head: ExchangeHead, onError: OnObserverError) {
    super(() => observe?.(head), onError);
  }

  requestBody(chunk: Buffer): void {
    this.tell((observer) => observer.requestBody(chunk));
  }

  requestEnd(): void {
    this.tell((observer) => observer.requestEnd());
  }

  responseHead(statusCode: number, rawHeaders: readonly string[]): void {
    this.tell((observer) => observer.responseHead(statusCode, rawHeaders));
  }

  responseBody(chunk: Buffer): void {
    this.tell((observer) => observer.responseBody(chunk));
  }

  failureBody(statusCode: number, reason: string): string | undefined {
    return this.tell((observer) => observer.failureBody(statusCode, reason));
  }

  end(outcome: ExchangeEnd, overheadMs: number): void {
    this.tellLast((observer) => observer.end(outcome, overheadMs));
  }
}
