/** URLs that a pattern allows. */
export interface TargetPattern {
  readonly text: string;
  /** True for a URL that it allows; one with user info or fragment is never. */
  readonly allows: (url: string) => boolean;
}

const escaped = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);

/** The part with `*` for anything that stays within one label or segment. */
const partPattern = (text: string, within: string): RegExp =>
  new RegExp(`^${text.split('*').map(escaped).join(`[^${within}]*`)}$`, 'i');

/**
 * Reads `http[s]://host[:port]/path` in which `*` stands for anything within one
 * part of the host (no dot) or of the path (no slash). Undefined for anything else.
 */
export function parseTargetPattern(text: string): TargetPattern | undefined {
  const [, scheme, host, port, path = '/'] =
    /^(https?):\/\/(\[[0-9a-f:.]+\]|[A-Za-z0-9._*-]+)(?::(\d{1,5}))?(\/[^\s?#\\]*)?$/i.exec(text) ?? [];
  if (scheme === undefined || host === undefined) return undefined;
  const protocol = `${scheme.toLowerCase()}:`;
  const defaultPort = protocol === 'https:' ? '443' : '80';
  const hostPattern = partPattern(host, '.:');
  // Paths are told apart by case.
  const pathPattern = new RegExp(partPattern(path, '/').source);
  return {
    text,
    allows: (url) => {
      if (!URL.canParse(url)) return false;
      const target = new URL(url);
      return (
        target.protocol === protocol &&
        target.username === '' &&
        target.password === '' &&
        target.hash === '' &&
        (target.port || defaultPort) === (port ?? defaultPort) &&
        hostPattern.test(target.hostname) &&
        pathPattern.test(target.pathname)
      );
    },
  };
}
