import { chownSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execFile } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort } from './free-port.ts';
import { startProcess } from './start-process.ts';
import type { TestProcess } from './start-process.ts';

const run = promisify(execFile);

/** Time that clients have to leave before they are cut. */
const GOODBYE_MS = 500;

/** Folder of PostgreSQL's programs: the newest of Debian's, else the one in PATH that has initdb. */
export const postgresBin = findBin();

/** Path of one of PostgreSQL's programs, such as `psql` or `pgbench`. */
export function postgresProgram(name: string): string {
  return join(postgresBin, name);
}

/** What a test's PostgreSQL is to be like. */
export interface PostgresOptions {
  /** Take TLS connections, with a certificate for localhost and 127.0.0.1; needs openssl. */
  readonly ssl?: boolean;
  /** Lines of postgresql.conf, e.g. `{ max_connections: '20' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A PostgreSQL that a test owns: superuser `postgres`, password by SCRAM over TCP, no durability. */
export interface Postgres {
  /** `postgres://postgres:<password>@127.0.0.1:<port>/postgres` */
  readonly url: string;
  readonly port: number;
  readonly password: string;
  /** Folder of the Unix socket, where nobody is asked for a password. */
  readonly socket: string;
  /** The server's certificate, which is its own authority; with `ssl` only. */
  readonly caFile?: string;
  /** Runs SQL as superuser on a connection of its own, which is closed before this resolves. */
  readonly sql: (text: string) => Promise<Record<string, unknown>[]>;
  /** Stops the server with its connections; {@link Postgres.resume} brings it back on the same port. */
  readonly halt: () => Promise<void>;
  readonly resume: () => Promise<void>;
  readonly restart: () => Promise<void>;
  /** Process id of the postmaster. */
  readonly pid: () => number;
  /** What the server logged since it started last. */
  readonly log: () => string;
  /** Stops the server and removes its files. */
  readonly stop: () => Promise<void>;
}

/** Makes a cluster in a temporary folder and starts it on a free port of 127.0.0.1 (1 to 2 s). */
export async function startPostgres({ ssl = false, settings = {} }: PostgresOptions = {}): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-postgres-'));
  const user = unprivileged();
  const own = (path: string): void => {
    if (user !== undefined) chownSync(path, user.uid, user.gid);
  };
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    own(join(folder, name));
    return join(folder, name);
  };
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  own(data);
  own(folder);
  const password = 'secret-of-the-test';
  const pwfile = write('password', password);
  const hba = 'local all all trust\nhost all all all scram-sha-256\nhost replication all all scram-sha-256\n';
  const lines: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(await freePort()),
    unix_socket_directories: folder,
    hba_file: write('hba.conf', hba),
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    shared_buffers: '16MB',
  };
  let caFile: string | undefined;
  if (ssl) {
    const request =
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost ' +
      '-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout server.key -out server.pem';
    await run('openssl', request.split(' '), { cwd: folder });
    own(join(folder, 'server.key'));
    own(join(folder, 'server.pem'));
    caFile = join(folder, 'server.pem');
    Object.assign(lines, { ssl: 'on', ssl_cert_file: caFile, ssl_key_file: join(folder, 'server.key') });
  }
  Object.assign(lines, settings);
  const configured = Object.entries(lines).map(([name, value]) => `${name} = '${value}'\n`);

  const init = `-D ${data} -U postgres -A scram-sha-256 --pwfile ${pwfile} -E UTF8 --no-locale --no-sync`;
  await run(postgresProgram('initdb'), init.split(' '), { ...user, cwd: folder });
  const configFile = write('postgresql.conf', configured.join(''));
  const line = [...asUser(user), postgresProgram('postgres'), '-D', data, `--config-file=${configFile}`];
  const start = (): Promise<TestProcess> =>
    startProcess({
      command: line[0] ?? '',
      args: line.slice(1),
      cwd: folder,
      env: { LC_ALL: 'C' },
      ready: [/database system is ready to accept connections/],
    });
  let server = await start();
  const port = Number(lines['port']);
  // SIGINT is the fast shutdown: it does not wait for clients to leave.
  const halt = async (): Promise<void> => {
    server.signal('SIGINT');
    await server.exited;
  };
  const resume = async (): Promise<void> => {
    server = await start();
  };
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    port,
    password,
    socket: folder,
    ...(caFile === undefined ? {} : { caFile }),
    sql: async (text) => {
      const client = new Client({ host: folder, port, user: 'postgres', database: 'postgres' });
      await client.connect();
      try {
        const result: unknown = await client.query(text);
        // Several statements give a result each: the last one counts.
        const last: unknown = Array.isArray(result) ? result.at(-1) : result;
        return (last as { rows: Record<string, unknown>[] }).rows;
      } finally {
        await client.end();
      }
    },
    halt,
    resume,
    restart: async () => {
      await halt();
      await resume();
    },
    pid: () => server.pid,
    log: () => server.stdout() + server.stderr(),
    stop: async () => {
      // The smart shutdown first: a client that is just leaving would hear of the fast one as an error nobody handles.
      server.signal('SIGTERM');
      await Promise.race([server.exited, setTimeout(GOODBYE_MS)]);
      await halt();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function findBin(): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb'))) ?? join(debian, '15', 'bin');
}

/** The words before a command that run it in this very process as another user; it ends with the test that forgot it. */
function asUser(user: { uid: number; gid: number } | undefined): string[] {
  if (user === undefined) return [];
  return ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--pdeathsig=INT', '--'];
}

/** Whom to run as: PostgreSQL refuses to be root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8');
  for (const name of ['postgres', 'nobody']) {
    const found = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(accounts);
    if (found !== null) return { uid: Number(found[1]), gid: Number(found[2]) };
  }
  throw new Error('postgres: want an account other than root to run as, got neither postgres nor nobody');
}
