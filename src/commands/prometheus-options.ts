import type { PrometheusConfig } from '../config/backends-config.ts';
import type { PrometheusApiOptions } from '../sources/prometheus-api.ts';

/** Which server is asked and as whom, as a configuration says it. */
export type PrometheusAccess = Pick<PrometheusConfig, 'url' | 'username' | 'password' | 'token' | 'tls'>;

/** A configured server in the terms of the API's client. */
export function prometheusOptions(access: PrometheusAccess): PrometheusApiOptions {
  const { url, username, password, token, tls } = access;
  return {
    url,
    ...(username !== undefined && password !== undefined && { credentials: { username, password } }),
    ...(token !== undefined && { credentials: { bearer: token } }),
    tls,
  };
}
