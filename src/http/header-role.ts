/** Headers that the proxy itself must understand; '' is every other header. */
export type HeaderRole =
  | ''
  | 'connection'
  | 'content-length'
  | 'expect'
  | 'host'
  | 'keep-alive'
  | 'proxy-connection'
  | 'te'
  | 'trailer'
  | 'transfer-encoding'
  | 'upgrade';

const ROLES: readonly HeaderRole[] = [
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Candidates by length: most names need no lower-casing to be told apart. */
const BY_LENGTH: readonly (readonly HeaderRole[])[] = Array.from({ length: 18 }, (_, length) =>
  ROLES.filter((role) => role.length === length),
);

/** Says which part a header plays for the proxy, whatever its case. */
export function roleOf(name: string): HeaderRole {
  const candidates = BY_LENGTH[name.length];
  if (candidates === undefined || candidates.length === 0) return '';
  const lower = name.toLowerCase();
  for (const role of candidates) if (role === lower) return role;
  return '';
}
