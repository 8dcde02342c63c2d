import type { Address } from './address.ts';
import type { Conflict } from './conflict.ts';
import type { Settings } from './schema.ts';

const wildcards = ['0.0.0.0', '::'];
const loopbacks = ['127.0.0.1', 'localhost', '::1'];

/** True where both can only mean the same socket, or the first takes the port on every interface. */
function overlaps(listener: Address, other: Address): boolean {
  if (listener.port === 0 || listener.port !== other.port) return false;
  const bothLoopback = loopbacks.includes(listener.host) && loopbacks.includes(other.host);
  return (
    listener.host === other.host ||
    // `localhost` may be either of the two addresses.
    (bothLoopback && (listener.host === 'localhost' || other.host === 'localhost')) ||
    (wildcards.includes(listener.host) && loopbacks.includes(other.host))
  );
}

function originAddress(origin: string): Address {
  const url = new URL(origin);
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return { host: url.hostname.replaceAll(/^\[|\]$/g, ''), port };
}

interface Listener {
  readonly name: 'listen.address' | 'admin.address' | 'database.listen';
  readonly address: Address;
}

function forwardsToItself(name: string, target: Address, shown: string, listeners: readonly Listener[]) {
  return listeners
    .filter(({ address }) => overlaps(address, target))
    .map((listener): Conflict => ({
      names: [name, listener.name],
      problem: `want another address than ${listener.name}, got the sidecar's own ${shown}`,
    }));
}

/** Listeners that take each other's port, and forwarding that would end at the sidecar itself. */
export function listenerConflicts({ upstream, listen, admin, database, sources }: Settings): Conflict[] {
  const listeners: Listener[] = [
    { name: 'listen.address', address: listen.address },
    { name: 'admin.address', address: admin.address },
  ];
  if (database.upstream !== undefined) listeners.push({ name: 'database.listen', address: database.listen });
  const found: Conflict[] = [];
  for (const [i, first] of listeners.entries()) {
    for (const second of listeners.slice(i + 1)) {
      if (!overlaps(first.address, second.address) && !overlaps(second.address, first.address)) continue;
      found.push({
        names: [second.name, first.name],
        problem: `want ${first.name} and ${second.name} on different ports, got ${second.address.port} for both`,
      });
    }
  }
  if (upstream.url !== undefined) {
    found.push(...forwardsToItself('upstream.url', originAddress(upstream.url), upstream.url, listeners));
  }
  if (database.upstream !== undefined) {
    const { host, port } = database.upstream;
    found.push(...forwardsToItself('database.upstream', database.upstream, `${host}:${port}`, listeners));
  }
  const { scrape, postgres } = sources;
  if (scrape.url !== undefined) {
    const { origin } = new URL(scrape.url);
    found.push(...forwardsToItself('sources.scrape.url', originAddress(origin), origin, listeners));
  }
  // Through the tap the sidecar's own queries would count as the server's.
  if (postgres.url !== undefined) {
    const { host, port } = postgres.url;
    found.push(...forwardsToItself('sources.postgres.url', postgres.url, `${host}:${port}`, listeners));
  }
  return found;
}
