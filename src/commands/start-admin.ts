import { isIPv4, isIPv6 } from 'node:net';
import type { Config } from '../config/config.ts';
import type { Log } from '../model/log.ts';
import { startAdminServer, type AdminServer, type AdminSources } from '../status/admin-server.ts';

const isLoopback = (host: string): boolean =>
  host === 'localhost' || (isIPv4(host) && host.startsWith('127.')) || (isIPv6(host) && host === '::1');

/** `http://host:port` of an address that listens. */
export const originOf = (
  address: { readonly address: string; readonly port: number },
  scheme = 'http',
): string =>
  `${scheme}://${isIPv6(address.address) ? `[${address.address}]` : address.address}:${address.port}`;

/** Starts the admin server as configured and says where /metrics and the page are, and if anyone may read them. */
export async function startAdmin(
  config: () => Config,
  sources: Omit<AdminSources, 'token'>,
  log: Log,
): Promise<{ readonly server: AdminServer; readonly metricsUrl: string }> {
  const { address, token } = config().admin;
  const server = await startAdminServer(address, { ...sources, token: () => config().admin.token }, log);
  const metricsUrl = `${originOf(server.address)}/metrics`;
  const hasPage = sources.routes?.some(({ paths }) => paths.includes('/')) === true;
  const page = hasPage ? ` and the status page on ${originOf(server.address)}/` : '';
  // A port that nobody could know beforehand has to be said in any case.
  log(server.address.port === address.port ? 'info' : 'warn', `metrics on ${metricsUrl}${page}`);
  if (token === undefined && !isLoopback(address.host)) {
    log(
      'warn',
      `admin server listens on ${address.host} without a token: anyone who reaches it can read the metrics; set admin.tokenFile or MCP_VITALS_ADMIN_TOKEN`,
    );
  }
  return { server, metricsUrl };
}
