/** A secret of the configuration: it comes from a variable or from a file that a setting names, never as a setting. */
export interface Secret {
  /** Where it would stand if it were a setting. */
  readonly name: string;
  readonly env: string;
  /** The setting that names a file with it. */
  readonly fileSetting: string;
  readonly kind: 'token' | 'password';
}

const secret = (section: string, kind: Secret['kind']): Secret => ({
  name: `${section}.${kind}`,
  env: `MCP_VITALS_${section.replaceAll('.', '_').toUpperCase()}_${kind.toUpperCase()}`,
  fileSetting: `${section}.${kind}File`,
  kind,
});

/** Every secret. */
export const secrets: readonly Secret[] = [
  secret('admin', 'token'),
  secret('sources.postgres', 'password'),
  secret('sources.redis', 'password'),
  secret('sources.scrape', 'token'),
  secret('sources.prometheus', 'password'),
  secret('sources.prometheus', 'token'),
  secret('detect', 'password'),
  secret('detect', 'token'),
];

/** Why a secret is refused where it would be seen by others; undefined if the name is not a secret's. */
export function secretElsewhere(name: string): string | undefined {
  const found = secrets.find((each) => each.name === name);
  return (
    found &&
    `the ${found.kind} itself is taken from ${found.env} only; a file that holds it is named by ${found.fileSetting}`
  );
}
