import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';

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

/** The same in the words of `tls.connect`; what was not given is left out, since Node reads undefined as a value. */
export function tlsConnectOptions(
  tls: ClientTls,
): Pick<ConnectionOptions, 'rejectUnauthorized' | 'ca' | 'cert' | 'key' | 'servername'> {
  const { ca, cert, key, serverName, rejectUnauthorized = true } = tls;
  return {
    rejectUnauthorized,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(serverName !== undefined && { servername: serverName }),
  };
}

/** With the host as the name to ask for (SNI) where none is given, unless it is an address. */
export const withServerName = (tls: ClientTls, host: string): ClientTls =>
  tls.serverName !== undefined || isIP(host) !== 0 ? tls : { ...tls, serverName: host };
