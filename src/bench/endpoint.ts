import { isIP, type LookupFunction } from 'node:net';
import type { ClientTls } from '../model/client-tls.ts';

/** Where an MCP server takes requests. */
export interface Endpoint {
  /** Without user and password. */
  readonly url: string;
  /** Name or address to connect to, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Path with query. */
  readonly path: string;
  /** Value of `Host`. */
  readonly authority: string;
  /** undefined: without TLS. */
  readonly tls: ClientTls | undefined;
  /** Addresses that the name was resolved to, once for all connections. */
  readonly addresses: readonly string[];
}

/** Takes an endpoint from its URL. */
export function toEndpoint(text: string, tls: ClientTls | undefined, addresses: readonly string[]): Endpoint {
  const url = new URL(text);
  const isTls = url.protocol === 'https:';
  return {
    url: `${url.origin}${url.pathname}${url.search}`,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port) || (isTls ? 443 : 80),
    path: `${url.pathname}${url.search}`,
    authority: url.host,
    tls: isTls ? (tls ?? { rejectUnauthorized: true }) : undefined,
    addresses,
  };
}

/** Gives the addresses that were resolved before, so that what is connected to is what was looked at. */
export const fixedLookup =
  (addresses: readonly string[]): LookupFunction =>
  (_name, options, callback) => {
    const all = addresses.map((address) => ({ address, family: isIP(address) }));
    const [first] = all;
    if (options.all === true) callback(null, all);
    else if (first === undefined) callback(new Error('want an address, got none'), '', 0);
    else callback(null, first.address, first.family);
  };
