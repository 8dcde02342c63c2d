import { afterEach, describe, expect, it } from '@jest/globals';
import type { ProbeDetail } from '../../src/model/probe-history.ts';
import type { ProbeResult } from '../../src/model/probe-result.ts';
import { startAdminServer } from '../../src/status/admin-server.ts';
import { probeRoutes, type ProbeDirectory, type TargetQuestion } from '../../src/status/probe-routes.ts';

const evil = `<script>alert("1")</script>\u001b[31m'&`;

const result: ProbeResult = {
  startedWallMs: Date.parse('2026-01-05T10:00:00Z'),
  durationMs: 1234.5,
  attempts: 1,
  callMs: 300,
  baselineMs: 280,
  phases: { connect: 0.4, handshake: 12, answer: 300 },
  failure: { reason: 'tool_error', message: evil },
  server: evil,
  protocolVersion: '2025-11-25',
  transcript: {
    entries: [
      {
        atMs: 0.1,
        type: 'request',
        exchange: 1,
        method: 'POST',
        url: 'http://h/mcp',
        headers: [[evil, evil]],
        body: evil,
      },
      { atMs: 5, type: 'answer', exchange: 1, status: 200, headers: [['content-type', evil]] },
      { atMs: 6, type: 'body', exchange: 1, text: evil, bytes: 40 },
      { atMs: 7, type: 'stderr', text: evil },
    ],
    dropped: 2,
  },
};

const detail: ProbeDetail = {
  name: 'user',
  kind: 'tool',
  target: 'http://h/mcp',
  schedule: 'every 30 s',
  enabled: true,
  state: 'down',
  stateSinceMs: Date.parse('2026-01-05T09:00:00Z'),
  drift: {
    added: [evil],
    removed: [],
    input_schema: [],
    output_schema: [],
    annotations: [],
    description: [],
  },
  runs: [
    { startedWallMs: 0, outcome: 'failure', durationMs: 1, phases: {}, reason: 'tool_error', message: evil },
  ],
  failures: [result],
  last: result,
};

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function serve(token?: string) {
  const asked: string[] = [];
  const questions: TargetQuestion[] = [];
  const directory: ProbeDirectory = {
    list: () => [detail],
    detail: (name) => (name === 'user' ? detail : undefined),
    setEnabled: (name, enabled) => {
      asked.push(`${name} ${enabled}`);
      return true;
    },
    acceptTools: () => false,
    probeTarget: async (question) => {
      questions.push(question);
      return question.module === 'none'
        ? { status: 404, error: 'module: unknown' }
        : { status: 200, contentType: 'text/plain; version=0.0.4', body: 'probe_success 1\n' };
    },
  };
  const server = await startAdminServer(
    { host: '127.0.0.1', port: 0 },
    {
      metrics: async () => ({ contentType: 'text/plain', body: '' }),
      readiness: async () => ({ ready: true }),
      status: () => ({}),
      token: () => token,
      routes: [probeRoutes(directory, () => token)],
    },
    () => {},
  );
  stops.push(server.stop);
  const origin = `http://127.0.0.1:${server.address.port}`;
  const ask = (path: string, init: RequestInit = {}) => fetch(`${origin}${path}`, init);
  return { ask, asked, questions };
}

describe('the pages of probes', () => {
  it.each(['/probes', '/probes/user'])('%s shows what others wrote, and runs none of it', async (path) => {
    const { ask } = await serve();
    const response = await ask(path);
    const page = await response.text();
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    // Scripts of ours alone, none of them inline.
    expect(page.match(/<script[^>]*>/g)).toEqual([expect.stringMatching(/ src="(\.\.\/|\.\/)assets\//)]);
    expect(page).not.toContain('\u001b');
    expect(page).toContain('user');
  });

  it('the page of a probe has its state, its phases and its transcript', async () => {
    const { ask } = await serve();
    const page = await (await ask('/probes/user')).text();
    expect(page).toMatch(/ down<\/span> since\s+<time datetime="2026-01-05T09:00:00.000Z"/);
    expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;·[31m&#39;&amp;');
    expect(page).toContain('connect 0.4 ms, handshake 12 ms, answer 300 ms');
    expect(page).toContain('calls       300 ms (over the baseline&#39;s P99 of 280 ms)');
    expect(page).toContain('&gt;&gt; #1 POST http://h/mcp');
    expect(page).toContain('2 more entries were not kept');
  });

  it('are JSON below /api/v1', async () => {
    const { ask } = await serve();
    expect(await (await ask('/api/v1/probes')).json()).toMatchObject({
      probes: [{ name: 'user', state: 'down' }],
    });
    expect(await (await ask('/api/v1/probes/user')).json()).toEqual(JSON.parse(JSON.stringify(detail)));
  });

  it.each(['/probes/other', '/api/v1/probes/other', '/api/v1/probes/..%2Fuser'])(
    '%s is unknown',
    async (path) => {
      const { ask } = await serve();
      expect((await ask(path)).status).toBe(404);
    },
  );
});

describe('a change', () => {
  const post = { method: 'POST', headers: { authorization: 'Bearer the-token' } };

  it('is made by whoever knows the token', async () => {
    const { ask, asked } = await serve('the-token');
    expect((await ask('/api/v1/probes/user/disable', post)).status).toBe(200);
    expect((await ask('/api/v1/probes/user/enable', post)).status).toBe(200);
    expect((await ask('/api/v1/probes/other/enable', post)).status).toBe(404);
    expect((await ask('/api/v1/probes/user/accept', post)).status).toBe(409);
    expect(asked).toEqual(['user false', 'user true']);
  });

  it.each([
    ['without the token', 'the-token', {}, 401],
    ['with another one', 'the-token', { authorization: 'Bearer other' }, 401],
    ['where none is configured', undefined, {}, 403],
  ])('%s is refused', async (_, token, headers, status) => {
    const { ask, asked } = await serve(token);
    expect((await ask('/api/v1/probes/user/disable', { method: 'POST', headers })).status).toBe(status);
    expect(asked).toEqual([]);
  });
});

describe('/probe', () => {
  it('asks for a target with a module', async () => {
    const { ask, questions } = await serve();
    const response = await ask('/probe?target=http%3A%2F%2Fh%2Fmcp&module=m&debug=true', {
      headers: { 'X-Prometheus-Scrape-Timeout-Seconds': '9.5' },
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    expect(questions).toEqual([{ target: 'http://h/mcp', module: 'm', debug: true, scrapeTimeoutMs: 9500 }]);
  });

  it.each([
    ['/probe', 400],
    ['/probe?target=a&target=b', 400],
    ['/probe?target=a&module=none', 404],
  ])('%s is answered with %d', async (path, status) => {
    const { ask } = await serve();
    expect((await ask(path)).status).toBe(status);
  });

  it('needs the token where there is one', async () => {
    const { ask } = await serve('the-token');
    for (const path of ['/probe?target=a', '/probes', '/probes/user', '/api/v1/probes']) {
      expect((await ask(path)).status).toBe(401);
    }
  });
});
