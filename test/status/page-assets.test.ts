import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPageServer, type PageServer } from '../harness/page-server.ts';
import { healthyModel } from '../page/page-models.ts';
import { readPageAssets } from '../../src/status/page-assets.ts';

describe('the files that pages load', () => {
  let server: PageServer;
  let html: string;

  beforeAll(async () => {
    server = await startPageServer(healthyModel, 'secret');
    html = await (await fetch(server.url, { headers: { authorization: 'Bearer secret' } })).text();
  });
  afterAll(() => server.stop());

  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}${path}`, { headers });
  const loaded = () => [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, path = '']) => path);

  it('are few bytes: scripts and styles together under 150 KB compressed', async () => {
    const { assets } = await readPageAssets();
    const bytes = [...assets.values()].reduce((sum, { gzipped }) => sum + gzipped.length, 0);
    console.info(`assets: ${assets.size} files, ${(bytes / 1024).toFixed(1)} KiB compressed`);
    expect(bytes).toBeLessThan(150_000);
  });

  it('are there without a token, for ever the same under their address, compressed where that is understood', async () => {
    expect(new Set(loaded()).size).toBeGreaterThan(20);
    for (const path of new Set(loaded())) {
      const plain = await ask(path, { 'accept-encoding': 'identity' });
      expect([path, plain.status, plain.headers.get('cache-control')]).toEqual([
        path,
        200,
        'public, max-age=31536000, immutable',
      ]);
      expect(plain.headers.get('content-encoding')).toBeNull();
      const zipped = await ask(path, { 'accept-encoding': 'gzip' });
      expect(zipped.headers.get('content-encoding')).toBe('gzip');
      expect(zipped.headers.get('vary')).toBe('Accept-Encoding');
      expect(await zipped.text()).toBe(await plain.text());
    }
  });

  it('are scripts without types that import one another by addresses that exist', async () => {
    const scripts = loaded().filter((path) => /\/(?:browser|page|model)\//.test(path));
    for (const path of scripts) {
      const answer = await ask(path);
      expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
      const text = await answer.text();
      for (const [, specifier = ''] of text.matchAll(/^(?:import|export)\b[^'"]*?['"](\.[^'"]+)['"]/gm)) {
        const target = new URL(specifier, `${server.url}${path}`).pathname.slice(1);
        expect(scripts).toContain(target);
      }
    }
  });

  it.each(['assets/0000000000000000/page.css', 'assets/%2e%2e/%2e%2e/package.json', 'assets/x'])(
    '%s is not there',
    async (path) => {
      expect((await ask(path)).status).toBe(404);
    },
  );

  it('are named after what they hold', async () => {
    const [one, other] = await Promise.all([readPageAssets(), readPageAssets()]);
    expect(one.hash).toBe(other.hash);
    expect(loaded().every((path) => path.startsWith(`assets/${one.hash}/`))).toBe(true);
    const { gzipped, body } = one.assets.get('page.css') ?? {};
    expect(gzipped && gunzipSync(gzipped).equals(body ?? Buffer.alloc(0))).toBe(true);
  });
});
