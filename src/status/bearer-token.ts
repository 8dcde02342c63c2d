import type { RequestHandler } from 'express';
import { isSameText } from './same-text.ts';

/** The bearer token of a request (RFC 6750), if it has one. */
export const bearerOf = (authorization: string | undefined): string | undefined =>
  /^Bearer +(.+)$/i.exec(authorization ?? '')?.[1];

/**
 * Lets only requests with the bearer token through (RFC 6750), compared in
 * constant time; all of them if there is no token.
 * @param token asked for each request, so that a reload takes effect at once.
 */
export function requireToken(token: () => string | undefined): RequestHandler {
  return (request, response, next) => {
    const wanted = token();
    const given = bearerOf(request.headers.authorization);
    if (wanted === undefined || (given !== undefined && isSameText(given, wanted))) {
      next();
      return;
    }
    response
      .status(401)
      .set('WWW-Authenticate', 'Bearer realm="mcp-vitals"')
      .json({ error: 'want Authorization: Bearer <token>' });
  };
}
