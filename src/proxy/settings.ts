/** How TLS to the upstream is verified and which certificate the sidecar shows. */
export interface UpstreamTls {
  /** PEM certificates to trust in place of the system's. */
  readonly ca?: string | Buffer;
  /** PEM client certificate (chain). */
  readonly cert?: string | Buffer;
  /** PEM private key of `cert`. */
  readonly key?: string | Buffer;
  /** Name for SNI and for the check of the certificate; the upstream's host if absent. */
  readonly serverName?: string;
  /** False accepts any certificate; true if absent. */
  readonly rejectUnauthorized?: boolean;
}

/** What the proxy reads anew for each request, so that a reload takes effect at once. */
export interface ProxySettings {
  /** Origin of the upstream, `http:` or `https:`; a path, query or user info is ignored. */
  readonly upstream: URL;
  readonly tls?: UpstreamTls;
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
