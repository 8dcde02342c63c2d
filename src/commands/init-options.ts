import { parsePostgresUrl, parseRedisUrl } from '../config/backend-url.ts';
import { parseSize } from '../config/size.ts';
import type { SecretSource } from '../model/probe.ts';
import { takeOptions } from './command.ts';

/** What `init` was told. */
export interface InitOptions {
  /** The server's address with or without the path of its endpoint. */
  readonly upstream?: URL;
  /** A stdio server: program and arguments. */
  readonly command?: readonly string[];
  readonly out: string;
  readonly yes: boolean;
  readonly force: boolean;
  readonly offline: boolean;
  readonly compose?: boolean;
  /** Whether tools are called; undefined: as answered, or yes. */
  readonly callTools?: boolean;
  readonly bearer?: SecretSource;
  readonly tier?: number;
  readonly vcpus?: number;
  readonly memoryBytes?: number;
  /** Without passwords. */
  readonly postgres?: { readonly url: string; readonly tls: boolean };
  readonly redis?: string;
}

/** What was told, or every problem with it. */
export type InitOptionsRead =
  | { readonly ok: true; readonly options: InitOptions }
  | { readonly ok: false; readonly problems: readonly string[] };

const VALUES = [
  '--upstream',
  '--out',
  '--bearer-env',
  '--bearer-file',
  '--tier',
  '--vcpus',
  '--memory',
  '--database-url',
  '--redis-url',
] as const;
const SWITCHES = [
  '--yes',
  '-y',
  '--force',
  '--offline',
  '--compose',
  '--no-compose',
  '--probe-tools',
  '--no-probe-tools',
] as const;

const isSwitch = (text: string): boolean => SWITCHES.some((name) => name === text);

/** A URL of a backend without its password and options, which belong nowhere in a file. */
function withoutPassword(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  url.password = '';
  url.search = '';
  return url;
}

/**
 * Reads the address of a server: an origin, or with the path of its endpoint.
 * @returns the reason in words if it is none.
 */
export function readUpstream(text: string): URL | string {
  const whole = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const wanted = 'want an address such as http://127.0.0.1:8000 or http://127.0.0.1:8000/mcp';
  const got = JSON.stringify(text.replace(/\/\/.*@/, '//***@'));
  if (/\s/.test(text) || text === '' || !URL.canParse(whole)) return `${wanted}, got ${got}`;
  const url = new URL(whole);
  if (!/^https?:$/.test(url.protocol)) return `${wanted}, got ${got}`;
  if (url.username !== '' || url.password !== '') return `${wanted}, got one with a user`;
  if (url.search !== '' || url.hash !== '') return `${wanted}, got one with ? or #`;
  return url;
}

/** Reads the arguments of `init`; every problem is one line. */
export function readInitOptions(argv: readonly string[]): InitOptionsRead {
  const split = argv.indexOf('--');
  const own = split === -1 ? argv : argv.slice(0, split);
  const command = split === -1 ? undefined : argv.slice(split + 1);
  const given = new Set(own.filter((arg) => isSwitch(arg)));
  const taken = takeOptions(
    own.filter((arg) => !isSwitch(arg)),
    VALUES,
  );
  const { values } = taken;
  const problems = [...taken.problems];
  for (const arg of taken.rest)
    problems.push(`${arg}: want an option of init, got another (mcp-vitals help init)`);

  /** The value of an option as it is read, or a problem. */
  const read = <T>(name: (typeof VALUES)[number], parse: (text: string) => T | undefined, wanted: string) => {
    const text = values.get(name);
    if (text === undefined) return undefined;
    const value = parse(text);
    // A URL of a backend may hold a password.
    const got = name.endsWith('-url') ? 'something else' : JSON.stringify(text);
    if (value === undefined) problems.push(`${name}: want ${wanted}, got ${got}`);
    return value;
  };
  const number = (text: string) =>
    Number(text) > 0 && Number.isFinite(Number(text)) ? Number(text) : undefined;

  const address = values.get('--upstream');
  const upstream = address === undefined ? undefined : readUpstream(address);
  if (typeof upstream === 'string') problems.push(`--upstream: ${upstream}`);
  const [bearerEnv, bearerFile] = [values.get('--bearer-env'), values.get('--bearer-file')];
  if (bearerEnv !== undefined && !/^[A-Za-z_]\w*$/.test(bearerEnv))
    problems.push('--bearer-env: want the name of a variable, got something else');
  const tier = read(
    '--tier',
    (text) => (/^[1-9]\d?$/.test(text) ? Number(text) : undefined),
    'a number from 1 on',
  );
  const vcpus = read('--vcpus', number, 'a number such as 4');
  const memoryBytes = read('--memory', parseSize, 'a size such as 8GiB');
  const postgres = read(
    '--database-url',
    (text) => {
      const url = withoutPassword(text);
      if (url === undefined || parsePostgresUrl(url.href) === undefined) return undefined;
      const mode = new URL(text).searchParams.get('sslmode') ?? '';
      return { url: url.href, tls: /^(require|verify-ca|verify-full)$/.test(mode) };
    },
    'a URL such as postgres://vitals@127.0.0.1:5432/orders',
  );
  const redis = read(
    '--redis-url',
    (text) => {
      const url = withoutPassword(text)?.href;
      return url === undefined || parseRedisUrl(url) === undefined ? undefined : url;
    },
    'a URL such as redis://127.0.0.1:6379',
  );

  const both = (one: string, other: string): void => {
    const has = (name: string) => given.has(name) || values.has(name);
    if (has(one) && has(other)) problems.push(`${one}: want it or ${other}, got both`);
  };
  both('--compose', '--no-compose');
  both('--probe-tools', '--no-probe-tools');
  both('--bearer-env', '--bearer-file');
  if ((vcpus === undefined) !== (memoryBytes === undefined) && problems.length === 0)
    problems.push('--vcpus, --memory: want both, got one');
  if (command !== undefined) {
    if (command.length === 0) problems.push('--: want the command of a stdio server after it, got nothing');
    for (const name of ['--upstream', '--compose', '--bearer-env', '--bearer-file']) {
      if (given.has(name) || values.has(name))
        problems.push(`${name}: want it or a command after --, got both`);
    }
  }
  if (problems.length > 0 || typeof upstream === 'string') return { ok: false, problems };
  const toggle = (on: string, off: string) => (given.has(on) ? true : given.has(off) ? false : undefined);
  const compose = toggle('--compose', '--no-compose');
  const callTools = toggle('--probe-tools', '--no-probe-tools');
  return {
    ok: true,
    options: {
      out: values.get('--out') ?? '.',
      yes: given.has('--yes') || given.has('-y'),
      force: given.has('--force'),
      offline: given.has('--offline'),
      ...(upstream && { upstream }),
      ...(command && { command }),
      ...(compose !== undefined && { compose }),
      ...(callTools !== undefined && { callTools }),
      ...(bearerEnv !== undefined && { bearer: { env: bearerEnv } }),
      ...(bearerFile !== undefined && { bearer: { file: bearerFile } }),
      ...(tier !== undefined && { tier }),
      ...(vcpus !== undefined && { vcpus }),
      ...(memoryBytes !== undefined && { memoryBytes }),
      ...(postgres && { postgres }),
      ...(redis !== undefined && { redis }),
    },
  };
}
