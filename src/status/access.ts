import type { Request, RequestHandler } from 'express';
import { bearerOf } from './bearer-token.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import { cookieOf, SESSION_COOKIE } from './cookies.ts';
import { isSameOrigin } from './same-origin.ts';
import { isSameText } from './same-text.ts';

/** Who may see what the admin server has. */
export interface Access {
  /** For JSON and the like: 401 without the token or a login. */
  readonly guard: RequestHandler;
  /** For pages: a browser is sent to the login. */
  readonly pageGuard: RequestHandler;
  /** Whether a request is let through; asked again later, whether it still would be. */
  readonly isAllowed: (request: Request) => boolean;
}

const READING: readonly string[] = ['GET', 'HEAD'];

/** The way from a path up to the folder of the page: `../` for `/probes/name`. */
export const upFrom = (path: string): string => '../'.repeat(Math.max(0, path.split('/').length - 2));

/**
 * Lets through who has the bearer token or a login; everyone if there is no token. A login alone changes nothing that
 * another site's page asks for.
 * @param token asked for each request, so that a reload takes effect at once.
 */
export function createAccess(token: () => string | undefined, sessions: BrowserSessions): Access {
  const hasLogin = (request: Request, wanted: string): boolean => {
    const id = cookieOf(request, SESSION_COOKIE);
    if (id === undefined || !sessions.isValid(id, wanted)) return false;
    return READING.includes(request.method) || isSameOrigin(request);
  };
  const isAllowed = (request: Request): boolean => {
    const wanted = token();
    if (wanted === undefined) return true;
    const given = bearerOf(request.headers.authorization);
    return (given !== undefined && isSameText(given, wanted)) || hasLogin(request, wanted);
  };
  const guard: RequestHandler = (request, response, next) => {
    if (isAllowed(request)) {
      next();
      return;
    }
    response
      .status(401)
      .set('WWW-Authenticate', 'Bearer realm="mcp-vitals"')
      .json({ error: 'want Authorization: Bearer <token>' });
  };
  const pageGuard: RequestHandler = (request, response, next) => {
    const wanted = token();
    if (isAllowed(request)) {
      response.locals['canLogOut'] = wanted !== undefined && hasLogin(request, wanted);
      next();
      return;
    }
    if (!READING.includes(request.method) || !(request.get('Accept') ?? '').includes('text/html')) {
      guard(request, response, next);
      return;
    }
    const page = request.path.replace(/^\/+/, '');
    const query = page === '' ? '' : `?${new URLSearchParams({ next: page }).toString()}`;
    response
      .status(303)
      .set({ Location: `${upFrom(request.path)}login${query}`, 'Cache-Control': 'no-store' })
      .end();
  };
  return { guard, pageGuard, isAllowed };
}
