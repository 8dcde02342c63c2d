import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Lets only requests with the bearer token through (RFC 6750), compared in
 * constant time; all of them if there is no token.
 * @param token asked for each request, so that a reload takes effect at once.
 */
export function requireToken(token: () => string | undefined): RequestHandler {
  return (request, response, next) => {
    const wanted = token();
    const given = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    // Digests have one length, which timingSafeEqual needs and which hides the token's.
    if (wanted === undefined || (given !== undefined && timingSafeEqual(digest(given), digest(wanted)))) {
      next();
      return;
    }
    response
      .status(401)
      .set('WWW-Authenticate', 'Bearer realm="mcp-vitals"')
      .json({ error: 'want Authorization: Bearer <token>' });
  };
}
