import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { startProcess } from './start-process.ts';

/** Where Debian's package `nginx` puts the program. */
export const nginxPath = '/usr/sbin/nginx';

/** A running nginx. */
export interface Nginx {
  readonly origin: string;
  readonly stop: () => Promise<void>;
}

const canConnect = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });

/**
 * Starts nginx with a location that passes everything below a prefix on, with its defaults otherwise.
 * @param prefix e.g. `/vitals/`, which is taken off.
 */
export async function startNginx(prefix: string, upstream: string): Promise<Nginx> {
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), 'nginx-'));
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(directory, name)};`,
  );
  await writeFile(
    join(directory, 'nginx.conf'),
    `daemon off;
pid ${join(directory, 'pid')};
error_log ${join(directory, 'error.log')};
events {}
http {
  access_log off;
  ${paths.join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    location ${prefix} {
      proxy_pass ${upstream};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_http_version 1.1;
    }
  }
}
`,
  );
  const started = await startProcess({
    command: nginxPath,
    args: ['-p', directory, '-c', join(directory, 'nginx.conf'), '-e', join(directory, 'error.log')],
  });
  await eventually(() => canConnect(port));
  return {
    origin: `http://127.0.0.1:${port}`,
    stop: async () => {
      await started.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
