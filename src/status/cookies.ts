import type { Request } from 'express';

/** Name of the cookie of a login. */
export const SESSION_COOKIE = 'mcp_vitals_session';
/** Name of the cookie that says that a form was ours: a page of another site cannot make a browser send it. */
export const FORM_COOKIE = 'mcp_vitals_form';

/** The value of a request's cookie, if it has it. Source: RFC 6265 section 4.2. */
export function cookieOf(request: Pick<Request, 'headers'>, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at !== -1 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** Whether the browser speaks TLS, to us or to the proxy before us. */
const isSecure = (request: Request): boolean =>
  request.secure || request.get('X-Forwarded-Proto')?.split(',')[0]?.trim().toLowerCase() === 'https';

/**
 * A Set-Cookie that scripts cannot read and other sites cannot make a browser send. It names no path: the browser takes
 * the folder of the address, which is the right one behind a proxy that strips a prefix, too.
 */
export function setCookie(request: Request, name: string, value: string, maxAgeSeconds: number): string {
  const secure = isSecure(request) ? '; Secure' : '';
  return `${name}=${value}; HttpOnly; SameSite=Strict; Max-Age=${Math.max(0, Math.floor(maxAgeSeconds))}${secure}`;
}
