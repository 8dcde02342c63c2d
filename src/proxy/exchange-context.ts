import type { Clock } from '../model/clock.ts';
import type { ObserveExchange } from '../model/exchange.ts';
import type { OnObserverError } from './observer-guard.ts';
import type { ProxySettings } from './settings.ts';
import type { ConnectionUse, UpstreamConnection } from './upstream-connection.ts';

/** What all exchanges of a proxy share; `T` is the kind of exchange. */
export interface ExchangeContext<T> {
  readonly clock: Clock;
  readonly observe: ObserveExchange | undefined;
  readonly onObserverError: OnObserverError;
  /** The proxy is shutting down: answers announce that their connection closes. */
  readonly draining: () => boolean;
  readonly connect: (settings: ProxySettings, use: ConnectionUse) => UpstreamConnection;
  /** The exchange is over. */
  readonly onDone: (exchange: T) => void;
}
