import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { alertmanagerPath } from './alertmanager.ts';
import type { ContainerEngine } from './container-engine.ts';
import { treeOf } from './host-files.ts';
import { importImage, type LocalImage } from './import-image.ts';
import { postgresBin } from './postgres.ts';
import { prometheusPath, promtoolPath } from './prometheus.ts';
import { redisPath } from './redis.ts';
import { venvPython } from './servers.ts';
import { victoriaMetricsPath } from './victoria-metrics.ts';

const NOBODY = 65_534;
const path = 'ENV PATH=/usr/local/bin:/usr/bin:/bin';

const prometheus: LocalImage = {
  name: 'local/prometheus:debian',
  programs: [prometheusPath, promtoolPath],
  directories: { prometheus: NOBODY },
  changes: [path, 'USER 65534', 'WORKDIR /prometheus', 'ENTRYPOINT ["prometheus"]'],
};

const alertmanager: LocalImage = {
  name: 'local/alertmanager:debian',
  programs: [alertmanagerPath],
  paths: treeOf('/usr/share/prometheus/alertmanager'),
  directories: { alertmanager: NOBODY },
  changes: [path, 'USER 65534', 'WORKDIR /alertmanager', 'ENTRYPOINT ["prometheus-alertmanager"]'],
};

const victoriaMetrics: LocalImage = {
  name: 'local/victoria-metrics:debian',
  programs: [victoriaMetricsPath],
  changes: [path, 'ENTRYPOINT ["victoria-metrics"]'],
};

const redis: LocalImage = {
  name: 'local/redis:debian',
  programs: [redisPath, '/usr/bin/redis-cli'],
  directories: { data: 999 },
  changes: [path, 'WORKDIR /data'],
};

/** What the entry point of the official image does with a new volume, as far as the bundle relies on it. */
const postgresEntryPoint = `#!/bin/sh
set -eu
data=/var/lib/postgresql/data/pgdata
if [ ! -s "$data/PG_VERSION" ]; then
  initdb --pgdata "$data" --username "$POSTGRES_USER" --pwfile "$POSTGRES_PASSWORD_FILE" --auth-host scram-sha-256 --no-locale --encoding UTF8
  echo 'host all all all scram-sha-256' >>"$data/pg_hba.conf"
  pg_ctl --pgdata "$data" --wait --options "-c listen_addresses='' -c unix_socket_directories=/var/run/postgresql" start
  export PGHOST=/var/run/postgresql PGUSER="$POSTGRES_USER"
  createdb "$POSTGRES_DB"
  for file in /docker-entrypoint-initdb.d/*; do
    case "$file" in
      *.sql) psql -v ON_ERROR_STOP=1 --no-psqlrc --dbname "$POSTGRES_DB" --file "$file" ;;
      *.sh) PGDATABASE="$POSTGRES_DB" . "$file" ;;
    esac
  done
  pg_ctl --pgdata "$data" --wait --mode fast stop
fi
exec "$@" -D "$data" -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql
`;

function postgres(): LocalImage {
  // Debian's own, without pg_config, which is a package for developers.
  const share = `/usr/share/postgresql/${basename(dirname(postgresBin))}`;
  const library = join(dirname(postgresBin), 'lib');
  // Compiling queries takes a compiler of 100 MB, which no query of the demo is worth.
  const modules = readdirSync(library)
    .filter((name) => name.endsWith('.so') && !name.startsWith('llvmjit'))
    .map((name) => join(library, name));
  const programs = ['createdb', 'initdb', 'pg_ctl', 'pg_isready', 'postgres', 'psql'];
  return {
    name: 'local/postgres:debian',
    programs: [...programs.map((name) => join(postgresBin, name)), ...modules],
    paths: [...treeOf(share), '/usr/share/zoneinfo/Etc/UTC', '/usr/share/zoneinfo/UTC'],
    files: { 'usr/local/bin/docker-entrypoint.sh': postgresEntryPoint },
    directories: { 'var/lib/postgresql/data': 999 },
    shared: ['var/run/postgresql'],
    changes: [
      `ENV PATH=/usr/local/bin:/usr/bin:/bin:${postgresBin} TZ=UTC`,
      'ENTRYPOINT ["docker-entrypoint.sh"]',
    ],
  };
}

const certificates = '/etc/ssl/certs/ca-certificates.crt';
const certificateFiles = existsSync(certificates) ? [certificates] : [];

const printed = (command: string, ...args: readonly string[]): string =>
  execFileSync(command, args, { encoding: 'utf8' }).trim();

/** Node 24 and npm, in place of node:24-bookworm-slim. What npm has downloaded comes with it, so that it need not again. */
function node(): LocalImage {
  const npm = dirname(dirname(realpathSync(printed('which', 'npm'))));
  const cache = printed('npm', 'config', 'get', 'cache');
  const downloaded = join(cache, '_cacache');
  return {
    name: 'local/node:24',
    programs: [process.execPath],
    paths: [...certificateFiles, ...treeOf(npm), ...(existsSync(downloaded) ? treeOf(downloaded) : [])],
    files: {
      'usr/local/bin/node': `#!/bin/sh\nexec ${process.execPath} "$@"\n`,
      'usr/local/bin/npm': `#!/bin/sh\nexec ${process.execPath} ${join(npm, 'bin/npm-cli.js')} "$@"\n`,
    },
    changes: [
      path,
      `ENV NODE_EXTRA_CA_CERTS=${certificates} npm_config_cache=${cache} npm_config_prefer_offline=true`,
      'CMD ["node"]',
    ],
  };
}

/** Python with what the demo's requirements name, in place of python:3.11-slim-bookworm. */
function python(): LocalImage {
  const [prefix = '', version = ''] = printed(
    venvPython,
    '-c',
    'import sys; print(sys.base_prefix, "%d.%d" % sys.version_info[:2])',
  ).split(' ');
  const interpreter = join(prefix, 'bin', `python${version}`);
  const library = join(prefix, 'lib', `python${version}`);
  const packages = join(dirname(dirname(venvPython)), 'lib', `python${version}`, 'site-packages');
  const files = [library, packages].flatMap(treeOf);
  const isWanted = (file: string): boolean =>
    !/\/(test|tests|idlelib|config-[^/]+)\/|\/EXTERNALLY-MANAGED$/.test(file);
  return {
    name: 'local/python:3.11',
    programs: [interpreter, ...files.filter((file) => file.endsWith('.so'))],
    paths: [...certificateFiles, ...files.filter(isWanted)],
    files: {
      'usr/local/bin/python3': `#!/bin/sh\nexec ${interpreter} "$@"\n`,
      'usr/local/bin/pip': `#!/bin/sh\nexec ${interpreter} -m pip "$@"\n`,
    },
    changes: [path, `ENV PYTHONPATH=${packages} SSL_CERT_FILE=${certificates}`, 'CMD ["python3"]'],
  };
}

/** Images in place of those that docker-compose.yml names, by the variable that names each. */
export type StackImages = Readonly<Record<string, string>>;

/** Makes all of them; `MCP_VITALS_IMAGE` and `DEMO_IMAGE` are for compose to build upon them. */
export async function makeStackImages(engine: ContainerEngine): Promise<StackImages> {
  const images = {
    NODE_IMAGE: node(),
    PYTHON_IMAGE: python(),
    PROMETHEUS_IMAGE: prometheus,
    ALERTMANAGER_IMAGE: alertmanager,
    VICTORIA_METRICS_IMAGE: victoriaMetrics,
    POSTGRES_IMAGE: postgres(),
    REDIS_IMAGE: redis,
  };
  for (const image of Object.values(images)) await importImage(engine, image);
  return Object.fromEntries(Object.entries(images).map(([variable, { name }]) => [variable, name]));
}
