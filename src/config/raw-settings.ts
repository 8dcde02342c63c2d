/** Settings as written, before they are read: nested mappings of plain values. */
export type RawSettings = Record<string, unknown>;

/** Keys and list positions that lead to a value. */
export type Path = readonly PropertyKey[];

/** True for a plain mapping. */
export function isMapping(value: unknown): value is RawSettings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value that a path leads to, or undefined; looks at own keys only. */
export function valueAt(raw: unknown, path: Path): unknown {
  let value = raw;
  for (const key of path) {
    if (Array.isArray(value)) value = value[Number(key)];
    else value = isMapping(value) && Object.hasOwn(value, key) ? value[String(key)] : undefined;
  }
  return value;
}

/** Sets the value that a path of keys leads to, with the mappings on the way to it. */
export function setValueAt(raw: RawSettings, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) {
    raw[key] = value;
    return;
  }
  const existing = raw[key];
  const inner: RawSettings = isMapping(existing) ? existing : {};
  raw[key] = inner;
  setValueAt(inner, rest, value);
}

/** Changes a text. */
type Change = (text: string) => string;

/** A copy with the texts under certain keys replaced, in the value itself and, at any depth, in some of its sections. */
function mapEntry(
  value: unknown,
  keys: readonly string[],
  isSection: (key: string) => boolean,
  change: Change,
): unknown {
  if (Array.isArray(value)) return value.map((each) => mapEntry(each, keys, isSection, change));
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      if (keys.includes(key) && typeof each === 'string') return [key, change(each)];
      return [key, isSection(key) ? mapEntry(each, keys, () => true, change) : each];
    }),
  );
}

/**
 * A copy of a list of mappings with texts replaced: those under `keys` in an
 * entry, and at any depth in its `sections`. What else has such keys, as the
 * arguments of a tool may, is left alone.
 */
export const mapTextsOfEntries = (
  list: unknown,
  keys: readonly string[],
  sections: readonly string[],
  change: Change,
): unknown => mapEntry(list, keys, (key) => sections.includes(key), change);

/** A copy of a list of mappings in which each value of the mappings under `keys` of an entry is replaced. */
export const maskValuesOfEntries = (list: unknown, keys: readonly string[], mask: string): unknown =>
  Array.isArray(list)
    ? list.map((entry: unknown) =>
        isMapping(entry)
          ? Object.fromEntries(
              Object.entries(entry).map(([key, value]) => [
                key,
                keys.includes(key) && isMapping(value)
                  ? Object.fromEntries(Object.keys(value).map((name) => [name, mask]))
                  : value,
              ]),
            )
          : entry,
      )
    : list;

/** The path as an operator reads it, e.g. `tap.errorTypes[1].pattern`. */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`,
    '',
  );
}

/** What may be a URL, also one that is written wrongly: two slashes, user info, or a host with a query. */
const urlLike = /\/\/|@|^[\w.:[\]-]+(\/[^?]*)?\?[^=]+=/;

/** Takes user info, query and fragment off a URL, where tokens travel: `https://***@host?***`. */
function withoutSecrets(url: string): string {
  if (!urlLike.test(url) || !/[@?#]/.test(url)) return url;
  const [scheme = ''] = /^\s*([a-z][a-z0-9+.-]*:)?\/\//i.exec(url) ?? [];
  const rest = url.slice(scheme.length);
  const at = rest.lastIndexOf('@');
  // A slash or a question mark before the @: what is a password and what a host cannot be told.
  if (/[/?#\\]/.test(rest.slice(0, Math.max(at, 0)))) return `${scheme}***`;
  const behind = rest.slice(at + 1);
  const [host = ''] = behind.split(/[/?#\\]/, 1);
  const query = /[?#]/.test(behind) ? '?***' : '';
  return `${scheme}${at === -1 ? '' : '***@'}${host}${query || behind.slice(host.length)}`;
}

/** The value as a problem quotes it: one line, capped, without what may be secret in a URL. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value !== 'string') return JSON.stringify(value);
  const masked = withoutSecrets(value);
  return JSON.stringify(masked.length > 80 ? `${masked.slice(0, 77)}...` : masked);
}
