import type { Conflict } from './conflict.ts';

/** The settings of who is asking a Prometheus. */
export interface CredentialSettings {
  readonly username?: string | undefined;
  readonly passwordFile?: string | undefined;
  readonly tokenFile?: string | undefined;
}

/**
 * Credentials of a section that cannot be: a name without its password or the reverse, or a name and a token.
 * @param given names of the secrets that came from the environment.
 */
export function credentialConflicts(
  section: string,
  { username, passwordFile, tokenFile }: CredentialSettings,
  given: ReadonlySet<string>,
): Conflict[] {
  const hasPassword = passwordFile !== undefined || given.has(`${section}.password`);
  const hasToken = tokenFile !== undefined || given.has(`${section}.token`);
  const found: Conflict[] = [];
  if (username !== undefined && !hasPassword) {
    found.push({
      names: [`${section}.username`, `${section}.passwordFile`],
      problem: 'want a password beside it, got none',
    });
  }
  if (username === undefined && hasPassword) {
    found.push({
      names: [
        passwordFile === undefined ? `${section}.password` : `${section}.passwordFile`,
        `${section}.username`,
      ],
      problem: `want ${section}.username beside it, got none`,
    });
  }
  if (username !== undefined && hasToken) {
    found.push({
      names: [`${section}.username`, `${section}.tokenFile`],
      problem: 'want a username or a token, got both',
    });
  }
  return found;
}
