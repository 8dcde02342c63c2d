import type { Request } from 'express';
import { cookieOf, FORM_COOKIE } from './cookies.ts';

const hostOf = (origin: string): string | undefined => {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
};

/** Whether a request that changes something comes from a page of ours. Source: Fetch Metadata, Fetch section 3.1. */
export function isSameOrigin(request: Request): boolean {
  const site = request.get('Sec-Fetch-Site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = request.get('Origin');
  // Not a browser: nobody else's page can have made it.
  if (origin === undefined) return true;
  // A browser hides the origin of a page without referrer; a strict cookie then says the same.
  if (origin === 'null') return cookieOf(request, FORM_COOKIE) !== undefined;
  const known = [request.get('Host'), request.get('X-Forwarded-Host')?.split(',')[0]?.trim()];
  const host = hostOf(origin);
  return host !== undefined && known.includes(host);
}
