import type { ClientTls } from '../config/config.ts';
import type { UpstreamTls } from '../proxy/settings.ts';

/** A TLS section of the configuration in the terms of `node:tls`. */
export function tlsOptions({ verify, ...tls }: ClientTls): UpstreamTls {
  return { ...tls, rejectUnauthorized: verify };
}
