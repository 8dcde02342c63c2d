import { isIPv4, isIPv6 } from 'node:net';

/** Where a server listens; `host` without the brackets of IPv6, port 0 for any free port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port` or `[IPv6]:port`; undefined if it is neither or the port is above 65535. */
export function parseAddress(text: string): Address | undefined {
  const match = /^(?:\[([^\]]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const [, bracketed, plain = ''] = match;
  const port = Number(match[3]);
  if (port > 65_535) return undefined;
  if (bracketed !== undefined) return isIPv6(bracketed) ? { host: bracketed, port } : undefined;
  // Digits and dots alone can only be meant as IPv4; a wrong one would fail late, as a name that does not resolve.
  return /^[\d.]+$/.test(plain) && !isIPv4(plain) ? undefined : { host: plain, port };
}
