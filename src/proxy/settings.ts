import type { ClientTls } from '../model/client-tls.ts';

/** What the proxy reads anew for each request, so that a reload takes effect at once. */
export interface ProxySettings {
  /** Origin of the upstream, `http:` or `https:`; a path, query or user info is ignored. */
  readonly upstream: URL;
  readonly tls?: ClientTls;
  /** Time for TCP and TLS to be set up, in ms; 0 is no limit. */
  readonly connectTimeoutMs: number;
  /** Time from the request's last byte to the answer's head, in ms; 0 is no limit. */
  readonly headersTimeoutMs: number;
  /** `preserve` sends the client's Host, `upstream` the upstream's host and port. */
  readonly hostHeader: 'preserve' | 'upstream' | { readonly fixed: string };
  /** Add `Via` to requests and answers (RFC 9110 §7.6.3). */
  readonly via: boolean;
  /** Add `X-Forwarded-For`, `-Proto` and `-Host` to requests. */
  readonly xForwarded: boolean;
  /** How long an idle upstream connection is kept, in ms; below the upstream's own limit. */
  readonly keepAliveMs: number;
}
