import { isIP } from 'node:net';
import type { RequestHandler } from 'express';

/** The host of a `Host` header without its port and brackets, in small letters. */
function nameOf(host: string): string {
  const [, name = ''] = /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/.exec(host.trim()) ?? [];
  return name
    .replaceAll(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}

/**
 * Whether a request under this `Host` may be answered where no token is asked for. A web site whose name was made to
 * lead to this machine (DNS rebinding) comes under its own name; an address, and a name that only this machine or its
 * operator gives, cannot be one's.
 * @param hosts names that are the operator's.
 */
export function isOwnHost(host: string | undefined, hosts: readonly string[]): boolean {
  // Every browser sends one.
  if (host === undefined) return true;
  const name = nameOf(host);
  if (isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost')) return true;
  return hosts.some((each) => each.toLowerCase() === name);
}

/**
 * Answers 421 to a request under a name that is none of ours, where no token is asked for.
 * @param open paths that hold nothing to be protected, or that machines ask for under any name.
 */
export function checkHost(
  token: () => string | undefined,
  hosts: () => readonly string[],
  open: readonly string[],
): RequestHandler {
  return (request, response, next) => {
    if (open.includes(request.path) || token() !== undefined || isOwnHost(request.headers.host, hosts())) {
      next();
      return;
    }
    response.status(421).json({
      error: `Host: want an address, localhost or a name of page.hosts, got ${JSON.stringify(request.headers.host)}; set admin.tokenFile or page.hosts`,
    });
  };
}
