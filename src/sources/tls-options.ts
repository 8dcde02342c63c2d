import type { ConnectionOptions } from 'node:tls';
import type { ClientTls } from '../model/client-tls.ts';

/** What TLS is to be like, in the words of `tls.connect`; what was not given is left out, since Node reads undefined as a value. */
export function tlsOptions(tls: ClientTls): ConnectionOptions {
  const { ca, cert, key, serverName, rejectUnauthorized = true } = tls;
  return {
    rejectUnauthorized,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(serverName !== undefined && { servername: serverName }),
  };
}
