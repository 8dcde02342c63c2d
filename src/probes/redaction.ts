/** Headers whose value lets its bearer in, whoever set them. */
const SECRET_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'mcp-session-id',
  'x-api-key',
  'dpop',
]);

/** Members of OAuth's requests and answers that are secret (RFC 6749, RFC 7523, RFC 8693). */
const SECRET_MEMBERS =
  'access_token|refresh_token|id_token|client_secret|client_assertion|assertion|subject_token|code|code_verifier|password';

const jsonMember = new RegExp(`("(?:${SECRET_MEMBERS})"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, 'g');
const formMember = new RegExp(`(^|[?&])(${SECRET_MEMBERS})=[^&\\s]*`, 'g');

/** Query parameters that let their bearer in, such as the session of HTTP+SSE's endpoint event. */
const queryMember = /([?&](?:session_?id|token|api_?key|key|signature|access_token)=)[^&\s"'<>]+/gi;

const MASK = '***';

/** Takes secrets out of what is kept of a run. */
export interface Redaction {
  /** Lets a value be masked wherever it appears from now on, also encoded. */
  readonly learn: (secret: string) => void;
  readonly text: (text: string) => string;
  /** The text of an exchange about tokens: secret members are masked by their name. */
  readonly tokenText: (text: string) => string;
  /** The URL without user info, query and fragment, where tokens travel. */
  readonly url: (url: string) => string;
  readonly headers: (headers: Iterable<readonly [string, string]>) => readonly (readonly [string, string])[];
}

/** The forms in which a secret may be written down. */
function formsOf(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  return [secret, inJson, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
}

/** Starts a redaction that knows no secret yet. */
export function createRedaction(): Redaction {
  const known = new Set<string>();
  // The longest first: a secret may contain another.
  let ordered: readonly string[] = [];
  const text = (whole: string): string =>
    ordered
      .reduce((masked, secret) => masked.replaceAll(secret, MASK), whole)
      .replaceAll(queryMember, `$1${MASK}`);
  return {
    learn: (secret) => {
      // One or two characters are in every text, and nobody's secret.
      if (secret.length < 3) return;
      for (const form of formsOf(secret)) known.add(form);
      ordered = [...known].toSorted((a, b) => b.length - a.length);
    },
    text,
    tokenText: (whole) =>
      text(whole.replaceAll(jsonMember, `$1"${MASK}"`).replaceAll(formMember, `$1$2=${MASK}`)),
    url: (url) => text(withoutQuery(url)),
    headers: (headers) =>
      [...headers].map(([name, value]) => [
        name,
        SECRET_HEADERS.has(name.toLowerCase()) ? maskValue(value) : text(value),
      ]),
  };
}

/** The scheme of an Authorization header says which credential was used, and is none. */
const maskValue = (value: string): string => {
  const scheme = /^(Bearer|Basic|DPoP) /i.exec(value)?.[0] ?? '';
  return `${scheme}${MASK}`;
};

/** A URL without user info, query and fragment: `https://host/path?***`. */
export function withoutQuery(url: string): string {
  if (!URL.canParse(url)) return url.replace(/[?#].*$/s, `?${MASK}`);
  const { protocol, host, pathname, search, hash } = new URL(url);
  return `${protocol}//${host}${pathname}${search !== '' || hash !== '' ? `?${MASK}` : ''}`;
}
