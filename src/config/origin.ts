/**
 * Reads the origin of an upstream, `http://host[:port]` or `https://host[:port]`, and returns it normalised;
 * undefined if it is no such URL or carries a path, a query, a fragment or user info (RFC 3986 section 3).
 */
export function parseOrigin(text: string): string | undefined {
  if (/[\s?#@\\]/.test(text) || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.pathname === '/' && url.port !== '0' ? url.origin : undefined;
}
