import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { ClientTls } from '../model/client-tls.ts';
import type { ListenTls } from './config.ts';
import { valueAt } from './raw-settings.ts';
import { whyUnreadable } from './read-yaml.ts';
import type { Settings } from './schema.ts';
import { secrets } from './secrets.ts';
import type { Secret } from './secrets.ts';
import type { TlsSettings } from './tls-checks.ts';

/** Tells a problem of a setting; the loader puts its source before it. */
export type TellProblem = (name: string, problem: string) => void;

type ClientTlsPem = Omit<ClientTls, 'serverName' | 'rejectUnauthorized'>;

/** What the files named by settings hold, and the secrets. */
export interface FileContents {
  readonly upstreamTls: ClientTlsPem;
  readonly databaseTls: ClientTlsPem;
  readonly postgresTls: ClientTlsPem;
  readonly redisTls: ClientTlsPem;
  readonly scrapeTls: ClientTlsPem;
  readonly prometheusTls: ClientTlsPem;
  readonly detectTls: ClientTlsPem;
  readonly listenTls?: ListenTls;
  /** By name, e.g. `admin.token`. */
  readonly secrets: ReadonlyMap<string, string>;
}

function read(name: string, file: string | undefined, tell: TellProblem): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    tell(name, `want a readable file, got ${JSON.stringify(file)} (${whyUnreadable(error)})`);
    return undefined;
  }
}

const assertCertificate = (pem: string) => new X509Certificate(pem);

function readCertificate(name: string, file: string | undefined, tell: TellProblem): string | undefined {
  const pem = read(name, file, tell);
  if (pem === undefined) return undefined;
  try {
    assertCertificate(pem);
    return pem;
  } catch {
    tell(name, `want a certificate in PEM, got something else in ${JSON.stringify(file)}`);
    return undefined;
  }
}

function readKey(name: string, file: string | undefined, cert: string | undefined, tell: TellProblem) {
  const pem = read(name, file, tell);
  if (pem === undefined) return undefined;
  try {
    const key = createPrivateKey(pem);
    if (cert === undefined || new X509Certificate(cert).checkPrivateKey(key)) return pem;
    tell(name, `want the key of the certificate in certFile, got another one in ${JSON.stringify(file)}`);
  } catch {
    tell(
      name,
      `want a private key in PEM without a passphrase, got something else in ${JSON.stringify(file)}`,
    );
  }
  return undefined;
}

/** Tells what TLS itself refuses, such as a key too short for its security level; never what the files hold. */
function tryContext(
  name: string,
  pem: {
    readonly cert?: string | undefined;
    readonly key?: string | undefined;
    readonly ca?: string | undefined;
  },
  tell: TellProblem,
): void {
  const { cert, key, ca } = pem;
  // One without the other has been told already.
  const pair = cert !== undefined && key !== undefined ? { cert, key } : {};
  try {
    createSecureContext({ ...pair, ...(ca !== undefined && { ca }) });
  } catch (error) {
    const reason =
      typeof error === 'object' && error !== null && 'reason' in error
        ? String(error.reason)
        : 'another fault';
    tell(name, `want a certificate and key that TLS takes, got: ${reason}`);
  }
}

/** A secret, or undefined; a token must fit into an `Authorization` header (RFC 6750 section 2.1). */
function readSecret(
  { name, kind, fileSetting }: Secret,
  settings: Settings,
  fromEnv: string | undefined,
  tell: TellProblem,
): string | undefined {
  const file = valueAt(settings, fileSetting.split('.'));
  const fromFile = read(fileSetting, typeof file === 'string' ? file : undefined, tell);
  const text = fromEnv ?? fromFile;
  if (text === undefined) return undefined;
  // A password may begin or end with a space; that a file ends with a line feed is custom.
  const value = kind === 'token' ? text.trim() : text.replace(/\r?\n$/, '');
  const [valid, wanted] =
    kind === 'token'
      ? [/^[\x21-\x7e]+$/.test(value), 'a token of visible ASCII characters without spaces']
      : [value !== '' && !/[\0\n]/.test(value), 'a password of one line'];
  if (valid) return value;
  // The value of the variable or the content of the file stays unsaid.
  const got = value === '' ? 'nothing' : 'other characters';
  tell(fromEnv === undefined ? fileSetting : name, `want ${wanted}, got ${got}`);
  return undefined;
}

function readClientTls(section: string, tls: TlsSettings, tell: TellProblem): ClientTlsPem {
  const ca = readCertificate(`${section}.caFile`, tls.caFile, tell);
  const cert = readCertificate(`${section}.certFile`, tls.certFile, tell);
  const key = readKey(`${section}.keyFile`, tls.keyFile, cert, tell);
  tryContext(`${section}.certFile`, { cert, key }, tell);
  tryContext(`${section}.caFile`, { ca }, tell);
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

/**
 * Reads every file that the settings name, and tells all problems with them.
 * @param fromEnv secrets given in the environment, by name.
 */
export function readSecrets(
  settings: Settings,
  fromEnv: ReadonlyMap<string, string>,
  tell: TellProblem,
): FileContents {
  const { listen, sources } = settings;
  const upstreamTls = readClientTls('upstream.tls', settings.upstream.tls, tell);
  const cert = readCertificate('listen.tls.certFile', listen.tls.certFile, tell);
  const key = readKey('listen.tls.keyFile', listen.tls.keyFile, cert, tell);
  const clientCa = readCertificate('listen.tls.clientCaFile', listen.tls.clientCaFile, tell);
  tryContext('listen.tls.certFile', { cert, key }, tell);
  tryContext('listen.tls.clientCaFile', { ca: clientCa }, tell);
  const values = secrets.flatMap((secret): [string, string][] => {
    const value = readSecret(secret, settings, fromEnv.get(secret.name), tell);
    return value === undefined ? [] : [[secret.name, value]];
  });
  return {
    upstreamTls,
    databaseTls: readClientTls('database.tls', settings.database.tls, tell),
    postgresTls: readClientTls('sources.postgres.tls', sources.postgres.tls, tell),
    redisTls: readClientTls('sources.redis.tls', sources.redis.tls, tell),
    scrapeTls: readClientTls('sources.scrape.tls', sources.scrape.tls, tell),
    prometheusTls: readClientTls('sources.prometheus.tls', sources.prometheus.tls, tell),
    detectTls: readClientTls('detect.tls', settings.detect.tls, tell),
    ...(cert && key ? { listenTls: { cert, key, ...(clientCa && { clientCa }) } } : {}),
    secrets: new Map(values),
  };
}
