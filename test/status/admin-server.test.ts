import { afterEach, describe, expect, it } from '@jest/globals';
import net from 'node:net';
import express from 'express';
import {
  jsonRoutes,
  startAdminServer,
  type AdminRoutes,
  type AdminServer,
  type AdminSources,
} from '../../src/status/admin-server.ts';

let server: AdminServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const logged: string[] = [];

async function start(more: Partial<AdminSources> = {}): Promise<string> {
  const sources: AdminSources = {
    metrics: () =>
      Promise.resolve({ contentType: 'text/plain; version=0.0.4; charset=utf-8', body: 'up 1\n' }),
    readiness: () => Promise.resolve({ ready: true }),
    status: () => ({ inFlight: 3 }),
    token: () => undefined,
    ...more,
  };
  server = await startAdminServer(
    { host: '127.0.0.1', port: 0 },
    sources,
    (_level, message) => void logged.push(message),
  );
  return `http://127.0.0.1:${server.address.port}`;
}

describe('the admin server', () => {
  it('serves metrics with the content type that Prometheus 3 insists on', async () => {
    const response = await fetch(`${await start()}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toBe('up 1\n');
  });

  it('serves health, readiness and status', async () => {
    const origin = await start();
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
    expect((await fetch(`${origin}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${origin}/api/v1/status`)).json()).toEqual({ inFlight: 3 });
  });

  it('serves further routes and names them', async () => {
    const routes = [jsonRoutes({ '/api/v1/detectors': () => ({ series: [] }) })];
    const origin = await start({ routes });
    expect(await (await fetch(`${origin}/api/v1/detectors`)).json()).toEqual({ series: [] });
    expect(await (await fetch(`${origin}/nothing`)).text()).toContain(
      '/api/v1/status, /api/v1/detectors, got',
    );
  });

  it.each([
    ['/named/%E0%A4%A', 'GET', undefined, 400],
    ['/named/x', 'POST', 'name='.padEnd(3000, 'x'), 413],
  ])(
    'answers a request for %s that cannot be read as such, and logs no error',
    async (path, method, body, status) => {
      const named: AdminRoutes = {
        paths: ['/named/<name>'],
        add: (app) => {
          app.all('/named/:name', express.urlencoded({ limit: 1000 }), (request, response) => {
            response.json(request.params);
          });
        },
      };
      const origin = await start({ routes: [named] });
      logged.length = 0;
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
      const response = await fetch(`${origin}${path}`, {
        method,
        headers,
        ...(body !== undefined && { body }),
      });
      expect(response.status).toBe(status);
      expect(await response.json()).toEqual({
        error: expect.stringMatching(/^want a request that can be read, got /),
      });
      expect(logged).toEqual([]);
    },
  );

  it('asks for its token on further routes as well', async () => {
    const origin = await start({
      routes: [jsonRoutes({ '/api/v1/detectors': () => ({}) })],
      token: () => 'secret',
    });
    expect((await fetch(`${origin}/api/v1/detectors`)).status).toBe(401);
  });

  it('says why it is not ready', async () => {
    const origin = await start({
      readiness: () => Promise.resolve({ ready: false, reason: 'upstream x: connection refused' }),
    });
    const response = await fetch(`${origin}/readyz`);
    expect([response.status, await response.text()]).toEqual([
      503,
      'not ready: upstream x: connection refused\n',
    ]);
  });

  it.each([
    ['no token', undefined, 401],
    ['a wrong token', 'Bearer wrong', 401],
    ['a token of another scheme', 'Basic secret', 401],
    ['a prefix of the token', 'Bearer secre', 401],
    ['the token', 'Bearer secret', 200],
    ['the token, scheme in lower case', 'bearer secret', 200],
  ])('answers %s with its status', async (_title, authorization, status) => {
    const origin = await start({ token: () => 'secret' });
    for (const path of ['/metrics', '/api/v1/status']) {
      const response = await fetch(
        origin + path,
        authorization === undefined ? {} : { headers: { authorization } },
      );
      expect(response.status).toBe(status);
      expect(response.headers.get('www-authenticate')).toBe(
        status === 401 ? 'Bearer realm="mcp-vitals"' : null,
      );
    }
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
    expect((await fetch(`${origin}/readyz`)).status).toBe(200);
  });

  it('answers a fault of its own with 500, logs it and tells no details', async () => {
    const origin = await start({ metrics: () => Promise.reject(new Error('secret detail')) });
    const response = await fetch(`${origin}/metrics`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret detail');
    expect(logged).toContain('admin /metrics: secret detail');
  });

  it('names what there is when asked for what there is not', async () => {
    const response = await fetch(`${await start()}/nothing`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      error: 'want one of /metrics, /healthz, /readyz, /api/v1/status, got GET /nothing',
    });
  });

  it('says in one line that its port is taken', async () => {
    const taken = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as net.AddressInfo;
    const sources = {
      metrics: () => Promise.reject(new Error()),
      readiness: () => Promise.reject(new Error()),
      status: () => ({}),
      token: () => undefined,
    };
    await expect(startAdminServer({ host: '127.0.0.1', port }, sources, () => {})).rejects.toThrow(
      `listen 127.0.0.1:${port}: address already in use`,
    );
    taken.close();
  });
});
