/** How a server's certificate is checked over TLS, and which one is shown to it. All PEM. */
export interface ClientTls {
  /** Certificates to trust in place of the system's. */
  readonly ca?: string | Buffer;
  /** Client certificate (chain). */
  readonly cert?: string | Buffer;
  /** Private key of `cert`; secret. */
  readonly key?: string | Buffer;
  /** Name for SNI and for the check of the certificate; the server's host if absent. */
  readonly serverName?: string;
  /** False accepts any certificate; true if absent. */
  readonly rejectUnauthorized?: boolean;
}
