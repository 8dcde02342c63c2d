import type { Address } from './address.ts';
import type { Settings } from './schema.ts';

/** A combination of settings that cannot be: the settings involved, the one to name first. */
export interface Conflict {
  readonly names: readonly [string, ...string[]];
  readonly problem: string;
}

const wildcards = ['0.0.0.0', '::'];
const loopbacks = ['127.0.0.1', 'localhost', '::1'];

/** True where both can only mean the same socket, or the first takes the port on every interface. */
function overlaps(listener: Address, other: Address): boolean {
  if (listener.port === 0 || listener.port !== other.port) return false;
  return (
    listener.host === other.host || (wildcards.includes(listener.host) && loopbacks.includes(other.host))
  );
}

function originAddress(origin: string): Address {
  const url = new URL(origin);
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return { host: url.hostname.replaceAll(/^\[|\]$/g, ''), port };
}

function pairConflict(section: string, tls: { certFile?: string | undefined; keyFile?: string | undefined }) {
  const [given, missing] = tls.certFile === undefined ? ['keyFile', 'certFile'] : ['certFile', 'keyFile'];
  if ((tls.certFile === undefined) === (tls.keyFile === undefined)) return [];
  const names: [string, string] = [`${section}.${given}`, `${section}.${missing}`];
  return [{ names, problem: `want ${section}.${missing} beside it, got none` }];
}

function upstreamConflicts({ upstream, listen, admin }: Settings): Conflict[] {
  const found: Conflict[] = pairConflict('upstream.tls', upstream.tls);
  if (upstream.url === undefined) return found;
  const target = originAddress(upstream.url);
  for (const [name, address] of [
    ['listen.address', listen.address],
    ['admin.address', admin.address],
  ] as const) {
    if (!overlaps(address, target)) continue;
    found.push({
      names: ['upstream.url', name],
      problem: `want another address than ${name}, got the sidecar's own ${upstream.url}`,
    });
  }
  if (upstream.url.startsWith('https:')) return found;
  for (const key of ['caFile', 'certFile', 'keyFile', 'serverName'] as const) {
    if (upstream.tls[key] === undefined) continue;
    found.push({
      names: [`upstream.tls.${key}`, 'upstream.url'],
      problem: `want an upstream.url with https, got ${upstream.url}`,
    });
  }
  return found;
}

function listenConflicts({ listen, admin }: Settings): Conflict[] {
  const found: Conflict[] = pairConflict('listen.tls', listen.tls);
  if (listen.tls.clientCaFile !== undefined && (listen.tls.certFile ?? listen.tls.keyFile) === undefined) {
    found.push({
      names: ['listen.tls.clientCaFile', 'listen.tls.certFile'],
      problem: 'want listen.tls.certFile beside it, got none',
    });
  }
  const same = overlaps(listen.address, admin.address) || overlaps(admin.address, listen.address);
  if (same) {
    found.push({
      names: ['admin.address', 'listen.address'],
      problem: `want listen.address and admin.address on different ports, got ${admin.address.port} for both`,
    });
  }
  return found;
}

/** Every combination of settings that cannot be. */
export function crossChecks(settings: Settings, given: { token: boolean }): Conflict[] {
  const found = [...upstreamConflicts(settings), ...listenConflicts(settings)];
  const { maxDecodedBytes, maxBodyBytes } = settings.tap;
  if (maxDecodedBytes < maxBodyBytes) {
    found.push({
      names: ['tap.maxDecodedBytes', 'tap.maxBodyBytes'],
      problem: `want tap.maxDecodedBytes not below tap.maxBodyBytes, got ${maxDecodedBytes} and ${maxBodyBytes} bytes`,
    });
  }
  if (given.token && settings.admin.tokenFile !== undefined) {
    found.push({
      names: ['admin.tokenFile'],
      problem: 'want one source of the token, got MCP_VITALS_ADMIN_TOKEN as well',
    });
  }
  return found;
}
