import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { readEvents } from '../harness/event-reader.ts';
import { freePort } from '../harness/free-port.ts';
import { startPageSidecar, type PageSidecar } from '../harness/page-sidecar.ts';
import { describeWith } from '../harness/requirement.ts';
import { startProcess, type TestProcess } from '../harness/start-process.ts';

jest.setTimeout(60_000);

const NGINX = '/usr/sbin/nginx';

describeWith(NGINX, 'install the Debian package nginx')('behind an nginx that strips a prefix', () => {
  let sidecar: PageSidecar;
  let nginx: TestProcess;
  let directory: string;
  let origin: string;
  beforeAll(async () => {
    sidecar = await startPageSidecar([], { env: { MCP_VITALS_ADMIN_TOKEN: 'secret' } });
    directory = await mkdtemp(join(tmpdir(), 'nginx-'));
    const port = await freePort();
    origin = `http://127.0.0.1:${port}/ops/vitals`;
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${directory}/${name};`)
      .join('\n');
    const file = join(directory, 'nginx.conf');
    // As people write it: no header is passed on purpose, so that Host is the sidecar's address.
    await writeFile(
      file,
      `daemon off; worker_processes 1; pid ${directory}/pid; error_log stderr notice;
events { worker_connections 64; }
http { access_log off; ${temporary}
server { listen 127.0.0.1:${port};
location = /ops/vitals { return 301 $uri/; }
location /ops/vitals/ { proxy_pass ${sidecar.adminUrl}/; proxy_http_version 1.1; }
} }`,
    );
    nginx = await startProcess({
      command: NGINX,
      args: ['-p', directory, '-c', file],
      ready: [/start worker process \d+/],
    });
  });
  afterAll(async () => {
    await nginx?.stop();
    await sidecar?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const cookies = (answer: Response): string =>
    answer.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');

  it('a browser finds the login, and the page after it', async () => {
    const html = { Accept: 'text/html' };
    const first = await fetch(`${origin}/`, { headers: html });
    expect([first.url, first.status]).toEqual([`${origin}/login`, 200]);
    expect(await first.text()).toContain('action="login"');
    const body = new URLSearchParams({ token: 'secret', next: 'probes' });
    const headers = { Origin: 'http://vitals.example.com', 'Sec-Fetch-Site': 'same-origin' };
    const login = await fetch(`${origin}/login`, { method: 'POST', redirect: 'manual', body, headers });
    expect([login.status, login.headers.get('location')]).toEqual([303, 'probes']);
    // No path: a browser takes the folder of the address that it asked for, prefix included.
    expect(login.headers.getSetCookie().join()).not.toMatch(/path=/i);
    const Cookie = cookies(login);
    const page = await fetch(`${origin}/`, { headers: { ...html, Cookie } });
    expect(page.status).toBe(200);
    const links = [...(await page.text()).matchAll(/(?:href|src|action)="([^"#]+)"/g)].map(
      ([, link]) => link ?? '',
    );
    expect(links.filter((link) => link.startsWith('/'))).toEqual([]);
    const local = [...new Set(links)].filter((link) => !/^[a-z]+:/.test(link) && link !== 'logout');
    for (const link of local) {
      const answer = await fetch(new URL(link, `${origin}/`), { headers: { ...html, Cookie } });
      expect([link, answer.status]).toEqual([link, 200]);
    }
  });

  it('events arrive at once', async () => {
    const reader = readEvents(`${origin}/api/v1/events`, { Authorization: 'Bearer secret' });
    await eventually(() => expect(reader.events.length).toBeGreaterThan(1));
    expect(reader.events[0]?.name).toBe('snapshot');
    reader.close();
  });

  it('the description says where its paths begin, relative to itself', async () => {
    const answer = await fetch(`${origin}/api/v1/openapi.json`, {
      headers: { Authorization: 'Bearer secret' },
    });
    // The test looks at what it is.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const { servers } = (await answer.json()) as { servers: readonly { url: string }[] };
    expect(new URL(servers[0]?.url ?? '', `${origin}/api/v1/openapi.json`).href).toBe(`${origin}/`);
  });
});
