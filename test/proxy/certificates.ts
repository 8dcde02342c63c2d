import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { describe } from '@jest/globals';
import { describeWith } from '../harness/requirement.ts';

const opensslPath =
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'openssl'))
    .find((file) => existsSync(file)) ?? 'openssl';

/** describe for tests that need the openssl command: skipped aloud without it, but a failure on CI. */
export const describeWithOpenssl = (): typeof describe | typeof describe.skip =>
  describeWith(opensslPath, 'install openssl');

/** Certificates for one test file, in a folder of their own. */
export interface Certificates {
  readonly folder: string;
  /** Path of a file there. */
  readonly path: (name: string) => string;
  /** Its content. */
  readonly read: (name: string) => string;
  /** Writes `name.key` and a self-signed `name.pem`; `rsa:1024` is a key that TLS refuses as too short. */
  readonly selfSigned: (
    name: string,
    newKey?: 'ec' | 'rsa:1024',
  ) => { readonly key: string; readonly cert: string };
  /**
   * Writes `name.key` and `name.pem`, signed by the self-signed `authority`, with one X.509v3 extension.
   * @param days how long it is good (2); -1 for one that ended yesterday.
   */
  readonly signed: (name: string, authority: string, extension: string, days?: number) => void;
  readonly remove: () => void;
}

/** Makes an empty folder for certificates of two days. */
export function createCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-vitals-certificates-'));
  const path = (name: string): string => join(folder, name);
  const run = (line: string): void => {
    execFileSync(opensslPath, line.split(' '), { cwd: folder, stdio: 'pipe' });
  };
  const curve = '-pkeyopt ec_paramgen_curve:prime256v1';
  return {
    folder,
    path,
    read: (name) => readFileSync(path(name), 'utf8'),
    selfSigned: (name, newKey = 'ec') => {
      const key = newKey === 'ec' ? `-newkey ec ${curve}` : `-newkey ${newKey}`;
      run(`req -x509 ${key} -nodes -days 2 -subj /CN=${name} -keyout ${name}.key -out ${name}.pem`);
      return { key: path(`${name}.key`), cert: path(`${name}.pem`) };
    },
    signed: (name, authority, extension, days = 2) => {
      writeFileSync(path(`${name}.ext`), extension);
      run(`req -newkey ec ${curve} -nodes -keyout ${name}.key -out ${name}.csr -subj /CN=${name}`);
      const by = `-CA ${authority}.pem -CAkey ${authority}.key -CAcreateserial`;
      run(`x509 -req -in ${name}.csr ${by} -out ${name}.pem -days ${days} -extfile ${name}.ext`);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
