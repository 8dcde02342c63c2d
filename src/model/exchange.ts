/** The head of an HTTP request as it arrived from the client. */
export interface ExchangeHead {
  /** HTTP method, e.g. `POST`. */
  readonly method: string;
  /** Request target exactly as sent: path and query, e.g. `/mcp?x=1`. */
  readonly target: string;
  /** Names and values in turn, in order and case of arrival. */
  readonly rawHeaders: readonly string[];
  /** Clock time (ms, monotonic) at which the head arrived. */
  readonly receivedAtMs: number;
}

/** How an exchange ended, seen from the proxy. */
export type ExchangeEnd =
  /** The whole answer was handed to the client. */
  | { readonly kind: 'complete' }
  /** The client left before the answer was complete. */
  | { readonly kind: 'client_gone' }
  /** No connection to the upstream could be made; the proxy answered 502. */
  | { readonly kind: 'upstream_unreachable'; readonly code: string }
  /** The upstream took too long; the proxy answered 504. */
  | { readonly kind: 'upstream_timeout'; readonly phase: 'connect' | 'headers' }
  /** The upstream's connection broke; before the answer's head the proxy answered 502, after it the client's connection was cut too. */
  | { readonly kind: 'upstream_reset'; readonly code: string }
  /** What the upstream sent was not HTTP/1.1; the proxy answered 502 or cut the connection. */
  | { readonly kind: 'upstream_invalid'; readonly code: string }
  /** The sidecar stopped and its drain limit ran out. */
  | { readonly kind: 'shutdown' };

/**
 * Watches one HTTP exchange. The proxy calls it in the order of the wire, with
 * the very buffers that it forwards: read them, never write to them, and do not
 * keep them. Whatever it throws is caught and counted; the bytes go on.
 */
export interface ExchangeObserver {
  readonly requestBody: (chunk: Buffer) => void;
  readonly requestEnd: () => void;
  /** Called once, when the head of the final (not 1xx) answer has arrived. */
  readonly responseHead: (statusCode: number, rawHeaders: readonly string[]) => void;
  readonly responseBody: (chunk: Buffer) => void;
  /**
   * Body for an answer that the proxy itself has to make (502, 504), so that a
   * JSON-RPC client gets a JSON-RPC error; undefined if the request was not JSON-RPC.
   */
  readonly failureBody: (statusCode: number, reason: string) => string | undefined;
  /**
   * Called exactly once, last.
   * @param overheadMs time that the exchange spent inside the sidecar: from the
   * head's arrival to its forwarding, and from the answer's head to its forwarding.
   */
  readonly end: (outcome: ExchangeEnd, overheadMs: number) => void;
}

/** Asked once per exchange; undefined means that nobody watches it. */
export type ObserveExchange = (head: ExchangeHead) => ExchangeObserver | undefined;
