import type { ClientTls } from '../model/client-tls.ts';

/** What the proxy before a database reads anew for each connection, so that a reload takes effect with the next one. */
export interface DatabaseProxySettings {
  readonly upstream: { readonly host: string; readonly port: number };
  /**
   * `pass` leaves TLS to client and database, `decline` answers that there is
   * none, so that clients which only prefer it can be seen, and `originate`
   * declines likewise but makes TLS towards the database.
   */
  readonly tlsMode: 'pass' | 'decline' | 'originate';
  /** For `originate`. */
  readonly tls: ClientTls;
  /** Time for TCP and TLS to be set up, in ms; 0 is no limit. */
  readonly connectTimeoutMs: number;
}
