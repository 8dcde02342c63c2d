import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isOwnHost } from '../../src/status/host-check.ts';
import { startPageSidecar, type PageSidecar } from '../harness/page-sidecar.ts';

let sidecar: PageSidecar;
beforeAll(async () => {
  sidecar = await startPageSidecar(['--page.hosts', '[vitals.example.com]']);
});
afterAll(() => sidecar.stop());

const statusAt = (path: string, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const url = new URL(path, sidecar.adminUrl);
    http
      .get(url, { headers: { Host: host }, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
      .on('error', reject);
  });

describe('without a token', () => {
  it.each([
    ['127.0.0.1:9464', 200],
    ['[::1]:9464', 200],
    ['10.1.2.3', 200],
    ['localhost:9464', 200],
    ['LOCALHOST', 200],
    ['page.localhost', 200],
    ['vitals.example.com', 200],
    ['Vitals.Example.com.:443', 200],
    ['evil.example', 421],
    ['127.0.0.1.evil.example', 421],
    ['localhost.evil.example', 421],
    ['evil.example:9464', 421],
    ['sub.vitals.example.com', 421],
  ])('the page under the name %s answers %i', async (host, status) => {
    expect(await statusAt('/', host)).toBe(status);
    expect(await statusAt('/api/v1/page', host)).toBe(status);
    expect(await statusAt('/api/v1/openapi.json', host)).toBe(status);
  });

  it.each(['/metrics', '/healthz', '/readyz'])('%s answers under any name', async (path) => {
    expect(await statusAt(path, 'sidecar.monitoring.svc')).toBe(200);
  });

  it('a name that is none is not ours', () => {
    expect(isOwnHost('', [])).toBe(false);
    expect(isOwnHost('[::1', [])).toBe(false);
  });
});
