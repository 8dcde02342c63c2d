import type { Conflict } from './conflict.ts';

/** The files and names of a TLS section. */
export interface TlsSettings {
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly serverName?: string | undefined;
}

/** A certificate without its key, or a key without its certificate. */
export function pairConflict(section: string, tls: TlsSettings): Conflict[] {
  const [given, missing] = tls.certFile === undefined ? ['keyFile', 'certFile'] : ['certFile', 'keyFile'];
  if ((tls.certFile === undefined) === (tls.keyFile === undefined)) return [];
  const names: [string, string] = [`${section}.${given}`, `${section}.${missing}`];
  return [{ names, problem: `want ${section}.${missing} beside it, got none` }];
}

/** Settings of TLS where no TLS is made; `problem` says what would make it, and is about `switchName`. */
export function tlsWithoutUse(
  section: string,
  tls: TlsSettings,
  switchName: string,
  problem: string,
): Conflict[] {
  return (['caFile', 'certFile', 'keyFile', 'serverName'] as const)
    .filter((key) => tls[key] !== undefined)
    .map((key) => ({ names: [`${section}.${key}`, switchName], problem }));
}
