import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { ListenTls, UpstreamTls } from './config.ts';
import { whyUnreadable } from './read-yaml.ts';
import type { Settings } from './schema.ts';

/** Tells a problem of a setting; the loader puts its source before it. */
export type TellProblem = (name: string, problem: string) => void;

/** What the files named by settings hold. */
export interface FileContents {
  readonly upstreamTls: Omit<UpstreamTls, 'serverName' | 'verify'>;
  readonly listenTls?: ListenTls;
  readonly token?: string;
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

/** The token, or undefined; a token must fit into an `Authorization` header (RFC 6750 section 2.1). */
function readToken(settings: Settings, fromEnv: string | undefined, tell: TellProblem): string | undefined {
  const fromFile = read('admin.tokenFile', settings.admin.tokenFile, tell);
  const token = (fromEnv ?? fromFile)?.trim();
  if (token === undefined || /^[\x21-\x7e]+$/.test(token)) return token;
  const wanted = 'want a token of visible ASCII characters without spaces';
  const got = token === '' ? 'got nothing' : 'got other characters';
  // The value of the variable or the content of the file stays unsaid.
  tell(fromEnv === undefined ? 'admin.tokenFile' : 'admin.token', `${wanted}, ${got}`);
  return undefined;
}

/** Reads every file that the settings name, and tells all problems with them. */
export function readSecrets(
  settings: Settings,
  envToken: string | undefined,
  tell: TellProblem,
): FileContents {
  const ca = readCertificate('upstream.tls.caFile', settings.upstream.tls.caFile, tell);
  const cert = readCertificate('upstream.tls.certFile', settings.upstream.tls.certFile, tell);
  const key = readKey('upstream.tls.keyFile', settings.upstream.tls.keyFile, cert, tell);
  const listenCert = readCertificate('listen.tls.certFile', settings.listen.tls.certFile, tell);
  const listenKey = readKey('listen.tls.keyFile', settings.listen.tls.keyFile, listenCert, tell);
  const clientCa = readCertificate('listen.tls.clientCaFile', settings.listen.tls.clientCaFile, tell);
  tryContext('upstream.tls.certFile', { cert, key }, tell);
  tryContext('upstream.tls.caFile', { ca }, tell);
  tryContext('listen.tls.certFile', { cert: listenCert, key: listenKey }, tell);
  tryContext('listen.tls.clientCaFile', { ca: clientCa }, tell);
  const token = readToken(settings, envToken, tell);
  return {
    upstreamTls: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) },
    ...(listenCert && listenKey
      ? { listenTls: { cert: listenCert, key: listenKey, ...(clientCa && { clientCa }) } }
      : {}),
    ...(token && { token }),
  };
}
