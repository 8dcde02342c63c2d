import type { Address } from './address.ts';

/** Where a PostgreSQL server is and who connects to what. */
export interface PostgresUrl extends Address {
  readonly user: string;
  readonly database: string;
}

/** Where a Redis server is. */
export interface RedisUrl extends Address {
  readonly tls: boolean;
  readonly username?: string;
}

function parse(text: string, schemes: readonly string[]): URL | undefined {
  if (/[\s\\]/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const wanted = schemes.includes(url.protocol.slice(0, -1)) && url.password === '' && url.hash === '';
  const hasHost = url.hostname !== '' && !url.hostname.includes('%');
  return wanted && hasHost && url.port !== '0' ? url : undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const bareHost = (url: URL) => url.hostname.replaceAll(/^\[|\]$/g, '');

/** Reads `postgres://user@host[:port]/database`; the database is the user's name if it is not given, as with libpq. */
export function parsePostgresUrl(text: string): PostgresUrl | undefined {
  const url = parse(text, ['postgres', 'postgresql']);
  if (url === undefined || url.search !== '' || url.username === '') return undefined;
  const user = decoded(url.username);
  const database = decoded(url.pathname.slice(1));
  if (user === undefined || database === undefined || database.includes('/')) return undefined;
  return {
    host: bareHost(url),
    port: Number(url.port || 5432),
    user,
    database: database === '' ? user : database,
  };
}

/** Reads `redis[s]://[user@]host[:port][/database]`; what is read is of the whole server, whatever the database. */
export function parseRedisUrl(text: string): RedisUrl | undefined {
  const url = parse(text, ['redis', 'rediss']);
  if (url === undefined || url.search !== '' || !/^\/?\d{0,4}$/.test(url.pathname)) return undefined;
  const username = decoded(url.username);
  if (username === undefined) return undefined;
  return {
    host: bareHost(url),
    port: Number(url.port || 6379),
    tls: url.protocol === 'rediss:',
    ...(username !== '' && { username }),
  };
}

/** Reads an HTTP URL with a path and a query, and returns it normalised. */
export function parseHttpUrl(text: string): string | undefined {
  const url = parse(text, ['http', 'https']);
  return url === undefined || url.username !== '' ? undefined : url.href;
}
