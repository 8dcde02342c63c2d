import type { ConnectionEnd, ConnectionObserver, ObserveConnection } from '../model/connection.ts';
import { ObserverGuard, type OnObserverError } from './observer-guard.ts';

/** The observer of a connection to a database, guarded. */
export class DatabaseObserver extends ObserverGuard<ConnectionObserver> {
  constructor(observe: ObserveConnection | undefined, onError: OnObserverError) {
    super(() => observe?.(), onError);
  }

  fromClient(chunk: Buffer): void {
    this.tell((observer) => observer.fromClient(chunk));
  }

  fromServer(chunk: Buffer): void {
    this.tell((observer) => observer.fromServer(chunk));
  }

  serverEnded(): void {
    this.tell((observer) => observer.serverEnded?.());
  }

  /** Undefined where nobody can tell. */
  isIdle(): boolean | undefined {
    return this.tell((observer) => observer.isIdle?.());
  }

  /** Only the first call counts. */
  end(outcome: ConnectionEnd): void {
    this.tellLast((observer) => observer.end(outcome));
  }
}
