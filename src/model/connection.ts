/** How a forwarded TCP connection ended. */
export type ConnectionEnd =
  /** Closed in order; by whom first. */
  | { readonly kind: 'closed'; readonly by: 'client' | 'upstream' }
  /** No connection to the upstream could be made, or its TLS failed. */
  | { readonly kind: 'unreachable'; readonly code: string }
  /** The upstream took too long to accept. */
  | { readonly kind: 'timeout' }
  /** The connection of one side broke. */
  | { readonly kind: 'reset'; readonly by: 'client' | 'upstream'; readonly code: string }
  /** The sidecar stopped. */
  | { readonly kind: 'shutdown' };

/**
 * Watches one TCP connection. The proxy calls it in the order of the wire,
 * after the bytes went on, with the very buffers that it forwards: read them,
 * never write to them, and do not keep them. What it sees is what the client
 * sends and gets, even where the proxy itself adds TLS towards the upstream.
 * Whatever it throws is caught and counted; the bytes go on.
 */
export interface ConnectionObserver {
  readonly fromClient: (chunk: Buffer) => void;
  readonly fromServer: (chunk: Buffer) => void;
  /** The server closed its side; the client may not have done so yet. */
  readonly serverEnded?: () => void;
  /**
   * Whether nothing is under way, so that the connection may be cut; undefined where that cannot be told.
   * Asked when the proxy shuts down.
   */
  readonly isIdle?: () => boolean | undefined;
  /** Called exactly once, last. */
  readonly end: (outcome: ConnectionEnd) => void;
}

/** Asked once per connection; undefined means that nobody watches it. */
export type ObserveConnection = () => ConnectionObserver | undefined;
