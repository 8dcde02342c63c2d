import { readFile } from 'node:fs/promises';
import { ClientCredentialsProvider, type OAuthTokens } from '@modelcontextprotocol/client';
import type { ClientTls } from '../model/client-tls.ts';
import { codeOf, messageOf } from '../model/error-facts.ts';
import type { ProbeCredentials, ProbeTls, SecretSource } from '../model/probe.ts';
import { ProbeFailure } from './probe-failure.ts';
import type { Redaction } from './redaction.ts';

/** The environment that secrets are taken from. */
export type SecretEnvironment = Readonly<Record<string, string | undefined>>;

/** Credentials as the requests of one run need them. */
export interface RunCredentials {
  /** Headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Variables of a process that the run starts. */
  readonly env: Readonly<Record<string, string>>;
  readonly oauth?: ClientCredentialsProvider;
}

/** Gives the credentials of a probe, read anew for each run; keeps OAuth tokens from one run to the next. */
export type CredentialReader = (
  credentials: ProbeCredentials | undefined,
  redaction: Redaction,
) => Promise<RunCredentials>;

/** The same with tokens that are masked wherever they appear, from the moment they are known. */
class MaskedProvider extends ClientCredentialsProvider {
  redaction: Redaction | undefined;
  private isVoid = false;

  override saveTokens(tokens: OAuthTokens): void {
    this.isVoid = false;
    this.learn(tokens);
    super.saveTokens(tokens);
  }

  /** The client asks for this when its token is void. */
  invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): void {
    if (scope === 'all' || scope === 'tokens') this.isVoid = true;
  }

  override tokens(): OAuthTokens | undefined {
    return this.isVoid ? undefined : super.tokens();
  }

  learn(tokens: OAuthTokens | undefined): void {
    for (const secret of [tokens?.access_token, tokens?.refresh_token, tokens?.id_token]) {
      if (secret !== undefined) this.redaction?.learn(secret);
    }
  }
}

async function readFileOrFail(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ProbeFailure(
      'credentials',
      `${file}: want a readable file, got ${codeOf(error) || messageOf(error)}`,
      { cause: error },
    );
  }
}

/** The secret of a file without the white space around it, or of a variable. */
async function readSecret(source: SecretSource, env: SecretEnvironment): Promise<string> {
  const [text, place] =
    'file' in source
      ? [await readFileOrFail(source.file), source.file]
      : [env[source.env] ?? '', `variable ${source.env}`];
  const secret = text.trim();
  if (secret === '' || /[\0\r\n]/.test(secret)) {
    throw new ProbeFailure(
      'credentials',
      `${place}: want a secret of one line, got ${secret === '' ? 'nothing' : 'several'}`,
    );
  }
  return secret;
}

/** Makes the reader of one probe's credentials. */
export function createCredentialReader(env: SecretEnvironment): CredentialReader {
  let provider: { readonly secret: string; readonly provider: MaskedProvider } | undefined;

  const oauth = async (
    { issuer, clientId, clientSecret, scope }: NonNullable<ProbeCredentials['oauth']>,
    redaction: Redaction,
  ): Promise<ClientCredentialsProvider> => {
    const secret = await readSecret(clientSecret, env);
    redaction.learn(secret);
    redaction.learn(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`);
    // A new secret is a new client: the old one's tokens go with it.
    if (provider?.secret !== secret) {
      const options = {
        clientId,
        clientSecret: secret,
        expectedIssuer: issuer,
        ...(scope !== undefined && { scope }),
      };
      provider = { secret, provider: new MaskedProvider(options) };
    }
    provider.provider.redaction = redaction;
    provider.provider.learn(provider.provider.tokens());
    return provider.provider;
  };

  return async (credentials, redaction) => {
    const headers: Record<string, string> = {};
    const learned = async (source: SecretSource): Promise<string> => {
      const secret = await readSecret(source, env);
      redaction.learn(secret);
      return secret;
    };
    if (credentials?.bearer !== undefined) {
      headers['authorization'] = `Bearer ${await learned(credentials.bearer)}`;
    }
    if (credentials?.basic !== undefined) {
      const { username, password } = credentials.basic;
      const pair = `${username}:${await learned(password)}`;
      redaction.learn(pair);
      headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
    }
    for (const [name, source] of Object.entries(credentials?.headers ?? {})) {
      headers[name.toLowerCase()] = await learned(source);
    }
    const variables: Record<string, string> = {};
    for (const [name, source] of Object.entries(credentials?.env ?? {})) {
      variables[name] = await learned(source);
    }
    if (credentials?.oauth === undefined) return { headers, env: variables };
    return { headers, env: variables, oauth: await oauth(credentials.oauth, redaction) };
  };
}

/** Reads the files of a target's TLS settings, anew for each run, so that a renewed certificate is taken up. */
export async function readProbeTls(tls: ProbeTls): Promise<ClientTls> {
  const pem = async (file: string | undefined) =>
    file === undefined ? undefined : await readFileOrFail(file);
  const [ca, cert, key] = await Promise.all([pem(tls.caFile), pem(tls.certFile), pem(tls.keyFile)]);
  return {
    rejectUnauthorized: tls.verify,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(tls.serverName !== undefined && { serverName: tls.serverName }),
  };
}
